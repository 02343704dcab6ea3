/* views_contexts.c - calling contexts as lists: each by itself, or by the test
 * that they ran in. */
#define _GNU_SOURCE
#include "tool.h"
#include "views_list.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void row_of_sums(struct row *row, const struct context_sums *total,
                        const struct context_sums *own) {
#define ADD(FIELD) row->FIELD += total->FIELD;
  ADD(allocs)
  ADD(bytes)
  ADD(frees)
  ADD(freed)
  ADD(kept)
  ADD(temporary)
  ADD(at_peak)
#undef ADD
#define ADD(FIELD) row->own_##FIELD += own->FIELD;
  ADD(allocs)
  ADD(bytes)
  ADD(frees)
  ADD(freed)
  ADD(kept)
#undef ADD
  row->increment = (int64_t)(row->bytes - row->freed);
}

static void row_of_calls(struct row *row, const struct context *context) {
  row->occurrences += context->calls;
  if (row->peak < context->per_call[MEMPROF_CALL_peak].max)
    row->peak = context->per_call[MEMPROF_CALL_peak].max;
}

unsigned context_call_line(const struct subject *subject,
                           const struct context *context) {
  if (context->parent == CONTEXT_NONE)
    return 0;
  const struct context *caller = &subject->contexts.contexts[context->parent];
  return subject->report.functions[caller->function]
      .rows[context->parent_row]
      .line;
}

/* "main:12 > parse:30": who called, at which line. */
static const char *path_text(struct scratch *scratch, const char *above,
                             const char *caller, unsigned line) {
  size_t size = strlen(caller) + (above ? strlen(above) : 0) + 32;
  char *text = scratch_alloc(scratch, size, 1);
  if (!text)
    return NULL;
  int length = snprintf(text, size, "%s%s%s", above ? above : "",
                        above ? " > " : "", caller);
  if (line)
    snprintf(text + length, size - (size_t)length, ":%u", line);
  return text;
}

/* Children behind their parents, in the order of the contexts: `first` and
 * `next` chain them; index + 1, 0 ends. The last place of `first` is that of
 * the contexts without a caller. */
struct family {
  uint32_t *first, *next;
};

static bool family_make(struct family *family, const struct contexts *contexts,
                        struct scratch *scratch) {
  size_t count = contexts->count;
  family->first = scratch_alloc(scratch, count + 1, sizeof *family->first);
  family->next = scratch_alloc(scratch, count, sizeof *family->next);
  if (!family->first || !family->next)
    return false;
  for (size_t i = count; i-- > 0;) {
    uint32_t parent = contexts->contexts[i].parent;
    uint32_t *first = &family->first[parent == CONTEXT_NONE ? count : parent];
    family->next[i] = *first;
    *first = (uint32_t)i + 1;
  }
  return true;
}

const bool *contexts_wanted(const struct view *view, bool with_kin) {
  const struct contexts *contexts = &view->subject->contexts;
  const struct report *report = &view->subject->report;
  struct scratch *scratch = view->subject->scratch;
  bool *is_shown = scratch_alloc(scratch, contexts->count, sizeof *is_shown);
  bool *is_above = scratch_alloc(scratch, contexts->count, sizeof *is_above);
  if (!is_shown || !is_above) {
    error("out of memory for the contexts of '%s'", view->subject->name);
    return NULL;
  }
  for (size_t i = 0; i < contexts->count; i++) {
    const struct context *context = &contexts->contexts[i];
    const struct function_rows *rows = &report->functions[context->function];
    is_shown[i] = view_wants(view, rows) ||
                  (with_kin && context->parent != CONTEXT_NONE &&
                   is_shown[context->parent]);
  }
  for (size_t i = contexts->count; with_kin && i-- > 0;) {
    is_shown[i] |= is_above[i];
    if (is_shown[i] && contexts->contexts[i].parent != CONTEXT_NONE)
      is_above[contexts->contexts[i].parent] = true;
  }
  return is_shown;
}

static bool add_context(struct list *list, size_t index, const char **paths,
                        unsigned *depths) {
  const struct subject *subject = list->view->subject;
  const struct context *context = &subject->contexts.contexts[index];
  const struct function_rows *rows =
      &subject->report.functions[context->function];
  struct row *row = scratch_alloc(list->scratch, 1, sizeof *row);
  if (!row)
    return false;
  row_of_sums(row, &context->total, &context->own);
  row_of_calls(row, context);
  list_add(list,
           &(struct item){.group = paths[index],
                          .function = rows->signature,
                          .file = row_file(rows, &rows->rows[0]),
                          .line = rows->rows[0].line,
                          .depth = depths[index],
                          .call_line = context_call_line(subject, context),
                          .row = row});
  return true;
}

