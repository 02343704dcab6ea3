/* doc.c - values and output of a report in JSON. */
#define _GNU_SOURCE
#include "doc.h"
#include "render_views.h"
#include <string.h>

/* ---- Values ---- */

json_t *doc_number(uint64_t value) {
  return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static json_t *doc_text_of(struct doc *doc, const char *text, size_t length) {
  return json_string(texts_clean(&doc->texts, text, length));
}

json_t *doc_text(struct doc *doc, const char *text) {
  return text ? doc_text_of(doc, text, strlen(text)) : json_null();
}

json_t *doc_instant(uint64_t ns) {
  char out[32];
  if (!ns)
    return json_null();
  time_text(out, sizeof out, ns);
  return json_string(out);
}

void doc_set(struct doc *doc, json_t *object, const char *key, json_t *value) {
  if (json_object_set_new_nocheck(object, key, value) != 0)
    doc->is_broken = true;
}

void doc_append(struct doc *doc, json_t *array, json_t *value) {
  if (json_array_append_new(array, value) != 0)
    doc->is_broken = true;
}

void doc_set_place(struct doc *doc, json_t *object,
                   const struct source_file *file, unsigned line) {
  doc_set(doc, object, "file", doc_text(doc, file ? file->name : NULL));
  doc_set(doc, object, "line", file ? doc_number(line) : json_null());
}

const char *doc_key(enum column_id id, bool is_line) {
  return id == COLUMN_occurrences && !is_line ? "calls" : columns[id].id;
}

void doc_set_row(struct doc *doc, json_t *object, const struct picks *picks,
                 bool is_line, const struct row *row) {
  for (size_t i = 0; i < picks->count; i++)
    doc_set(doc, object, doc_key(picks->ids[i], is_line),
            json_integer(column_value(picks->ids[i], row)));
}

json_t *doc_source(struct doc *doc, const struct source_file *file,
                   unsigned line) {
  size_t length = 0;
  const char *found =
      file ? source_line(source_find(&doc->sources, file), line, &length)
           : NULL;
  return found ? doc_text_of(doc, found, length) : json_null();
}

/* ---- Output ---- */

void doc_flush(struct doc *doc) {
  fwrite(doc->buffer, 1, doc->used, doc->file);
  doc->used = 0;
}

static int doc_put(const char *bytes, size_t size, void *context) {
  struct doc *doc = context;
  while (size) {
    if (doc->used == sizeof doc->buffer)
      doc_flush(doc);
    size_t part = sizeof doc->buffer - doc->used;
    if (part > size)
      part = size;
    memcpy(doc->buffer + doc->used, bytes, part);
    doc->used += part;
    bytes += part;
    size -= part;
  }
  return 0;
}

void doc_put_text(struct doc *doc, const char *text) {
  doc_put(text, strlen(text), doc);
}

void doc_put_number(struct doc *doc, int64_t value) {
  char room[TEXTS_NUMBER];
  size_t length = texts_number(room, value);
  doc_put(room + TEXTS_NUMBER - length, length, doc);
}

static void doc_put_value(struct doc *doc, const json_t *value) {
  if (!value || json_dump_callback(value, doc_put, doc,
                                   JSON_COMPACT | JSON_ENCODE_ANY) != 0)
    doc->is_broken = true;
}

void doc_put_new(struct doc *doc, json_t *value) {
  doc_put_value(doc, value);
  json_decref(value);
}

void doc_begin_element(struct doc *doc) {
  doc_put_text(doc, doc->is_first ? "\n" : ",\n");
  doc->is_first = false;
}

void doc_add(struct doc *doc, json_t *value) {
  doc_begin_element(doc);
  doc_put_new(doc, value);
}

void doc_begin_list(struct doc *doc, const char *key) {
  doc_put_text(doc, ",\n\"");
  doc_put_text(doc, key);
  doc_put_text(doc, "\":[");
  doc->is_first = true;
}

void doc_end_list(struct doc *doc) {
  doc_put_text(doc, doc->is_first ? "]" : "\n]");
}
