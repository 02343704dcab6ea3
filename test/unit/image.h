/* image.h - builds a profile image by hand, as the runtime would have written
 * it, and reads what the report says of it. */
#ifndef MEMPROF_TEST_IMAGE_H
#define MEMPROF_TEST_IMAGE_H

#include "check.h"
#include "report/report.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { IMAGE_SIZE = 1 << 20 };

struct image {
  _Alignas(MEMPROF_UNIT) unsigned char bytes[IMAGE_SIZE];
  uint32_t functions;
  uint64_t stamp; /* of the latest event */
  bool by_thread; /* how it is added up */
};

static inline struct memprof_header *image_header(struct image *image) {
  return (struct memprof_header *)image->bytes;
}

static inline void image_start(struct image *image) {
  memset(image, 0, sizeof *image);
  struct memprof_header *header = image_header(image);
  memcpy(header->magic, MEMPROF_MAGIC, sizeof header->magic);
  header->version = MEMPROF_FORMAT_VERSION;
  header->byte_order = MEMPROF_BYTE_ORDER;
  header->header_size =
      (sizeof *header + MEMPROF_UNIT - 1) / MEMPROF_UNIT * MEMPROF_UNIT;
  header->word_size = sizeof(void *);
  header->used = header->header_size;
  header->capacity = IMAGE_SIZE;
  header->pid = 4711;
}

static inline memprof_ref image_ref(const struct image *image,
                                    const void *record) {
  return (memprof_ref)(((const unsigned char *)record - image->bytes) /
                       MEMPROF_UNIT);
}

static inline void *image_at(struct image *image, memprof_ref ref) {
  return image->bytes + (size_t)ref * MEMPROF_UNIT;
}

static inline void *image_add(struct image *image, uint32_t kind, size_t size) {
  struct memprof_header *header = image_header(image);
  struct memprof_head *head = (void *)(image->bytes + header->used);
  size = (size + MEMPROF_UNIT - 1) / MEMPROF_UNIT * MEMPROF_UNIT;
  if (header->used + size > IMAGE_SIZE)
    abort();
  head->kind = kind;
  head->size = (uint32_t)size;
  header->used += size;
  return head;
}

static inline memprof_ref image_string(struct image *image, const char *text) {
  struct memprof_string *string =
      image_add(image, MEMPROF_KIND_STRING, sizeof *string + strlen(text) + 1);
  strcpy(string->text, text);
  return image_ref(image, string);
}

/* What a function's descriptor says. */
struct spec {
  const char *name;
  const char *signature; /* unset: as name */
  const char *reason;
  const char *files[4];
  const char *directory; /* of all relative files */
  const unsigned char *md5;
  const char *module;
  const char *limit;
  unsigned lines[16]; /* FILE_LINE(file, line), or a line of file 0 */
  bool is_deselected;
  uint32_t flags; /* MEMPROF_RECORD_* */
};
#define FILE_LINE(FILE, LINE) ((FILE) << 24 | (LINE))

/* A record that is being filled from its front. */
struct spec_writer {
  unsigned char *base;
  uint32_t end;
};

static inline uint32_t spec_bytes(struct spec_writer *writer, const void *bytes,
                                  size_t size) {
  uint32_t offset = writer->end;
  memcpy(writer->base + offset, bytes, size);
  writer->end += (uint32_t)size;
  return offset;
}

static inline uint32_t spec_text(struct spec_writer *writer, const char *text) {
  return spec_bytes(writer, text, strlen(text) + 1);
}

