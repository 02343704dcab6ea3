/* profile.c - reads a profile image: checks every size, offset and reference
 * once, so that what follows may trust it.
 *
 * Two walks over the records: the first counts them by kind, the second lists
 * them. Then each record is checked against the lists. What a live process may
 * still change (counters, the tops of stacks) is never used as a bound here;
 * those readers get a checked answer per question: profile_node(),
 * profile_frame().
 */
#include "report.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct reader {
  struct profile *profile;
  char *error;
  size_t capacity;
};

__attribute__((format(printf, 3, 4))) static bool
broken(const struct reader *reader, size_t offset, const char *format, ...) {
  char what[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  snprintf(reader->error, reader->capacity, "byte %zu: %s", offset, what);
  return false;
}

static size_t offset_of(const struct profile *profile, const void *record) {
  return (size_t)((const unsigned char *)record - profile->image);
}

/* ---- Finding a record by its reference ---- */

/* Index of the last record that does not start behind `at`, or PROFILE_NONE.
 * The arrays ascend, so this halves the range. One per kind, because a pointer
 * to a pointer is not generic in C. */
#define DEFINE_LAST_NOT_AFTER(NAME, COUNT)                                     \
  static size_t NAME##_not_after(const struct profile *profile,                \
                                 const unsigned char *at) {                    \
    size_t low = 0, high = profile->COUNT;                                     \
    while (low < high) {                                                       \
      size_t middle = low + (high - low) / 2;                                  \
      if ((const unsigned char *)profile->NAME[middle] <= at)                  \
        low = middle + 1;                                                      \
      else                                                                     \
        high = middle;                                                         \
    }                                                                          \
    return low ? low - 1 : PROFILE_NONE;                                       \
  }
DEFINE_LAST_NOT_AFTER(strings, string_count)
DEFINE_LAST_NOT_AFTER(threads, thread_count)
DEFINE_LAST_NOT_AFTER(nodes, node_count)
DEFINE_LAST_NOT_AFTER(frames, frames_count)

/* The address a reference names, or NULL when it is none or past the end. */
static const unsigned char *at_ref(const struct profile *profile,
                                   memprof_ref ref) {
  uint64_t offset = (uint64_t)ref * MEMPROF_UNIT;
  return ref && offset < profile->size ? profile->image + offset : NULL;
}

#define DEFINE_FIND(NAME)                                                      \
  static size_t NAME##_find(const struct profile *profile, memprof_ref ref) {  \
    const unsigned char *at = at_ref(profile, ref);                            \
    size_t index = at ? NAME##_not_after(profile, at) : PROFILE_NONE;          \
    if (index == PROFILE_NONE ||                                               \
        (const unsigned char *)profile->NAME[index] != at)                     \
      return PROFILE_NONE;                                                     \
    return index;                                                              \
  }
DEFINE_FIND(strings)
DEFINE_FIND(threads)
DEFINE_FIND(nodes)

size_t profile_node(const struct profile *profile, memprof_ref ref) {
  return nodes_find(profile, ref);
}

const char *profile_module(const struct profile *profile,
                           const struct memprof_function *function) {
  size_t index = strings_find(profile, function->module);
  return index == PROFILE_NONE ? NULL : profile->strings[index]->text;
}

/* Frames stand at multiples of MEMPROF_UNIT. */
enum {
  FRAME_STRIDE = (sizeof(struct memprof_frame) + MEMPROF_UNIT - 1) /
                 MEMPROF_UNIT * MEMPROF_UNIT
};

/* The slot of `thread` that a reference names, written or not. */
static const struct memprof_frame *
frame_slot(const struct profile *profile, const struct memprof_thread *thread,
           memprof_ref ref) {
  const unsigned char *at = at_ref(profile, ref);
  size_t index = at ? frames_not_after(profile, at) : PROFILE_NONE;
  if (index == PROFILE_NONE)
    return NULL;
  const struct memprof_frames *block = profile->frames[index];
  const unsigned char *first = (const unsigned char *)(block + 1);
  if (block->thread != offset_of(profile, thread) / MEMPROF_UNIT ||
      at < first || (size_t)(at - first) % FRAME_STRIDE ||
      (size_t)(at - first) / FRAME_STRIDE >= block->count)
    return NULL;
  return (const struct memprof_frame *)(const void *)at;
}

