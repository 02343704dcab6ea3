/* binary.h - the marked functions that a binary describes, read from the file
 * without running it.
 *
 * The pass writes one self-contained record per marked function
 * (memprof_abi.h) into the section MEMPROF_SECTION. All that comes from the
 * file is checked: a record never leads outside itself.
 */
#ifndef MEMPROF_BINARY_H
#define MEMPROF_BINARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One record, in the byte order of the binary. Valid during the visit. */
struct marked {
  const unsigned char *record;
  size_t size;
  bool swapped; /* the binary's byte order is not ours */
};

/* One field of the record, by offsetof(struct memprof_abi_record, ...). */
uint32_t marked_field(const struct marked *function, size_t offset);
/* The text to which a field leads; "" when there is none. */
const char *marked_text(const struct marked *function, size_t offset);
/* The source file of the definition, as the compiler was given it, or "". */
const char *marked_file(const struct marked *function);
/* Its line; 0 when it was compiled without -g. */
unsigned marked_line(const struct marked *function);
/* Limit k of the mark, k < limit_count. */
const char *marked_limit(const struct marked *function, uint32_t k);

typedef void marked_visit(const struct marked *function, void *context);

/* Calls `visit` for each marked function of a program, a library, an object
 * file or an archive of them, in the order of the file. Returns false after
 * error(): the file cannot be read, is no ELF file, or holds a bad record. */
bool binary_visit(const char *path, marked_visit *visit, void *context);

typedef void trace_visit(const char *what, const char *name, void *context);

/* Calls `trace` for all that tells that MemProf was here: "section", "symbol"
 * or "library", and its name. A binary of a production build has none. As
 * binary_visit(). */
bool binary_trace(const char *path, trace_visit *trace, void *context);

#endif