/* Returns the function's id. */
static inline uint32_t image_function(struct image *image, struct spec spec) {
  memprof_ref module = spec.module ? image_string(image, spec.module) : 0;
  struct memprof_function *function =
      image_add(image, MEMPROF_KIND_FUNCTION, sizeof *function);
  function->id = ++image->functions;
  function->module = module;
  function->selected = !spec.is_deselected;
  struct memprof_abi_record *record = (void *)(function + 1);
  struct spec_writer writer = {(void *)record, sizeof *record};
  record->abi = MEMPROF_ABI_VERSION;
  record->flags = spec.flags;
  struct memprof_abi_line lines[16];
  while (record->line_count < 16 && spec.lines[record->line_count]) {
    unsigned line = spec.lines[record->line_count];
    lines[record->line_count++] =
        (struct memprof_abi_line){line & 0xffffff, line >> 24};
  }
  if (!record->line_count) { /* without -g */
    record->flags |= MEMPROF_RECORD_NO_LINES;
    lines[record->line_count++] = (struct memprof_abi_line){0, 0};
  }
  record->lines =
      spec_bytes(&writer, lines, record->line_count * sizeof *lines);
  struct memprof_abi_file files[4] = {{0, 0, 0}};
  while (record->file_count < 4 && spec.files[record->file_count])
    record->file_count++;
  record->files =
      spec_bytes(&writer, files, record->file_count * sizeof *files);
  record->limit_count = spec.limit != NULL;
  record->limits = spec_bytes(&writer, &(uint32_t){0}, sizeof(uint32_t));
  struct memprof_abi_file *file = (void *)(writer.base + record->files);
  for (uint32_t i = 0; i < record->file_count; i++) {
    file[i].name = spec_text(&writer, spec.files[i]);
    if (spec.directory && spec.files[i][0] != '/')
      file[i].directory = spec_text(&writer, spec.directory);
    if (spec.md5)
      file[i].md5 = spec_bytes(&writer, spec.md5, 16);
  }
  record->name = spec_text(&writer, spec.name);
  record->signature =
      spec_text(&writer, spec.signature ? spec.signature : spec.name);
  record->symbol = spec_text(&writer, spec.name);
  if (spec.reason)
    record->reason = spec_text(&writer, spec.reason);
  if (spec.limit)
    *(uint32_t *)(void *)(writer.base + record->limits) =
        spec_text(&writer, spec.limit);
  record->size = (writer.end + 7) / 8 * 8;
  size_t size = (sizeof *function + record->size + MEMPROF_UNIT - 1) /
                MEMPROF_UNIT * MEMPROF_UNIT;
  image_header(image)->used += size - function->head.size;
  function->head.size = (uint32_t)size;
  return function->id;
}

static inline struct memprof_function *image_function_at(struct image *image,
                                                         uint32_t id) {
  size_t offset = image_header(image)->header_size;
  for (;;) {
    struct memprof_function *function = (void *)(image->bytes + offset);
    if (function->head.kind == MEMPROF_KIND_FUNCTION && function->id == id)
      return function;
    offset += function->head.size;
  }
}

/* A context of `thread`: `function` entered from `parent`'s line. */
static inline struct memprof_node *image_node(struct image *image,
                                              struct memprof_thread *thread,
                                              struct memprof_node *parent,
                                              uint32_t parent_line,
                                              uint32_t function) {
  uint32_t lines = 1;
  if (function)
    lines =
        memprof_function_record(image_function_at(image, function))->line_count;
  struct memprof_node *node =
      image_add(image, MEMPROF_KIND_NODE, memprof_node_bytes(lines));
  node->thread = image_ref(image, thread);
  node->parent = parent ? image_ref(image, parent) : 0;
  node->parent_line = parent_line;
  node->function = function;
  node->line_count = lines;
  if (parent) {
    node->sibling = parent->child;
    parent->child = image_ref(image, node);
  }
  return node;
}

/* A thread outside all marked functions. */
static inline struct memprof_thread *image_thread(struct image *image) {
  struct memprof_thread *thread =
      image_add(image, MEMPROF_KIND_THREAD, sizeof *thread);
  thread->root = image_ref(image, image_node(image, thread, NULL, 0, 0));
  thread->threads = 1;
  return thread;
}