const struct memprof_frame *profile_frame(const struct profile *profile,
                                          const struct memprof_thread *thread,
                                          memprof_ref ref, size_t *node) {
  const struct memprof_frame *frame = frame_slot(profile, thread, ref);
  if (!frame)
    return NULL;
  *node = nodes_find(profile, frame->node);
  if (*node == PROFILE_NONE || profile->nodes[*node]->thread !=
                                   offset_of(profile, thread) / MEMPROF_UNIT)
    return NULL;
  return frame;
}

size_t profile_frame_count(const struct profile *profile) {
  size_t count = 0;
  for (size_t i = 0; i < profile->frames_count; i++)
    count += profile->frames[i]->count;
  return count;
}

/* ---- The header and the walk ---- */

static bool check_header(struct reader *reader, size_t size) {
  struct profile *profile = reader->profile;
  const struct memprof_header *header = profile->header;
  if (size < sizeof header->magic ||
      memcmp(header->magic, MEMPROF_MAGIC, sizeof header->magic) != 0)
    return broken(reader, 0, "not a memprof profile: bad magic");
  if (size < sizeof *header)
    return broken(reader, size, "cut off inside the header");
  if (header->byte_order != MEMPROF_BYTE_ORDER)
    return broken(reader, offsetof(struct memprof_header, byte_order),
                  "written by a machine of another byte order");
  if (header->version != MEMPROF_FORMAT_VERSION)
    return broken(reader, offsetof(struct memprof_header, version),
                  "format version %u, this memprof reads %d", header->version,
                  MEMPROF_FORMAT_VERSION);
  if (header->word_size != sizeof(void *))
    return broken(reader, offsetof(struct memprof_header, word_size),
                  "written by a program with %u-byte pointers, this memprof "
                  "reads %zu",
                  header->word_size, sizeof(void *));
  if (header->header_size < sizeof *header ||
      header->header_size % MEMPROF_UNIT)
    return broken(reader, offsetof(struct memprof_header, header_size),
                  "impossible header size %u", header->header_size);
  uint64_t used = __atomic_load_n(&header->used, __ATOMIC_ACQUIRE);
  if (used < header->header_size || used > header->capacity)
    return broken(reader, offsetof(struct memprof_header, used),
                  "impossible size in use %llu", (unsigned long long)used);
  if (size < header->header_size)
    return broken(reader, size, "cut off inside the header");
  profile->cut_off = size < used;
  profile->size = profile->cut_off ? size : (size_t)used;
  return true;
}

/* Calls `visit` for every whole record; trims profile->size to what is whole.
 */
static bool walk(struct reader *reader,
                 void (*visit)(struct profile *profile,
                               const struct memprof_head *head)) {
  struct profile *profile = reader->profile;
  size_t offset = profile->header->header_size;
  while (profile->size - offset >= sizeof(struct memprof_head)) {
    const struct memprof_head *head = (const void *)(profile->image + offset);
    if (head->size < sizeof *head || head->size % MEMPROF_UNIT)
      return broken(reader, offset, "record of impossible size %u", head->size);
    if (head->size > profile->size - offset)
      break;
    visit(profile, head);
    offset += head->size;
  }
  if (offset != profile->size)
    profile->cut_off = true;
  profile->size = offset;
  return true;
}

#define KINDS(X)                                                               \
  X(STRING, strings, string_count)                                             \
  X(FUNCTION, functions, function_count)                                       \
  X(THREAD, threads, thread_count)                                             \
  X(NODE, nodes, node_count)                                                   \
  X(LINE, lines, line_count)                                                   \
  X(FRAMES, frames, frames_count)

