/* columns.c - reads the option `columns`. */
#include "columns.h"
#include <stdio.h>
#include <string.h>

#define IS_SIZE_SIZE true
#define IS_SIZE_COUNT false
#define COLUMN(ID, HEADING, TYPE, SHOWN)                                       \
  {#ID, HEADING, IS_SIZE_##TYPE, SHOWN_##SHOWN},
const struct column columns[COLUMN_COUNT] = {MEMPROF_COLUMNS(COLUMN)};

#define COLUMN_ID(ID, HEADING, TYPE, SHOWN) ", " #ID
static const char known[] = "standard, all" MEMPROF_COLUMNS(COLUMN_ID);

static void pick(struct picks *picks, enum column_id id) {
  for (size_t i = 0; i < picks->count; i++)
    if (picks->ids[i] == id)
      return; /* once is enough: "standard,increment" */
  picks->ids[picks->count++] = id;
}

static void pick_shown(struct picks *picks, enum shown least,
                       bool has_mappings) {
  for (unsigned id = 0; id < COLUMN_COUNT; id++)
    if (columns[id].shown >= least ||
        (has_mappings && columns[id].shown == SHOWN_TRACKED))
      pick(picks, id);
}

static bool is_word(const char *text, size_t length, const char *word) {
  return length == strlen(word) && memcmp(text, word, length) == 0;
}

/* One item of the list. */
static bool pick_word(struct picks *picks, bool has_mappings, const char *text,
                      size_t length) {
  bool is_standard = is_word(text, length, "standard");
  if (is_standard || is_word(text, length, "all")) {
    pick_shown(picks, is_standard ? SHOWN_STANDARD : SHOWN_ALL, has_mappings);
    return true;
  }
  for (unsigned id = 0; id < COLUMN_COUNT; id++)
    if (is_word(text, length, columns[id].id)) {
      pick(picks, id);
      return true;
    }
  return false;
}

bool columns_parse(const char *text, bool has_mappings, struct picks *picks,
                   char *error, size_t capacity) {
  picks->count = 0;
  for (const char *item = text;; item++) {
    item += strspn(item, " \t");
    size_t length = strcspn(item, ","), trimmed = length;
    while (trimmed && (item[trimmed - 1] == ' ' || item[trimmed - 1] == '\t'))
      trimmed--;
    if (!pick_word(picks, has_mappings, item, trimmed)) {
      snprintf(error, capacity, "unknown column '%.*s', known are %s",
               trimmed < 80 ? (int)trimmed : 80, item, known);
      picks->count = 0;
      pick_shown(picks, SHOWN_STANDARD, has_mappings);
      return false;
    }
    item += length;
    if (!*item)
      return true;
  }
}

bool report_columns_check(const char *text, char *error, size_t capacity) {
  struct picks picks;
  return columns_parse(text, false, &picks, error, capacity);
}

int64_t column_value(enum column_id id, const struct row *row) {
  switch (id) {
#define VALUE(ID, HEADING, TYPE, SHOWN)                                        \
  case COLUMN_##ID:                                                            \
    return (int64_t)row->ID;
    MEMPROF_COLUMNS(VALUE)
#undef VALUE
  case COLUMN_COUNT:
    break;
  }
  return 0;
}
