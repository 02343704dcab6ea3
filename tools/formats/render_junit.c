/* render_junit.c - what CI servers show as tests: a test case for each limit,
 * one for each test of the profile, and one for each function without a limit,
 * which passes.
 *
 * Elements and attributes are those that Jenkins' schema has. */
#define _GNU_SOURCE
#include "annotations.h"
#include "render.h"
#include "render_views.h"
#include "texts.h"
#include "tool.h"
#include "verdicts.h"
#include <inttypes.h>
#include <string.h>

struct junit {
  const struct view *view;
  FILE *file;
  struct texts texts;
  struct verdicts verdicts;
  struct items functions, tests;
};

/* ---- XML ---- */

static void put_text(struct junit *junit, const char *text) {
  static const char special[] = "&<>\"\t";
  static const char *const written[] = {"&amp;", "&lt;", "&gt;", "&quot;",
                                        "&#9;"};
  text = texts_clean(&junit->texts, text, strlen(text));
  while (*text) {
    size_t span = strcspn(text, special);
    fwrite(text, 1, span, junit->file);
    text += span;
    if (*text)
      fputs(written[strchr(special, *text++) - special], junit->file);
  }
}

static void put_attribute(struct junit *junit, const char *name,
                          const char *value) {
  fprintf(junit->file, " %s=\"", name);
  put_text(junit, value);
  putc('"', junit->file);
}

static void begin_case(struct junit *junit, const char *class,
                       const char *name) {
  fputs("    <testcase", junit->file);
  put_attribute(junit, "classname", class);
  put_attribute(junit, "name", name);
  fputs(" time=\"0\">\n", junit->file);
}

static void end_case(struct junit *junit) {
  fputs("    </testcase>\n", junit->file);
}

static void begin_suite(struct junit *junit, const char *name, size_t tests,
                        size_t failures, size_t skipped) {
  char when[32];
  uint64_t started = junit->view->report->header->started_ns;
  fprintf(junit->file,
          "  <testsuite name=\"%s\" tests=\"%zu\" failures=\"%zu\" "
          "errors=\"0\" skipped=\"%zu\" time=\"0\"",
          name, tests, failures, skipped);
  if (started) {
    time_text(when, sizeof when, started);
    when[strcspn(when, "Z")] = 0; /* the schema has no zone */
    put_attribute(junit, "timestamp", when);
  }
  fputs(">\n", junit->file);
}

static void end_suite(struct junit *junit) {
  fputs("  </testsuite>\n", junit->file);
}

/* ---- Limits ---- */

static void print_failure(struct junit *junit, const struct verdict *verdict) {
  char what[256];
  struct annotations lines = {0};
  verdict_text(verdict, what, sizeof what);
  fputs("      <failure", junit->file);
  put_attribute(junit, "message", what);
  put_attribute(junit, "type", verdict->metric);
  putc('>', junit->file);
  if (annotations_of_verdict(&lines, junit->view, verdict))
    for (size_t i = 0; i < lines.count; i++) {
      const struct annotation *at = &lines.list[i];
      if (at->path) {
        put_text(junit, at->path);
        fprintf(junit->file, ":%u: ", at->line);
      }
      put_text(junit, at->message);
      putc('\n', junit->file);
    }
  fputs("</failure>\n", junit->file);
}

static void print_skipped(struct junit *junit, const struct verdict *verdict) {
  char what[256];
  verdict_text(verdict, what, sizeof what);
  fputs("      <skipped", junit->file);
  put_attribute(junit, "message", what);
  fputs("/>\n", junit->file);
}

static void print_output(struct junit *junit, const char *text) {
  fputs("      <system-out>", junit->file);
  put_text(junit, text);
  fputs("</system-out>\n", junit->file);
}

static void print_limit(struct junit *junit, const struct verdict *verdict) {
  char allowed[96], what[256];
  verdict_limit_text(verdict, allowed, sizeof allowed);
  begin_case(junit, verdict->rows ? verdict->rows->signature : "process",
             allowed);
  switch (verdict->state) {
  case VERDICT_BROKEN:
    print_failure(junit, verdict);
    break;
  case VERDICT_UNCHECKED:
    print_skipped(junit, verdict);
    break;
  default:
    verdict_text(verdict, what, sizeof what);
    print_output(junit, what);
    break;
  }
  end_case(junit);
}

