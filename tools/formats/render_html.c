/* render_html.c - the report as one HTML page: html/report.html with style,
 * scripts and data in the place of its @words@.
 *
 * The page may use its own style and scripts and nothing else: the policy in its
 * head names them by their SHA-256. Data is a JSON text that the script shows as
 * text, never as HTML.
 */
#define _GNU_SOURCE
#include "page.h"
#include "progress.h"
#include "tool.h"
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

/* The files of html/, from build time; each ends with a NUL. */
#define EMBED(NAME, PATH)                                                      \
  __asm__(".pushsection .rodata\n"                                             \
          ".hidden embedded_" #NAME "\n"                                       \
          ".globl embedded_" #NAME "\n"                                        \
          "embedded_" #NAME ":\n"                                              \
          ".incbin \"" PATH "\"\n"                                             \
          ".byte 0\n"                                                          \
          ".popsection\n");                                                    \
  extern const char embedded_##NAME[] __attribute__((visibility("hidden")));
EMBED(skeleton, MEMPROF_HTML "/report.html")
EMBED(style, MEMPROF_HTML "/report.css")
EMBED(base, MEMPROF_HTML "/base.js")
EMBED(functions, MEMPROF_HTML "/functions.js")
EMBED(flame, MEMPROF_HTML "/flame.js")
EMBED(time, MEMPROF_HTML "/time.js")
EMBED(report, MEMPROF_HTML "/report.js")

/* One element each, in this order. */
static const char *const scripts[] = {embedded_base, embedded_functions,
                                      embedded_flame, embedded_time,
                                      embedded_report};
enum { SCRIPTS = sizeof scripts / sizeof *scripts };

/* ---- JSON inside a script element ---- */

static bool is_out_of_memory;

/* What jansson cannot add because there is no memory for it is missing, without
 * a word: this one remembers. */
static void *allocate(size_t size) {
  void *block = malloc(size);
  is_out_of_memory |= !block;
  return block;
}

/* In JSON '<' stands only in strings: "</script>" and "<!--" are gone with it.
 */
static void write_escaped(const char *text, size_t length, FILE *file) {
  while (length) {
    const char *found = memchr(text, '<', length);
    size_t span = found ? (size_t)(found - text) : length;
    fwrite(text, 1, span, file);
    if (found) {
      fputs("\\u003c", file);
      span++;
    }
    text += span;
    length -= span;
  }
}

/* The value's text in page->buffer; 0 when memory runs out. */
static size_t print_value(struct page *page, const json_t *value) {
  const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII;
  for (;;) {
    size_t need = json_dumpb(value, page->buffer, page->buffer_size, flags);
    if (need <= page->buffer_size)
      return need;
    char *buffer = realloc(page->buffer, need * 2);
    if (!buffer)
      return 0;
    page->buffer = buffer;
    page->buffer_size = need * 2;
  }
}

/* But for the last bytes of the value. */
static bool put_but(struct page *page, const char *before, json_t *value,
                    size_t last) {
  size_t length = value ? print_value(page, value) : 0;
  json_decref(value);
  if (!length || is_out_of_memory)
    return error("out of memory for the page");
  page_put_text(page, before);
  write_escaped(page->buffer, length - last, page->file);
  return true;
}

bool page_put(struct page *page, const char *before, json_t *value) {
  return put_but(page, before, value, 0);
}

bool page_put_open(struct page *page, const char *before, json_t *object) {
  return put_but(page, before, object, strlen("}"));
}

void page_put_text(struct page *page, const char *text) {
  fputs(text, page->file);
}

void page_put_number(struct page *page, char before, int64_t value) {
  char room[TEXTS_NUMBER + 1];
  size_t length = texts_number(room + 1, value) + 1;
  char *text = room + sizeof room - length;
  *text = before;
  fwrite_unlocked(text, 1, length, page->file);
}

json_t *page_text_of(struct page *page, const char *text, size_t length) {
  return json_string(texts_clean(&page->texts, text, length));
}

json_t *page_text(struct page *page, const char *text) {
  return text ? page_text_of(page, text, strlen(text)) : json_null();
}

static int64_t number_of(uint64_t counter) {
  return counter > INT64_MAX ? INT64_MAX : (int64_t)counter;
}

void page_put_counter(struct page *page, char before, uint64_t value) {
  page_put_number(page, before, number_of(value));
}

json_t *page_number(uint64_t value) { return json_integer(number_of(value)); }

/* ---- The data ---- */

