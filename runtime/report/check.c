/* check.c - checks every size, offset and reference of a profile's records
 * once, so that what follows may trust them. */
#include "check.h"
#include "../common/limit.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool check_failed(const struct reader *reader, size_t offset,
                  const char *format, ...) {
  char what[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  snprintf(reader->error, reader->capacity, "byte %zu: %s", offset, what);
  return false;
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
    return check_failed(d->reader, d->base, "%s outside the descriptor", what);
  return true;
}

static bool check_text(const struct descriptor *d, uint32_t offset,
                       const char *what) {
  if (!check_span(d, offset, 1, 1, 1, what))
    return false;
  const char *text = (const char *)d->record + offset;
  if (!memchr(text, 0, d->record->size - offset))
    return check_failed(d->reader, d->base + offset, "%s without an end", what);
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
    return check_failed(d->reader, d->base, "function without lines");
  if (!check_span(d, record->lines, record->line_count,
                  sizeof(struct memprof_abi_line), 4, "line table"))
    return false;
  const struct memprof_abi_line *lines =
      (const void *)((const char *)record + record->lines);
  for (uint32_t i = 0; i < record->line_count; i++)
    if (lines[i].file >= record->file_count && lines[i].file != 0)
      return check_failed(d->reader, d->base,
                          "line %u is of file %u, there are %u", i,
                          lines[i].file, record->file_count);
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
    return check_failed(d->reader, d->base, "descriptor of impossible size");
  if (record->abi != MEMPROF_ABI_VERSION)
    return check_failed(d->reader, d->base, "descriptor of version %u",
                        record->abi);
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
    return check_failed(reader, offset_of(reader->profile, head),
                        "record of kind %u is too short", head->kind);
  return true;
}

static bool check_string(const struct reader *reader,
                         const struct memprof_string *string) {
  if (!memchr(string->text, 0, string->head.size - sizeof *string))
    return check_failed(reader, offset_of(reader->profile, string),
                        "text without an end");
  return true;
}

static bool check_meta(const struct reader *reader,
                       const struct memprof_meta *meta) {
  if (!check_size(reader, &meta->head, sizeof *meta))
    return false;
  if (!memchr(meta->text, 0, meta->head.size - sizeof *meta))
    return check_failed(reader, offset_of(reader->profile, meta),
                        "text without an end");
  return true;
}

/* The strings of a translation unit. */
static bool check_unit(const struct reader *reader,
                       const struct memprof_unit *unit) {
  const struct profile *profile = reader->profile;
  size_t offset = offset_of(profile, unit);
  if (!check_size(reader, &unit->head,
                  sizeof *unit + sizeof(struct memprof_abi_unit)))
    return false;
  if (unit->module && at_ref(profile, unit->module) &&
      profile_string(profile, unit->module) == PROFILE_NONE)
    return check_failed(reader, offset, "unit's module is not a text");
  const struct memprof_abi_unit *about = memprof_unit_description(unit);
  if (about->size < sizeof *about ||
      about->size > unit->head.size - sizeof *unit)
    return check_failed(reader, offset + sizeof *unit,
                        "description of impossible size");
  if (about->abi != MEMPROF_ABI_VERSION)
    return check_failed(reader, offset + sizeof *unit,
                        "description of version %u", about->abi);
  const uint32_t texts[] = {about->source, about->compiler, about->level,
                            about->llvm, about->revision};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (texts[i] &&
        (texts[i] < sizeof *about || texts[i] >= about->size ||
         !memchr((const char *)about + texts[i], 0, about->size - texts[i])))
      return check_failed(reader, offset + sizeof *unit,
                          "text outside the description");
  return true;
}

static bool check_sizes(const struct reader *reader,
                        const struct memprof_sizes *sizes) {
  if (!check_size(reader, &sizes->head, sizeof *sizes))
    return false;
  if (profile_node(reader->profile, sizes->node) == PROFILE_NONE)
    return check_failed(reader, offset_of(reader->profile, sizes),
                        "sizes' context is not a context");
  return true;
}

static bool check_mapping(const struct reader *reader,
                          const struct memprof_mapping *mapping) {
  const struct profile *profile = reader->profile;
  if (!check_size(reader, &mapping->head, sizeof *mapping))
    return false;
  size_t node = profile_node(profile, mapping->node);
  if (node == PROFILE_NONE)
    return check_failed(reader, offset_of(profile, mapping),
                        "mapping's context is not a context");
  if (mapping->line >= profile->nodes[node]->line_count)
    return check_failed(reader, offset_of(profile, mapping),
                        "mapping's line %u, its context has %u", mapping->line,
                        profile->nodes[node]->line_count);
  return true;
}

/* What a span refers to changes while its process lives: its readers look. */
static bool check_spans(const struct reader *reader,
                        const struct memprof_spans *spans) {
  return check_size(reader, &spans->head, sizeof *spans) &&
         check_size(reader, &spans->head,
                    sizeof *spans +
                        (uint64_t)spans->count * sizeof(struct memprof_span));
}

static bool check_series(const struct reader *reader,
                         const struct memprof_series *series) {
  const struct profile *profile = reader->profile;
  if (!check_size(reader, &series->head, sizeof *series) ||
      !check_size(reader, &series->head,
                  sizeof *series +
                      (uint64_t)series->count * sizeof(struct memprof_sample)))
    return false;
  if (series->command &&
      profile_string(profile, series->command) == PROFILE_NONE)
    return check_failed(reader, offset_of(profile, series),
                        "series' command is not a text");
  return true;
}

static bool check_limit(const struct reader *reader,
                        const struct memprof_limit *limit) {
  const struct profile *profile = reader->profile;
  size_t offset = offset_of(profile, limit);
  if (!check_size(reader, &limit->head, sizeof *limit))
    return false;
  if (limit->function > profile->function_count)
    return check_failed(reader, offset, "limit's function %u, there are %zu",
                        limit->function, profile->function_count);
  if (!limit_metric_name(limit->metric))
    return check_failed(reader, offset, "limit of unknown metric %u",
                        limit->metric);
  if (limit->where && at_ref(profile, limit->where) &&
      profile_string(profile, limit->where) == PROFILE_NONE)
    return check_failed(reader, offset, "limit's place is not a text");
  if (limit->test && at_ref(profile, limit->test) &&
      profile_node(profile, limit->test) == PROFILE_NONE)
    return check_failed(reader, offset, "limit's test is not a context");
  return true;
}

static bool check_function(const struct reader *reader, size_t index) {
  const struct profile *profile = reader->profile;
  const struct memprof_function *function = profile->functions[index];
  size_t offset = offset_of(profile, function);
  if (!check_size(reader, &function->head, sizeof *function))
    return false;
  if (function->id != index + 1)
    return check_failed(reader, offset, "function has id %u, %zu is next",
                        function->id, index + 1);
  if (function->module && at_ref(profile, function->module) &&
      profile_string(profile, function->module) == PROFILE_NONE)
    return check_failed(reader, offset, "function's module is not a text");
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
    if (at_ref(profile, ends[i]) &&
        !profile_frame_slot(profile, thread, ends[i]))
      return check_failed(reader, offset,
                          "thread's stack is not made of frames");
  return true;
}

static bool check_node(const struct reader *reader, size_t index) {
  const struct profile *profile = reader->profile;
  const struct memprof_node *node = profile->nodes[index];
  size_t offset = offset_of(profile, node);
  if (!check_size(reader, &node->head, sizeof *node) ||
      !check_size(reader, &node->head, memprof_node_bytes(node->line_count)))
    return false;
  if (profile_thread(profile, node->thread) == PROFILE_NONE)
    return check_failed(reader, offset, "context's thread is not a thread");
  if (node->function > profile->function_count)
    return check_failed(reader, offset, "context's function %u, there are %zu",
                        node->function, profile->function_count);
  uint32_t lines = 1;
  if (node->function)
    lines = memprof_function_record(profile->functions[node->function - 1])
                ->line_count;
  if (node->line_count != lines)
    return check_failed(reader, offset, "context has %u lines, its function %u",
                        node->line_count, lines);
  if (!node->parent) {
    if (node->function)
      return check_failed(reader, offset, "context without a parent");
    return true;
  }
  /* a parent is made before its children, so paths have no cycles */
  size_t parent = profile_node(profile, node->parent);
  if (parent == PROFILE_NONE || parent >= index)
    return check_failed(reader, offset,
                        "context's parent is not an earlier one");
  if (profile->nodes[parent]->thread != node->thread)
    return check_failed(reader, offset,
                        "context's parent is of another thread");
  if (node->parent_line >= profile->nodes[parent]->line_count)
    return check_failed(reader, offset, "context's line %u, its parent has %u",
                        node->parent_line, profile->nodes[parent]->line_count);
  return true;
}

static bool check_line(const struct reader *reader,
                       const struct memprof_line *line) {
  const struct profile *profile = reader->profile;
  if (!check_size(reader, &line->head, sizeof *line))
    return false;
  size_t node = profile_node(profile, line->node);
  if (node == PROFILE_NONE)
    return check_failed(reader, offset_of(profile, line),
                        "line's context is not a context");
  if (line->line >= profile->nodes[node]->line_count)
    return check_failed(reader, offset_of(profile, line),
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
    const struct memprof_frame *frame =
        profile_frame_slot(profile, thread, ref);
    if (!frame)
      return check_failed(reader, offset_of(profile, thread),
                          "a call's caller is not a frame");
    if (*left == 0)
      return check_failed(reader, offset_of(profile, frame),
                          "calls run in a circle");
    size_t node;
    if (at_ref(profile, frame->node) &&
        !profile_frame(profile, thread, ref, &node))
      return check_failed(reader, offset_of(profile, frame),
                          "call's context is not one of its thread");
    ref = frame->caller;
  }
  return true;
}

bool check_records(const struct reader *reader) {
  const struct profile *profile = reader->profile;
  for (size_t i = 0; i < profile->string_count; i++)
    if (!check_string(reader, profile->strings[i]))
      return false;
  for (size_t i = 0; i < profile->function_count; i++)
    if (!check_function(reader, i))
      return false;
  for (size_t i = 0; i < profile->meta_count; i++)
    if (!check_meta(reader, profile->metas[i]))
      return false;
  for (size_t i = 0; i < profile->unit_count; i++)
    if (!check_unit(reader, profile->units[i]))
      return false;
  for (size_t i = 0; i < profile->spans_count; i++)
    if (!check_spans(reader, profile->spans[i]))
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
  for (size_t i = 0; i < profile->sizes_count; i++)
    if (!check_sizes(reader, profile->sizes[i]))
      return false;
  for (size_t i = 0; i < profile->mapping_count; i++)
    if (!check_mapping(reader, profile->mappings[i]))
      return false;
  for (size_t i = 0; i < profile->series_count; i++)
    if (!check_series(reader, profile->series[i]))
      return false;
  for (size_t i = 0; i < profile->limit_count; i++)
    if (!check_limit(reader, profile->limits[i]))
      return false;
  size_t left = profile_frame_count(profile);
  for (size_t i = 0; i < profile->thread_count; i++)
    if (!check_stack(reader, profile->threads[i], &left))
      return false;
  return true;
}
