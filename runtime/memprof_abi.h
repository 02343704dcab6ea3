/* memprof_abi.h - the contract between generated code, the runtime and whoever
 * reads a binary.
 *
 * Each fact stands once, as a row of an X-macro table: the runtime expands a
 * row into a struct field or a prototype, the pass into an LLVM type, `memprof
 * functions` into an offset. Plain C11 and C++17.
 *
 * Life of a marked function `f` in a test build:
 *
 * - f: dispatch, `if (__memprofpass_object_awake) return f.memprof(args...)`;
 *   the pristine body follows. Where f is inlined into a marked function, and
 *   only known calls come before it there, it does without the test. If f calls
 *   no marked function, it asks f.memprof.live behind the test.
 * - __memprofpass_object_awake: uint32_t, writable, one for all functions of a
 *   program or shared object: not 0 while one of them is live. Objects of older
 *   passes have none: there f tests f.memprof.live.
 * - f.memprof: the instrumented twin; calls the hooks below.
 * - f.memprof.live: uint32_t, writable; 0 = asleep or not selected, else the
 *   function's id in this run. A twin that runs while it is 0 counts for
 *   nobody.
 * - f.memprof.record: the description below, read-only, in MEMPROF_SECTION.
 */
#ifndef MEMPROF_ABI_H
#define MEMPROF_ABI_H

#include <stddef.h>
#include <stdint.h>

/* Raised whenever a row below changes meaning. A record of another version is
 * refused with a message. */
#define MEMPROF_ABI_VERSION 1

/* A C identifier, so that the linker defines __start_memprof_functions and
 * __stop_memprof_functions. */
#define MEMPROF_SECTION "memprof_functions"

/* ---- What generated code calls ----
 *
 * X(name, result, argument types...): the symbol is __memprofpass_<name>.
 * Types: V nothing, P pointer, S size_t, W uint64_t.
 *
 * - register: the constructor of a module; the records [start, stop) of its
 *   shared object or program. Several modules of one object give the same
 *   range; each registers, each unregisters.
 * - unregister: its destructor, with the same range.
 * - enter: first thing in a twin; `live` is the address of the function's live
 *   word. Never returns NULL. While that is 0 (asleep, in a function without a
 *   twin; not selected), or past a bound, it returns a frame that counts for
 *   nobody, so that generated code needs no branch.
 * - exit: last thing before each way out of the twin.
 * - landed: right after a call that returns twice (setjmp) came back.
 *
 * Of the program's own allocators, marked "profile_alloc" and "profile_free":
 *
 * - wrapper_begin: first thing in an allocation wrapper; the result goes to
 *   `wrapper_end`. What is allocated in between is not counted.
 * - wrapper_end: on each way out of it.
 * - own_allocated: before its return, after `wrapper_end`; the block (may be
 *   NULL) and its requested bytes.
 * - own_freed: first thing in a release wrapper.
 *
 * The rest count only when the allocator's entry points are not ours (option
 * hooks=direct, or the fallback). Generated code calls them only when the flag
 * `direct` below is set; objects from before there was that flag always do, so
 * the hooks look at it, too:
 *
 * - allocated: after an allocation call; the new block (may be NULL) and its
 *   requested bytes.
 * - freed: before a release call.
 * - reallocating: before a realloc-like call; takes the old block out. The
 *   result goes to `reallocated`.
 * - reallocated: after it; token, old block, new block, requested bytes.
 */
#define MEMPROF_ABI_HOOKS(X)                                                   \
  X(register, V, P, P)                                                         \
  X(unregister, V, P, P)                                                       \
  X(enter, P, P)                                                               \
  X(exit, V, P)                                                                \
  X(landed, V, P)                                                              \
  X(wrapper_begin, W)                                                          \
  X(wrapper_end, V, W)                                                         \
  X(own_allocated, V, P, S)                                                    \
  X(own_freed, V, P)                                                           \
  X(allocated, V, P, S)                                                        \
  X(freed, V, P)                                                               \
  X(reallocating, W, P)                                                        \
  X(reallocated, V, W, P, P, S)

/* ---- What generated code reads ----
 *
 * X(name): the symbol is __memprofpass_<name>, a uint8_t of the runtime. A
 * runtime from before there was one fails the link by that name.
 *
 * - direct: not 0 when `allocated`, `freed`, `reallocating` and `reallocated`
 *   count. Constant from the moment the process wakes; 0 before.
 */
#define MEMPROF_ABI_FLAGS(X) X(direct)

/* ---- The head of a frame: all that generated code touches ----
 *
 * X(field, type): P pointer, U uint32_t.
 *
 * - hits: this thread's visit counters of the current calling context,
 *   uint64_t[line_count]. The twin does ++hits[k] where execution arrives at
 *   line k from another line. hits[0], the definition line, is not touched by
 *   generated code: the runtime counts the call.
 * - line: index of the current line. The twin stores it, volatile, before each
 *   call.
 */
#define MEMPROF_ABI_FRAME(X)                                                   \
  X(hits, P)                                                                   \
  X(line, U)