static bool put_functions(struct page *page, const struct items *items) {
  struct progress progress;
  bool is_put = true;
  progress_start_printing(&progress, items->count, "functions",
                          fileno(page->file));
  fputs(",\n\"functions\":[", page->file);
  for (size_t i = 0; i < items->count && is_put; i++) {
    is_put = page_put_function(page, i ? ",\n" : "\n", items->items[i].rows);
    progress_show(&progress, i + 1);
  }
  fputs("]", page->file);
  progress_clear(&progress);
  return is_put;
}

static bool put_data(struct page *page) {
  struct items items, tests;
  struct verdicts verdicts;
  struct view view = *page->view, by_test = view;
  view.with_idle = true;
  by_test.by = BY_test;
  by_test.style.sort = by_test.style.top = 0;
  if (!items_list(&items, &view) || !items_list(&tests, &by_test) ||
      !verdicts_list(&verdicts, &view))
    return false;
  bool is_put =
      page_put(page, "{\"memprof\":1,\"meta\":", page_meta(page, &items)) &&
      page_put(page, ",\n\"columns\":", page_columns(page)) &&
      put_functions(page, &items) &&
      page_put_contexts(page, ",\n\"contexts\":") &&
      page_put(page, ",\n\"series\":", page_series(page)) &&
      page_put(page, ",\n\"spans\":", page_spans(page)) &&
      page_put(page, ",\n\"limits\":", page_limits(page, &verdicts)) &&
      page_put(page, ",\n\"tests\":", page_tests(page, &tests));
  fputs("}", page->file);
  return is_put;
}

/* ---- The page ---- */

static bool put_style(struct page *page) {
  fputs(embedded_style, page->file);
  return true;
}

static bool put_scripts(struct page *page) {
  for (size_t i = 0; i < SCRIPTS; i++)
    fprintf(page->file, "<script>%s</script>\n", scripts[i]);
  return true;
}

/* A SHA-256 as policies write it: in base64. */
static void put_hash(const char *text, FILE *file) {
  static const char digits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  unsigned char digest[SHA256_DIGEST_LENGTH + 1] = {0};
  SHA2_CTX context;
  SHA256Init(&context);
  SHA256Update(&context, (const unsigned char *)text, strlen(text));
  SHA256Final(digest, &context);
  fputs(" 'sha256-", file);
  for (size_t i = 0; i < SHA256_DIGEST_LENGTH; i += 3) {
    unsigned bits = digest[i] << 16 | digest[i + 1] << 8 |
                    (i + 2 < SHA256_DIGEST_LENGTH ? digest[i + 2] : 0u);
    for (int shift = 18; shift >= 0; shift -= 6)
      fputc(i + 2 >= SHA256_DIGEST_LENGTH && shift == 0
                ? '='
                : digits[bits >> shift & 63],
            file);
  }
  fputc('\'', file);
}

static bool put_policy(struct page *page) {
  fputs("default-src 'none'; base-uri 'none'; form-action 'none'; style-src",
        page->file);
  put_hash(embedded_style, page->file);
  fputs("; script-src", page->file);
  for (size_t i = 0; i < SCRIPTS; i++)
    put_hash(scripts[i], page->file);
  return true;
}

static const struct place {
  const char *word;
  bool (*put)(struct page *page);
} places[] = {{"@policy@", put_policy},
              {"@style@", put_style},
              {"@scripts@", put_scripts},
              {"@data@", put_data}};

/* The place that the text starts with, or NULL. */
static const struct place *place_at(const char *text) {
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (strncmp(text, places[i].word, strlen(places[i].word)) == 0)
      return &places[i];
  return NULL;
}

static bool put_page(struct page *page) {
  for (const char *text = embedded_skeleton; *text;) {
    const struct place *place = place_at(text);
    if (!place) {
      fputc(*text++, page->file);
      continue;
    }
    if (!place->put(page))
      return false;
    text += strlen(place->word);
  }
  return true;
}

bool render_html_format(const struct view *view, struct outfile *out) {
  struct page page = {.view = view,
                      .file = out->file,
                      .sources = {.scratch = view->subject->scratch,
                                  .root = view->style.source_root}};
  if (!view_is_plain(view, "html"))
    return false;
  char unused[1];
  columns_parse("all,temporary,at_peak", view->report->has_mappings,
                &page.columns, unused, sizeof unused);
  json_set_alloc_funcs(allocate, free);
  bool is_put = put_page(&page);
  free(page.buffer);
  texts_release(&page.texts);
  return is_put;
}