static void count_record(struct profile *profile,
                         const struct memprof_head *head) {
  switch (head->kind) {
#define COUNT(KIND, LIST, COUNT)                                               \
  case MEMPROF_KIND_##KIND:                                                    \
    profile->COUNT++;                                                          \
    break;
    KINDS(COUNT)
#undef COUNT
  default: /* of a later version: skipped */
    break;
  }
}

static void list_record(struct profile *profile,
                        const struct memprof_head *head) {
  switch (head->kind) {
#define LIST(KIND, LIST, COUNT)                                                \
  case MEMPROF_KIND_##KIND:                                                    \
    profile->LIST[profile->COUNT++] = (const void *)head;                      \
    break;
    KINDS(LIST)
#undef LIST
  default:
    break;
  }
}

static bool list_records(struct reader *reader, struct scratch *scratch) {
  struct profile *profile = reader->profile;
  if (!walk(reader, count_record))
    return false;
#define ALLOCATE(KIND, LIST, COUNT)                                            \
  profile->LIST =                                                              \
      scratch_alloc(scratch, profile->COUNT, sizeof *profile->LIST);           \
  if (!profile->LIST) {                                                        \
    snprintf(reader->error, reader->capacity, "out of memory");                \
    return false;                                                              \
  }                                                                            \
  profile->COUNT = 0;
  KINDS(ALLOCATE)
#undef ALLOCATE
  return walk(reader, list_record);
}

/* ---- Descriptors: the record that the pass made, copied whole ---- */

/* One descriptor under check; `base` is its offset in the image. */
struct descriptor {
  const struct reader *reader;
  const struct memprof_abi_record *record;
  size_t base;
};

static bool check_span(const struct descriptor *d, uint32_t offset,
                       uint64_t count, size_t each, size_t alignment,
                       const char *what) {
  uint32_t size = d->record->size;
  if (offset < sizeof *d->record || offset > size || offset % alignment ||
      count > (size - offset) / each)
    return broken(d->reader, d->base, "%s outside the descriptor", what);
  return true;
}

static bool check_text(const struct descriptor *d, uint32_t offset,
                       const char *what) {
  if (!check_span(d, offset, 1, 1, 1, what))
    return false;
  const char *text = (const char *)d->record + offset;
  if (!memchr(text, 0, d->record->size - offset))
    return broken(d->reader, d->base + offset, "%s without an end", what);
  return true;
}

static bool check_files(const struct descriptor *d) {
  const struct memprof_abi_record *record = d->record;
  if (record->file_count == 0)
    return true;
  if (!check_span(d, record->files, record->file_count,
                  sizeof(struct memprof_abi_file), 4, "file table"))
    return false;
  const struct memprof_abi_file *files =
      (const void *)((const char *)record + record->files);
  for (uint32_t i = 0; i < record->file_count; i++)
    if (!check_text(d, files[i].name, "file name") ||
        (files[i].directory &&
         !check_text(d, files[i].directory, "directory")) ||
        (files[i].md5 && !check_span(d, files[i].md5, 1, 16, 1, "checksum")))
      return false;
  return true;
}

static bool check_lines(const struct descriptor *d) {
  const struct memprof_abi_record *record = d->record;
  if (record->line_count == 0)
    return broken(d->reader, d->base, "function without lines");
  if (!check_span(d, record->lines, record->line_count,
                  sizeof(struct memprof_abi_line), 4, "line table"))
    return false;
  const struct memprof_abi_line *lines =
      (const void *)((const char *)record + record->lines);
  for (uint32_t i = 0; i < record->line_count; i++)
    if (lines[i].file >= record->file_count && lines[i].file != 0)
      return broken(d->reader, d->base, "line %u is of file %u, there are %u",
                    i, lines[i].file, record->file_count);
  return true;
}