static void print_limits(struct junit *junit) {
  const struct verdicts *verdicts = &junit->verdicts;
  if (!verdicts->count)
    return;
  begin_suite(junit, "limits", verdicts->count,
              verdicts->counts[VERDICT_BROKEN],
              verdicts->counts[VERDICT_UNCHECKED]);
  for (size_t i = 0; i < verdicts->count; i++)
    print_limit(junit, &verdicts->list[i]);
  end_suite(junit);
}

/* ---- Tests ---- */

static bool is_of_test(const struct verdict *verdict, const struct item *test) {
  return verdict->state == VERDICT_BROKEN && verdict->test &&
         strcmp(verdict->test, test->group) == 0;
}

static size_t count_failed(const struct junit *junit, const struct item *test) {
  size_t count = 0;
  for (size_t i = 0; i < junit->verdicts.count; i++)
    count += is_of_test(&junit->verdicts.list[i], test);
  return count;
}

static void print_numbers(struct junit *junit, const struct row *row) {
  char text[256];
  snprintf(text, sizeof text,
           "calls %" PRIu64 ", allocs %" PRIu64 ", bytes %" PRIu64
           ", peak %" PRIu64 ", kept %" PRIu64,
           row->occurrences, row->allocs, row->bytes, row->peak, row->kept);
  print_output(junit, text);
}

/* "suite.name": the schema has a place for both. */
static void begin_test(struct junit *junit, const char *test) {
  char suite[256];
  const char *dot = strchr(test, '.');
  if (dot && (size_t)(dot - test) < sizeof suite) {
    memcpy(suite, test, (size_t)(dot - test));
    suite[dot - test] = 0;
    begin_case(junit, suite, dot + 1);
  } else {
    begin_case(junit, "test", test);
  }
}

/* The whole test comes before its functions. */
static bool is_whole_test(const struct item *item) {
  return item->group && !item->function;
}

static void print_test(struct junit *junit, const struct item *test) {
  begin_test(junit, test->group);
  for (size_t i = 0; i < junit->verdicts.count; i++)
    if (is_of_test(&junit->verdicts.list[i], test))
      print_failure(junit, &junit->verdicts.list[i]);
  print_numbers(junit, test->row);
  end_case(junit);
}

static void print_tests(struct junit *junit) {
  size_t tests = 0, failed = 0;
  for (size_t i = 0; i < junit->tests.count; i++) {
    const struct item *item = &junit->tests.items[i];
    if (!is_whole_test(item))
      continue;
    tests++;
    failed += count_failed(junit, item) > 0;
  }
  if (!tests)
    return;
  begin_suite(junit, "tests", tests, failed, 0);
  for (size_t i = 0; i < junit->tests.count; i++)
    if (is_whole_test(&junit->tests.items[i]))
      print_test(junit, &junit->tests.items[i]);
  end_suite(junit);
}

/* ---- Functions ---- */

static bool has_limit(const struct junit *junit, const struct item *item) {
  for (size_t i = 0; i < junit->verdicts.count; i++)
    if (junit->verdicts.list[i].rows &&
        junit->verdicts.list[i].rows->signature == item->rows->signature)
      return true;
  return false;
}

static void print_functions(struct junit *junit) {
  size_t count = 0;
  for (size_t i = 0; i < junit->functions.count; i++)
    count += !has_limit(junit, &junit->functions.items[i]);
  if (!count)
    return;
  begin_suite(junit, "functions", count, 0, 0);
  for (size_t i = 0; i < junit->functions.count; i++) {
    const struct item *item = &junit->functions.items[i];
    if (has_limit(junit, item))
      continue;
    begin_case(junit, item->file ? item->file->name : "(no -g)",
               item->function);
    print_numbers(junit, item->row);
    end_case(junit);
  }
  end_suite(junit);
}

bool render_junit_format(const struct view *view, struct outfile *out) {
  struct junit junit = {.view = view, .file = out->file};
  struct view tests = *view;
  tests.by = BY_test;
  tests.function = NULL; /* tests are asked for as they are */
  tests.style.top = tests.style.sort = 0;
  if (!view_is_plain(view, "junit") || !items_list(&junit.functions, view) ||
      !items_list(&junit.tests, &tests) ||
      !verdicts_list(&junit.verdicts, view))
    return false;
  fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"memprof\">\n",
        out->file);
  print_limits(&junit);
  print_tests(&junit);
  print_functions(&junit);
  fputs("</testsuites>\n", out->file);
  texts_release(&junit.texts);
  return true;
}
