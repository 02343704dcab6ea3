/* profile.c - reads a profile image: checks its header, walks its records and
 * lists them by kind.
 *
 * Two walks: the first counts, the second lists. Then check.c checks each
 * record. What a live process may still change (counters, the tops of stacks)
 * is never used as a bound; those readers get a checked answer per question:
 * profile_node(), profile_frame().
 */
#include "check.h"
#include <stdio.h>
#include <string.h>

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
DEFINE_LAST_NOT_AFTER(frames, frames_count)

#define DEFINE_FIND(FUNCTION, NAME)                                            \
  size_t FUNCTION(const struct profile *profile, memprof_ref ref) {            \
    const unsigned char *at = at_ref(profile, ref);                            \
    size_t index = at ? NAME##_not_after(profile, at) : PROFILE_NONE;          \
    if (index == PROFILE_NONE ||                                               \
        (const unsigned char *)profile->NAME[index] != at)                     \
      return PROFILE_NONE;                                                     \
    return index;                                                              \
  }
DEFINE_FIND(profile_string, strings)
DEFINE_FIND(profile_thread, threads)

/* Contexts are many, and asked for by every line and every callee. A NODE is
 * larger than a part of the image, so no two start in the same. */
enum { NODE_PART = 256 };
_Static_assert(sizeof(struct memprof_node) > NODE_PART, "one node in a part");

size_t profile_node(const struct profile *profile, memprof_ref ref) {
  const unsigned char *at = at_ref(profile, ref);
  uint32_t index =
      at ? profile->node_at[offset_of(profile, at) / NODE_PART] : 0;
  if (!index || (const unsigned char *)profile->nodes[index - 1] != at)
    return PROFILE_NONE;
  return index - 1;
}

const char *profile_text(const struct profile *profile, memprof_ref ref) {
  size_t index = profile_string(profile, ref);
  return index == PROFILE_NONE ? NULL : profile->strings[index]->text;
}

const char *profile_module(const struct profile *profile,
                           const struct memprof_function *function) {
  return profile_text(profile, function->module);
}

const char *profile_unit_module(const struct profile *profile,
                                const struct memprof_unit *unit) {
  return profile_text(profile, unit->module);
}

const struct memprof_frame *
profile_frame_slot(const struct profile *profile,
                   const struct memprof_thread *thread, memprof_ref ref) {
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
  const struct memprof_frame *frame = profile_frame_slot(profile, thread, ref);
  if (!frame)
    return NULL;
  *node = profile_node(profile, frame->node);
  if (*node == PROFILE_NONE || profile->nodes[*node]->thread !=
                                   offset_of(profile, thread) / MEMPROF_UNIT)
    return NULL;
  return frame;
}

memprof_ref profile_innermost(const struct profile *profile,
                              const struct memprof_thread *thread) {
  memprof_ref ref = thread->top;
  for (;;) {
    memprof_ref next = ref + FRAME_STRIDE / MEMPROF_UNIT;
    size_t node;
    const struct memprof_frame *frame =
        profile_frame(profile, thread, next, &node);
    if (!frame || !frame->cfa || frame->cfa == MEMPROF_LAST_FRAME ||
        frame->caller != ref)
      return ref;
    ref = next;
  }
}

const char *profile_meta(const struct profile *profile,
                         enum memprof_meta_key key) {
  for (size_t i = 0; i < profile->meta_count; i++)
    if (profile->metas[i]->key == key)
      return profile->metas[i]->text;
  return NULL;
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
    return check_failed(reader, 0, "not a memprof profile: bad magic");
  if (size < sizeof *header)
    return check_failed(reader, size, "cut off inside the header");
  if (header->byte_order != MEMPROF_BYTE_ORDER)
    return check_failed(reader, offsetof(struct memprof_header, byte_order),
                        "written by a machine of another byte order");
  if (header->version != MEMPROF_FORMAT_VERSION)
    return check_failed(reader, offsetof(struct memprof_header, version),
                        "format version %u, this memprof reads %d",
                        header->version, MEMPROF_FORMAT_VERSION);
  if (header->word_size != sizeof(void *))
    return check_failed(
        reader, offsetof(struct memprof_header, word_size),
        "written by a program with %u-byte pointers, this memprof "
        "reads %zu",
        header->word_size, sizeof(void *));
  if (header->header_size < sizeof *header ||
      header->header_size % MEMPROF_UNIT)
    return check_failed(reader, offsetof(struct memprof_header, header_size),
                        "impossible header size %u", header->header_size);
  uint64_t used = __atomic_load_n(&header->used, __ATOMIC_ACQUIRE);
  if (used < header->header_size || used > header->capacity)
    return check_failed(reader, offsetof(struct memprof_header, used),
                        "impossible size in use %llu",
                        (unsigned long long)used);
  if (size < header->header_size)
    return check_failed(reader, size, "cut off inside the header");
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
      return check_failed(reader, offset, "record of impossible size %u",
                          head->size);
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
  X(FRAMES, frames, frames_count)                                              \
  X(META, metas, meta_count)                                                   \
  X(UNIT, units, unit_count)                                                   \
  X(SIZES, sizes, sizes_count)                                                 \
  X(SPANS, spans, spans_count)                                                 \
  X(MAPPING, mappings, mapping_count)                                          \
  X(SERIES, series, series_count)                                              \
  X(LIMIT, limits, limit_count)

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

static bool out_of_memory(const struct reader *reader) {
  snprintf(reader->error, reader->capacity, "out of memory");
  return false;
}

static bool index_nodes(const struct reader *reader, struct scratch *scratch) {
  struct profile *profile = reader->profile;
  profile->node_at = scratch_alloc(scratch, profile->size / NODE_PART + 1,
                                   sizeof *profile->node_at);
  if (!profile->node_at)
    return out_of_memory(reader);
  for (size_t i = 0; i < profile->node_count; i++)
    profile->node_at[offset_of(profile, profile->nodes[i]) / NODE_PART] =
        (uint32_t)i + 1;
  return true;
}

static bool list_records(struct reader *reader, struct scratch *scratch) {
  struct profile *profile = reader->profile;
  if (!walk(reader, count_record))
    return false;
#define ALLOCATE(KIND, LIST, COUNT)                                            \
  profile->LIST =                                                              \
      scratch_alloc(scratch, profile->COUNT, sizeof *profile->LIST);           \
  if (!profile->LIST)                                                          \
    return out_of_memory(reader);                                              \
  profile->COUNT = 0;
  KINDS(ALLOCATE)
#undef ALLOCATE
  return walk(reader, list_record) && index_nodes(reader, scratch);
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