/* ---- A function's record ----
 *
 * One self-contained global per function: the head below, then the tables and
 * the strings it points to, padded to `size`. All fields are uint32_t in the
 * target's byte order. An `offset` counts bytes from the start of the record; 0
 * means absent. So a copy of the bytes is a valid record, and a PIE's file can
 * be read without applying relocations. Records follow each other in
 * MEMPROF_SECTION, aligned to 8.
 *
 * X(field)
 *
 * - size: bytes of the whole record, a multiple of 8.
 * - abi: MEMPROF_ABI_VERSION.
 * - flags: MEMPROF_RECORD_* below.
 * - live: address of f.memprof.live minus the address of this field (int32_t);
 *   0: left out. Meaningless in a copy.
 * - name: offset; demangled and qualified, without parameters: "json::parse".
 * - signature: offset; demangled in full: "json::parse(char const*)"; the same
 *   as name in C.
 * - symbol: offset; the linkage name.
 * - reason: offset; why it was left out, or 0 when it is instrumented.
 * - line_count: entries of the line table, at least 1: entry 0 is the
 *   definition line.
 * - lines: offset of struct memprof_abi_line[line_count].
 * - file_count: entries of the file table; 0 without debug info.
 * - files: offset of struct memprof_abi_file[file_count]; file 0 holds the
 *   definition.
 * - limit_count: limits of the mark: annotate("profile", "peak=1MiB", ...).
 * - limits: offset of uint32_t[limit_count], each the offset of a limit's text.
 */
#define MEMPROF_ABI_RECORD(X)                                                  \
  X(size)                                                                      \
  X(abi)                                                                       \
  X(flags)                                                                     \
  X(live)                                                                      \
  X(name)                                                                      \
  X(signature)                                                                 \
  X(symbol)                                                                    \
  X(reason)                                                                    \
  X(line_count)                                                                \
  X(lines)                                                                     \
  X(file_count)                                                                \
  X(files)                                                                     \
  X(limit_count)                                                               \
  X(limits)

/* No twin: computed goto, hooks in the function's own body. */
#define MEMPROF_RECORD_IN_PLACE 1u
/* Compiled without -g: line 0 only, file_count 0. */
#define MEMPROF_RECORD_NO_LINES 2u
/* Not a function: a struct memprof_abi_unit, with its strings. */
#define MEMPROF_RECORD_UNIT 4u

/* No function either, but a test that the program announced
 * (memprof_test_begin), named "suite.name"; it has line 0 only. */
#define MEMPROF_RECORD_TEST 8u
/* A block of code between memprof_begin and memprof_end, counted like a
 * function; its one line is that of memprof_begin. */
#define MEMPROF_RECORD_SCOPE 16u
/* A unit with the field `awake`, which others end before. */
#define MEMPROF_RECORD_HAS_AWAKE 32u

/* One source line of a function, ascending by (file, line) after entry 0.
 *
 * X(field)
 *
 * - line: 1-based; 0 when unknown.
 * - file: index into the record's file table.
 */
#define MEMPROF_ABI_LINE(X)                                                    \
  X(line)                                                                      \
  X(file)

/* One source file.
 *
 * X(field)
 *
 * - name: offset; as the compiler was given it.
 * - directory: offset; what a relative name is relative to; 0 when absolute.
 * - md5: offset of 16 raw bytes, the source's checksum from the debug info; 0
 *   when unknown.
 */
#define MEMPROF_ABI_FILE(X)                                                    \
  X(name)                                                                      \
  X(directory)                                                                 \
  X(md5)

/* ---- A translation unit's record ----
 *
 * Stands among the functions' records, told by its flag; one per translation
 * unit with marked functions. Offsets as there.
 *
 * X(field)
 *
 * - size, abi, flags: as above.
 * - source: offset; the main source file.
 * - compiler: offset; what the debug info says made it; 0 without -g.
 * - level: offset; "O0" ... "O3", "Os", "Oz".
 * - llvm: offset; version of the LLVM that the plugin was built for.
 * - revision: offset; MEMPROF_REVISION in the environment of the compiler; 0
 *   when it was unset.
 * - awake: address of __memprofpass_object_awake minus the address of this field
 *   (int32_t). Meaningless in a copy; only there with MEMPROF_RECORD_HAS_AWAKE.
 */
#define MEMPROF_ABI_UNIT(X)                                                    \
  X(size)                                                                      \
  X(abi)                                                                       \
  X(flags)                                                                     \
  X(source)                                                                    \
  X(compiler)                                                                  \
  X(level)                                                                     \
  X(llvm)                                                                      \
  X(revision)                                                                  \
  X(awake)

#define MEMPROF_ABI_U32_FIELD(NAME) uint32_t NAME;
struct memprof_abi_record {
  MEMPROF_ABI_RECORD(MEMPROF_ABI_U32_FIELD)
};
struct memprof_abi_line {
  MEMPROF_ABI_LINE(MEMPROF_ABI_U32_FIELD)
};
struct memprof_abi_file {
  MEMPROF_ABI_FILE(MEMPROF_ABI_U32_FIELD)
};
struct memprof_abi_unit {
  MEMPROF_ABI_UNIT(MEMPROF_ABI_U32_FIELD)
};
#undef MEMPROF_ABI_U32_FIELD

#endif