static bool check_limits(const struct descriptor *d) {
  const struct memprof_abi_record *record = d->record;
  if (record->limit_count == 0)
    return true;
  if (!check_span(d, record->limits, record->limit_count, sizeof(uint32_t), 4,
                  "limit table"))
    return false;
  const uint32_t *limits =
      (const void *)((const char *)record + record->limits);
  for (uint32_t i = 0; i < record->limit_count; i++)
    if (!check_text(d, limits[i], "limit"))
      return false;
  return true;
}

static bool check_descriptor(const struct descriptor *d, size_t room) {
  const struct memprof_abi_record *record = d->record;
  if (room < sizeof *record || record->size < sizeof *record ||
      record->size > room)
    return broken(d->reader, d->base, "descriptor of impossible size");
  if (record->abi != MEMPROF_ABI_VERSION)
    return broken(d->reader, d->base, "descriptor of version %u", record->abi);
  return check_text(d, record->name, "name") &&
         check_text(d, record->signature, "signature") &&
         check_text(d, record->symbol, "symbol") &&
         (!record->reason || check_text(d, record->reason, "reason")) &&
         check_files(d) && check_lines(d) && check_limits(d);
}

/* ---- The records ---- */

static bool check_size(const struct reader *reader,
                       const struct memprof_head *head, uint64_t need) {
  if (head->size < need)
    return broken(reader, offset_of(reader->profile, head),
                  "record of kind %u is too short", head->kind);
  return true;
}

static bool check_string(const struct reader *reader,
                         const struct memprof_string *string) {
  if (!memchr(string->text, 0, string->head.size - sizeof *string))
    return broken(reader, offset_of(reader->profile, string),
                  "text without an end");
  return true;
}

static bool check_function(const struct reader *reader, size_t index) {
  const struct profile *profile = reader->profile;
  const struct memprof_function *function = profile->functions[index];
  size_t offset = offset_of(profile, function);
  if (!check_size(reader, &function->head, sizeof *function))
    return false;
  if (function->id != index + 1)
    return broken(reader, offset, "function has id %u, %zu is next",
                  function->id, index + 1);
  if (function->module && at_ref(profile, function->module) &&
      strings_find(profile, function->module) == PROFILE_NONE)
    return broken(reader, offset, "function's module is not a text");
  struct descriptor d = {reader, memprof_function_record(function),
                         offset + sizeof *function};
  return check_descriptor(&d, function->head.size - sizeof *function);
}

static bool check_thread(const struct reader *reader,
                         const struct memprof_thread *thread) {
  const struct profile *profile = reader->profile;
  size_t offset = offset_of(profile, thread);
  if (!check_size(reader, &thread->head, sizeof *thread))
    return false;
  /* past the end: made after we looked, or cut off */
  const memprof_ref ends[] = {thread->top, thread->base};
  for (size_t i = 0; i < 2; i++)
    if (at_ref(profile, ends[i]) && !frame_slot(profile, thread, ends[i]))
      return broken(reader, offset, "thread's stack is not made of frames");
  return true;
}

static bool check_node(const struct reader *reader, size_t index) {
  const struct profile *profile = reader->profile;
  const struct memprof_node *node = profile->nodes[index];
  size_t offset = offset_of(profile, node);
  if (!check_size(reader, &node->head, sizeof *node) ||
      !check_size(reader, &node->head,
                  sizeof *node + (uint64_t)node->line_count *
                                     (sizeof(uint64_t) + sizeof(memprof_ref))))
    return false;
  if (threads_find(profile, node->thread) == PROFILE_NONE)
    return broken(reader, offset, "context's thread is not a thread");
  if (node->function > profile->function_count)
    return broken(reader, offset, "context's function %u, there are %zu",
                  node->function, profile->function_count);
  uint32_t lines = 1;
  if (node->function)
    lines = memprof_function_record(profile->functions[node->function - 1])
                ->line_count;
  if (node->line_count != lines)
    return broken(reader, offset, "context has %u lines, its function %u",
                  node->line_count, lines);
  if (!node->parent) {
    if (node->function)
      return broken(reader, offset, "context without a parent");
    return true;
  }
  /* a parent is made before its children, so paths have no cycles */
  size_t parent = nodes_find(profile, node->parent);
  if (parent == PROFILE_NONE || parent >= index)
    return broken(reader, offset, "context's parent is not an earlier one");
  if (profile->nodes[parent]->thread != node->thread)
    return broken(reader, offset, "context's parent is of another thread");
  if (node->parent_line >= profile->nodes[parent]->line_count)
    return broken(reader, offset, "context's line %u, its parent has %u",
                  node->parent_line, profile->nodes[parent]->line_count);
  return true;
}