static inline struct memprof_node *image_root(struct image *image,
                                              struct memprof_thread *thread) {
  return image_at(image, thread->root);
}

/* The counters of one line in a context; made when there are none. */
static inline struct memprof_line *
image_line(struct image *image, struct memprof_node *node, uint32_t index) {
  memprof_ref *ref = &memprof_node_lines(node)[index];
  if (*ref)
    return image_at(image, *ref);
  struct memprof_line *line = image_add(image, MEMPROF_KIND_LINE, sizeof *line);
  line->node = image_ref(image, node);
  line->thread = node->thread;
  line->line = index;
  *ref = image_ref(image, line);
  return line;
}

/* Events of one line, the last of them now: `mem_usage` is live after it. */
static inline struct memprof_line *image_event(struct image *image,
                                               struct memprof_node *node,
                                               uint32_t index,
                                               struct memprof_line event) {
  struct memprof_line *line = image_line(image, node, index);
  line->stamp = ++image->stamp;
  line->allocs += event.allocs;
  line->bytes += event.bytes;
  line->frees += event.frees;
  line->freed += event.freed;
  line->returned += event.returned;
  line->returned_elsewhere += event.returned_elsewhere;
  line->peak = event.peak > line->peak ? event.peak : line->peak;
  line->mem_usage = event.mem_usage;
  line->temporary += event.temporary;
  line->at_peak = event.at_peak;
  return line;
}

/* Finished calls of a context, all alike. */
static inline void image_calls(struct image *image, struct memprof_node *node,
                               uint64_t calls, uint64_t allocs, uint64_t frees,
                               uint64_t bytes, uint64_t peak, uint64_t kept) {
  const uint64_t each[] = {allocs, frees, bytes, peak, kept};
  if (node->calls == 0)
    node->first_stamp = ++image->stamp;
  for (unsigned m = 0; m < MEMPROF_CALL_METRIC_COUNT; m++) {
    struct memprof_stat *stat = &node->per_call[m];
    if (node->calls == 0)
      stat->first = stat->min = stat->max = each[m];
    stat->min = each[m] < stat->min ? each[m] : stat->min;
    stat->max = each[m] > stat->max ? each[m] : stat->max;
    stat->sum += each[m] * calls;
  }
  node->calls += calls;
}

/* `count` frames of a thread, all filled in; frame 0 is the base frame. */
static inline struct memprof_frame *image_frames(struct image *image,
                                                 struct memprof_thread *thread,
                                                 uint32_t count) {
  struct memprof_frames *block =
      image_add(image, MEMPROF_KIND_FRAMES,
                sizeof *block + count * sizeof(struct memprof_frame));
  block->thread = image_ref(image, thread);
  block->count = count;
  struct memprof_frame *frames = (void *)(block + 1);
  frames[0].node = thread->root;
  thread->base = thread->top = image_ref(image, frames);
  return frames;
}

static inline struct memprof_meta *
image_meta(struct image *image, enum memprof_meta_key key, const char *text) {
  struct memprof_meta *meta =
      image_add(image, MEMPROF_KIND_META, sizeof *meta + strlen(text) + 1);
  meta->key = key;
  strcpy(meta->text, text);
  return meta;
}

/* A translation unit "a.c" of `module`, made at level "O2". */
static inline struct memprof_unit *image_unit(struct image *image,
                                              const char *module) {
  memprof_ref path = image_string(image, module);
  struct memprof_unit *unit =
      image_add(image, MEMPROF_KIND_UNIT,
                sizeof *unit + sizeof(struct memprof_abi_unit) + 8);
  unit->module = path;
  struct memprof_abi_unit *about = (void *)(unit + 1);
  struct spec_writer writer = {(void *)about, sizeof *about};
  about->abi = MEMPROF_ABI_VERSION;
  about->flags = MEMPROF_RECORD_UNIT;
  about->source = spec_text(&writer, "a.c");
  about->level = spec_text(&writer, "O2");
  about->size = (writer.end + 7) / 8 * 8;
  return unit;
}