bool list_contexts(struct list *list) {
  const struct subject *subject = list->view->subject;
  const struct contexts *contexts = &subject->contexts;
  struct scratch *scratch = list->scratch;
  struct family family;
  const bool *is_shown = contexts_wanted(list->view, list->view->is_tree);
  const char **paths = scratch_alloc(scratch, contexts->count, sizeof *paths);
  unsigned *depths = scratch_alloc(scratch, contexts->count, sizeof *depths);
  if (!is_shown || !paths || !depths ||
      !family_make(&family, contexts, scratch) ||
      !list_reserve(list, contexts->count))
    return false;
  uint32_t at = family.first[contexts->count];
  while (at) {
    size_t index = at - 1;
    const struct context *context = &contexts->contexts[index];
    uint32_t parent = context->parent;
    if (parent != CONTEXT_NONE) {
      depths[index] = depths[parent] + 1;
      uint32_t caller = contexts->contexts[parent].function;
      paths[index] = path_text(scratch, paths[parent],
                               subject->report.functions[caller].name,
                               context_call_line(subject, context));
      if (!paths[index])
        return false;
    }
    if (is_shown[index] && !add_context(list, index, paths, depths))
      return false;
    at = family.first[index];
    while (!at && index != CONTEXT_NONE) { /* up to who has one more */
      at = family.next[index];
      index = contexts->contexts[index].parent;
    }
  }
  return true;
}

/* ---- By test ---- */

/* A function in a test, or the test as a whole. */
struct pair {
  uint32_t test;     /* index into report.functions; CONTEXT_NONE: in none */
  uint32_t function; /* the same */
  uint32_t context;  /* index */
};

static int compare_pairs(const void *a, const void *b) {
  const struct pair *left = a, *right = b;
  /* what is in no test comes last, as CONTEXT_NONE is the largest; a test comes
   * before its functions */
  if (left->test != right->test)
    return left->test < right->test ? -1 : 1;
  bool is_left = left->function == left->test;
  bool is_right = right->function == right->test;
  if (is_left != is_right)
    return is_left ? -1 : 1;
  if (left->function != right->function)
    return left->function < right->function ? -1 : 1;
  return (left->context > right->context) - (left->context < right->context);
}

/* The test that each context runs in: the innermost. */
static void find_tests(const struct subject *subject, uint32_t *test_of) {
  const struct contexts *contexts = &subject->contexts;
  for (size_t i = 0; i < contexts->count; i++) {
    const struct context *context = &contexts->contexts[i];
    if (subject->report.functions[context->function].flags &
        MEMPROF_RECORD_TEST)
      test_of[i] = context->function;
    else
      test_of[i] = context->parent == CONTEXT_NONE ? CONTEXT_NONE
                                                   : test_of[context->parent];
  }
}

static bool add_pair(struct list *list, const struct pair *pairs,
                     size_t count) {
  const struct subject *subject = list->view->subject;
  const struct report *report = &subject->report;
  const struct function_rows *rows = &report->functions[pairs->function];
  bool is_test = pairs->function == pairs->test;
  struct row *row = scratch_alloc(list->scratch, 1, sizeof *row);
  if (!row || !list_reserve(list, 1))
    return false;
  if (!view_wants(list->view, rows))
    return true;
  for (size_t i = 0; i < count; i++) {
    const struct context *context =
        &subject->contexts.contexts[pairs[i].context];
    row_of_sums(row, &context->total, &context->own);
    row_of_calls(row, context);
  }
  list_add(list, &(struct item){
                     .group = pairs->test == CONTEXT_NONE
                                  ? NULL
                                  : report->functions[pairs->test].signature,
                     .function = is_test ? NULL : rows->signature,
                     .file = row_file(rows, &rows->rows[0]),
                     .line = rows->rows[0].line,
                     .row = row});
  return true;
}

/* A function stands on a path once, so its contexts in a test hold nothing
 * twice. */
bool list_tests(struct list *list) {
  const struct contexts *contexts = &list->view->subject->contexts;
  size_t count = contexts->count;
  uint32_t *test_of = scratch_alloc(list->scratch, count, sizeof *test_of);
  struct pair *pairs = scratch_alloc(list->scratch, count, sizeof *pairs);
  if (!test_of || !pairs)
    return false;
  find_tests(list->view->subject, test_of);
  for (size_t i = 0; i < count; i++)
    pairs[i] =
        (struct pair){test_of[i], contexts->contexts[i].function, (uint32_t)i};
  qsort(pairs, count, sizeof *pairs, compare_pairs);
  for (size_t i = 0, end; i < count; i = end) {
    for (end = i + 1; end < count && pairs[end].test == pairs[i].test &&
                      pairs[end].function == pairs[i].function;)
      end++;
    if (!add_pair(list, &pairs[i], end - i))
      return false;
  }
  return true;
}