static bool check_line(const struct reader *reader,
                       const struct memprof_line *line) {
  const struct profile *profile = reader->profile;
  if (!check_size(reader, &line->head, sizeof *line))
    return false;
  size_t node = nodes_find(profile, line->node);
  if (node == PROFILE_NONE)
    return broken(reader, offset_of(profile, line),
                  "line's context is not a context");
  if (line->line >= profile->nodes[node]->line_count)
    return broken(reader, offset_of(profile, line),
                  "line %u, its context has %u", line->line,
                  profile->nodes[node]->line_count);
  return true;
}

static bool check_frames(const struct reader *reader,
                         const struct memprof_frames *frames) {
  return check_size(reader, &frames->head, sizeof *frames) &&
         check_size(reader, &frames->head,
                    sizeof *frames + (uint64_t)frames->count * FRAME_STRIDE);
}

/* The unfinished calls of a thread: from the top along `caller`. A frame that
 * is not written yet ends the walk; so does one past the end. `left` is what
 * remains of the image's frames: no two threads share one. */
static bool check_stack(const struct reader *reader,
                        const struct memprof_thread *thread, size_t *left) {
  const struct profile *profile = reader->profile;
  memprof_ref ref = thread->top;
  for (; at_ref(profile, ref); (*left)--) {
    const struct memprof_frame *frame = frame_slot(profile, thread, ref);
    if (!frame)
      return broken(reader, offset_of(profile, thread),
                    "a call's caller is not a frame");
    if (*left == 0)
      return broken(reader, offset_of(profile, frame), "calls run in a circle");
    size_t node;
    if (at_ref(profile, frame->node) &&
        !profile_frame(profile, thread, ref, &node))
      return broken(reader, offset_of(profile, frame),
                    "call's context is not one of its thread");
    ref = frame->caller;
  }
  return true;
}

static bool check_records(const struct reader *reader) {
  const struct profile *profile = reader->profile;
  for (size_t i = 0; i < profile->string_count; i++)
    if (!check_string(reader, profile->strings[i]))
      return false;
  for (size_t i = 0; i < profile->function_count; i++)
    if (!check_function(reader, i))
      return false;
  for (size_t i = 0; i < profile->frames_count; i++)
    if (!check_frames(reader, profile->frames[i]))
      return false;
  for (size_t i = 0; i < profile->thread_count; i++)
    if (!check_thread(reader, profile->threads[i]))
      return false;
  for (size_t i = 0; i < profile->node_count; i++)
    if (!check_node(reader, i))
      return false;
  for (size_t i = 0; i < profile->line_count; i++)
    if (!check_line(reader, profile->lines[i]))
      return false;
  size_t left = profile_frame_count(profile);
  for (size_t i = 0; i < profile->thread_count; i++)
    if (!check_stack(reader, profile->threads[i], &left))
      return false;
  return true;
}

bool profile_open(struct profile *profile, const void *image, size_t size,
                  struct scratch *scratch, char *error, size_t capacity) {
  struct reader reader = {profile, error, capacity};
  *profile = (struct profile){.image = image, .header = image};
  if ((uintptr_t)image % MEMPROF_UNIT) {
    snprintf(error, capacity, "image is not aligned to %d bytes", MEMPROF_UNIT);
    return false;
  }
  return check_header(&reader, size) && list_records(&reader, scratch) &&
         check_records(&reader);
}
