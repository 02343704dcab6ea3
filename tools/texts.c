/* texts.c - cleans texts. */
#define _GNU_SOURCE
#include "texts.h"
#include "common/printable.h"
#include <stdlib.h>
#include <string.h>

/* How far the text may stay as it is. */
static size_t clean_span(const char *text, size_t length) {
  size_t at = 0;
  for (;;) {
    at += printable_utf8_span(text + at, length - at);
    if (at == length || text[at] != '\t')
      return at;
    at++;
  }
}

static bool make_room(struct texts *texts, size_t need) {
  if (need <= texts->size)
    return true;
  char *bytes = realloc(texts->bytes, need * 2);
  if (!bytes)
    return false;
  texts->bytes = bytes;
  texts->size = need * 2;
  return true;
}

const char *texts_clean(struct texts *texts, const char *text, size_t length) {
  size_t used = 0;
  if (length > SIZE_MAX / 16 || !make_room(texts, length * 4 + 1))
    return ""; /* \xNN has four letters */
  while (length) {
    size_t span = clean_span(text, length);
    memcpy(texts->bytes + used, text, span);
    used += span;
    if (span < length)
      used += (size_t)sprintf(texts->bytes + used, "\\x%02X",
                              (unsigned char)text[span++]);
    text += span;
    length -= span;
  }
  texts->bytes[used] = 0;
  return texts->bytes;
}

const char *texts_place(struct texts *texts, const struct source_file *file,
                        unsigned line) {
  char number[16] = "";
  if (!file)
    return "(no -g)";
  size_t length = strlen(texts_clean(texts, file->name, strlen(file->name)));
  if (line)
    snprintf(number, sizeof number, ":%u", line);
  if (!make_room(texts, length + sizeof number))
    return "";
  memcpy(texts->bytes + length, number, strlen(number) + 1);
  return texts->bytes;
}

void texts_release(struct texts *texts) {
  free(texts->bytes);
  *texts = (struct texts){0};
}

size_t texts_number(char room[TEXTS_NUMBER], int64_t value) {
  size_t at = TEXTS_NUMBER;
  uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
  do
    room[--at] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (value < 0)
    room[--at] = '-';
  return TEXTS_NUMBER - at;
}