/* `count` more blocks of a size class in a context. */
static inline struct memprof_sizes *image_sizes(struct image *image,
                                                struct memprof_node *node,
                                                unsigned class,
                                                uint64_t count) {
  if (!node->sizes) {
    struct memprof_sizes *sizes =
        image_add(image, MEMPROF_KIND_SIZES, sizeof *sizes);
    sizes->node = image_ref(image, node);
    node->sizes = image_ref(image, sizes);
  }
  struct memprof_sizes *sizes = image_at(image, node->sizes);
  sizes->counts[class] += count;
  return sizes;
}

static inline struct memprof_mapping *
image_mapping(struct image *image, struct memprof_node *node, uint32_t line,
              uint64_t mapped, uint64_t unmapped) {
  struct memprof_mapping *mapping =
      image_add(image, MEMPROF_KIND_MAPPING, sizeof *mapping);
  mapping->node = image_ref(image, node);
  mapping->line = line;
  mapping->next = node->mappings;
  node->mappings = image_ref(image, mapping);
  mapping->maps = mapped != 0;
  mapping->mapped = mapped;
  mapping->unmaps = unmapped != 0;
  mapping->unmapped = unmapped;
  return mapping;
}

/* A limit, the references already in it. */
static inline void image_limit(struct image *image,
                               struct memprof_limit limit) {
  struct memprof_limit *to = image_add(image, MEMPROF_KIND_LIMIT, sizeof *to);
  limit.head = to->head;
  *to = limit;
}

/* `count` samples, `interval_ns` apart, to be filled in. */
static inline struct memprof_series *image_series(struct image *image,
                                                  const char *command,
                                                  uint32_t count,
                                                  uint64_t interval_ns) {
  memprof_ref text = image_string(image, command);
  struct memprof_series *series =
      image_add(image, MEMPROF_KIND_SERIES,
                sizeof *series + count * sizeof(struct memprof_sample));
  struct memprof_sample *samples = (void *)(series + 1);
  series->pid = image_header(image)->pid;
  series->command = text;
  series->count = count;
  series->started_ns = image_header(image)->started_ns;
  series->interval_ns = interval_ns;
  for (uint32_t i = 0; i < count; i++)
    samples[i].at_ns = i * interval_ns;
  return series;
}

static inline struct memprof_spans *image_spans(struct image *image,
                                                uint32_t count) {
  struct memprof_spans *spans =
      image_add(image, MEMPROF_KIND_SPANS,
                sizeof *spans + count * sizeof(struct memprof_span));
  spans->count = count;
  return spans;
}

/* ---- Reading ---- */

/* Opens and adds up; a failure is printed and counted. */
static inline bool image_report(struct image *image, struct report *report,
                                struct scratch *scratch) {
  static struct profile profile;
  char error[256] = "";
  bool is_open = profile_open(&profile, image->bytes, image_header(image)->used,
                              scratch, error, sizeof error);
  if (!is_open)
    fprintf(stderr, "profile_open: %s\n", error);
  CHECK(is_open);
  return is_open && report_build(report, &profile, image->by_thread, scratch);
}

/* The text report, ended by a NUL. Valid until the next one. */
static inline const char *image_text(struct image *image,
                                     struct report_style style) {
  static char text[1 << 18];
  struct scratch scratch = {0};
  struct report report;
  struct sink sink;
  FILE *file = tmpfile();
  if (!file)
    abort();
  text[0] = 0;
  if (image_report(image, &report, &scratch)) {
    sink_init(&sink, fileno(file));
    render_text(&report, &style, &scratch, &sink);
    CHECK(sink_flush(&sink) == 0);
    ssize_t length = pread(fileno(file), text, sizeof text - 1, 0);
    CHECK(length >= 0);
    text[length < 0 ? 0 : length] = 0;
  }
  fclose(file);
  scratch_release(&scratch);
  return text;
}

#endif
