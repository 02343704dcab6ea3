/* views.c - the lists of --by. */
#define _GNU_SOURCE
#include "views.h"
#include "common/glob.h"
#include "tool.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- A list under construction ---- */

struct list {
  const struct view *view;
  struct scratch *scratch;
  struct items *items;
  size_t capacity;
};

static bool list_reserve(struct list *list, size_t count) {
  size_t need = list->items->count + count;
  if (need <= list->capacity)
    return true;
  size_t capacity = need > list->capacity * 2 ? need : list->capacity * 2;
  struct item *items = scratch_alloc(list->scratch, capacity, sizeof *items);
  if (!items)
    return false;
  if (list->items->count)
    memcpy(items, list->items->items, list->items->count * sizeof *items);
  list->items->items = items;
  list->capacity = capacity;
  return true;
}

/* There is room for it. */
static void list_add(struct list *list, const struct item *item) {
  if (list->view->only_changed && !row_is_changed(item->row))
    return;
  struct item *added = &list->items->items[list->items->count];
  *added = *item;
  added->place = list->items->count++;
}

static bool is_wanted(const struct view *view, const char *name,
                      const char *signature) {
  return !view->function || glob_list_match(view->function, name, signature);
}

static const struct source_file *place_file(const struct function_rows *rows,
                                            const struct row *row) {
  return rows->file_count ? &rows->files[row->file] : NULL;
}

/* ---- By function, line, thread ---- */

/* What its lines add up to. */
static void sum_function(struct row *sum, const struct function_rows *rows) {
  *sum = (struct row){.occurrences = rows->calls,
                      .peak = rows->per_call[MEMPROF_CALL_peak].max,
                      .mem_usage = rows->rows[0].mem_usage};
  for (size_t i = 0; i < rows->row_count; i++) {
    const struct row *row = &rows->rows[i];
#define ADD(FIELD) sum->FIELD += row->FIELD;
#define ADD_COLUMN(ID, HEADING, TYPE, SHOWN)                                   \
  if (COLUMN_##ID != COLUMN_mem_usage && COLUMN_##ID != COLUMN_occurrences &&  \
      COLUMN_##ID != COLUMN_peak)                                              \
  ADD(ID)
    MEMPROF_COLUMNS(ADD_COLUMN)
#undef ADD_COLUMN
#undef ADD
  }
}

static const char *thread_text(struct scratch *scratch,
                               const struct function_rows *rows) {
  char text[64];
  size_t length =
      (size_t)snprintf(text, sizeof text, "thread %u", rows->thread);
  if (rows->followers)
    length += (size_t)snprintf(text + length, sizeof text - length,
                               " and %u after it", rows->followers);
  char *copy = scratch_alloc(scratch, length + 1, 1);
  return copy ? memcpy(copy, text, length + 1) : NULL;
}

static bool add_function(struct list *list, const struct function_rows *rows) {
  struct row *sum = scratch_alloc(list->scratch, 1, sizeof *sum);
  const char *group = rows->thread ? thread_text(list->scratch, rows) : NULL;
  if (!sum || !list_reserve(list, 1) || (rows->thread && !group))
    return false;
  sum_function(sum, rows);
  list_add(list, &(struct item){.group = group,
                                .function = rows->signature,
                                .file = place_file(rows, &rows->rows[0]),
                                .line = rows->rows[0].line,
                                .rows = rows,
                                .row = sum});
  return true;
}

static bool is_executed(const struct row *row) {
  return row->occurrences || row->has_event || row_is_changed(row);
}

static bool add_rows(struct list *list, const struct function_rows *rows) {
  if (!list_reserve(list, rows->row_count))
    return false;
  for (size_t i = 0; i < rows->row_count; i++)
    if (is_executed(&rows->rows[i]))
      list_add(list, &(struct item){.function = rows->signature,
                                    .file = place_file(rows, &rows->rows[i]),
                                    .line = rows->rows[i].line,
                                    .rows = rows,
                                    .row = &rows->rows[i]});
  return true;
}

static bool add_measured(struct list *list,
                         bool (*add)(struct list *list,
                                     const struct function_rows *rows)) {
  const struct report *report = list->view->report;
  for (size_t i = 0; i < report->function_count; i++)
    if ((function_is_measured(&report->functions[i]) ||
         (list->view->with_idle && !function_is_test(&report->functions[i]))) &&
        !add(list, &report->functions[i]))
      return false;
  return true;
}

static bool list_functions(struct list *list) {
  return add_measured(list, add_function);
}

static bool list_lines(struct list *list) {
  return add_measured(list, add_rows);
}

/* ---- By context ---- */

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
    is_shown[i] = is_wanted(view, rows->name, rows->signature) ||
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
                          .file = place_file(rows, &rows->rows[0]),
                          .line = rows->rows[0].line,
                          .depth = depths[index],
                          .call_line = context_call_line(subject, context),
                          .row = row});
  return true;
}

static bool list_contexts(struct list *list) {
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
  if (!is_wanted(list->view, rows->name, rows->signature))
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
                     .file = place_file(rows, &rows->rows[0]),
                     .line = rows->rows[0].line,
                     .row = row});
  return true;
}

/* A function stands on a path once, so its contexts in a test hold nothing
 * twice. */
static bool list_tests(struct list *list) {
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

/* ---- By process ---- */

static const char *copy_text(struct scratch *scratch, const char *text) {
  char *copy = scratch_alloc(scratch, strlen(text) + 1, 1);
  return copy ? strcpy(copy, text) : NULL;
}

/* "4711 ./tests --all" */
static const char *process_text(struct scratch *scratch,
                                const struct input *input) {
  const struct memprof_header *header = input->profile.header;
  const char *command = profile_meta(&input->profile, MEMPROF_META_command);
  const char *rest = header->merged ? input->path : command ? command : "";
  size_t size = strlen(rest) + 16;
  char *text = scratch_alloc(scratch, size, 1);
  if (text && header->merged)
    snprintf(text, size, "%s", rest);
  else if (text)
    snprintf(text, size, "%" PRIu32 " %s", header->pid, rest);
  return text;
}

/* Outlives the file. */
static bool add_of_process(struct list *list, const struct function_rows *rows,
                           const char *group) {
  struct row *sum = scratch_alloc(list->scratch, 1, sizeof *sum);
  struct source_file *file = scratch_alloc(list->scratch, 1, sizeof *file);
  const char *signature = copy_text(list->scratch, rows->signature);
  if (!sum || !file || !signature || !list_reserve(list, 1))
    return false;
  const struct source_file *from = place_file(rows, &rows->rows[0]);
  if (from) {
    file->name = copy_text(list->scratch, from->name);
    if (!file->name)
      return false;
  }
  sum_function(sum, rows);
  list_add(list, &(struct item){.group = group,
                                .function = signature,
                                .file = from ? file : NULL,
                                .line = rows->rows[0].line,
                                .row = sum});
  return true;
}

static bool add_process(struct list *list, const struct input *input,
                        struct scratch *scratch) {
  struct report report;
  const char *group = process_text(list->scratch, input);
  if (!group || !report_build(&report, &input->profile, false, scratch))
    return false;
  for (size_t i = 0; i < report.function_count; i++) {
    const struct function_rows *rows = &report.functions[i];
    if (function_is_measured(rows) &&
        is_wanted(list->view, rows->name, rows->signature) &&
        !add_of_process(list, rows, group))
      return false;
  }
  return true;
}

static bool list_processes(struct list *list) {
  for (size_t i = 0; i < list->view->subject->path_count; i++) {
    struct input input;
    if (!input_open(&input, list->view->subject->paths[i]))
      return false; /* it was there when the sum was made */
    bool is_added = add_process(list, &input, &input.scratch);
    input_close(&input);
    if (!is_added)
      return false;
  }
  return true;
}

/* ---- Order ---- */

static int by_place(const void *a, const void *b) {
  const struct item *left = a, *right = b;
  return (left->place > right->place) - (left->place < right->place);
}

static int by_name(const void *a, const void *b) {
  const struct item *left = a, *right = b;
  int order = strcmp(left->function ? left->function : "",
                     right->function ? right->function : "");
  return order ? order : by_place(a, b);
}

#define DEFINE_LARGEST_FIRST(NAME, FIELD)                                      \
  static int by_##NAME(const void *a, const void *b) {                         \
    const struct item *left = a, *right = b;                                   \
    if (left->row->FIELD != right->row->FIELD)                                 \
      return left->row->FIELD < right->row->FIELD ? 1 : -1;                    \
    return by_place(a, b);                                                     \
  }
DEFINE_LARGEST_FIRST(calls, occurrences)
DEFINE_LARGEST_FIRST(allocs, allocs)
DEFINE_LARGEST_FIRST(bytes, bytes)
DEFINE_LARGEST_FIRST(peak, peak)
DEFINE_LARGEST_FIRST(kept, kept)

/* In the order of the option's values; the first: as it is. */
static int (*const orders[])(const void *, const void *) = {
    NULL, by_name, by_calls, by_allocs, by_bytes, by_peak, by_kept};

static void sort_items(struct items *items, unsigned order) {
  if (order >= sizeof orders / sizeof *orders || !orders[order])
    return;
  qsort(items->items, items->count, sizeof *items->items, orders[order]);
}

bool items_list(struct items *items, const struct view *view) {
  static bool (*const lists[VIEW_COUNT])(struct list *) = {
      [BY_function] = list_functions, [BY_line] = list_lines,
      [BY_thread] = list_functions,   [BY_test] = list_tests,
      [BY_process] = list_processes,  [BY_context] = list_contexts};
  *items = (struct items){0};
  struct list list = {
      .view = view, .scratch = view->subject->scratch, .items = items};
  if (!lists[view->by](&list))
    return error("out of memory for the list of '%s'", view->subject->name);
  if (!view->is_tree)
    sort_items(items, view->style.sort);
  if (view->style.top && view->style.top < items->count) {
    items->left_out = items->count - view->style.top;
    items->count = view->style.top;
  }
  return true;
}

/* ---- Columns ---- */

static void add_columns(struct picks *picks, const char *list,
                        bool has_mappings) {
  struct picks more;
  char what[512];
  columns_parse(list, has_mappings, &more, what, sizeof what);
  for (size_t i = 0; i < more.count; i++) {
    size_t at = 0;
    while (at < picks->count && picks->ids[at] != more.ids[i])
      at++;
    if (at == picks->count)
      picks->ids[picks->count++] = more.ids[i];
  }
}

void items_columns(struct picks *picks, const struct view *view,
                   const char *standard) {
  const char *named = view->style.columns;
  bool is_named = named && strcmp(named, "standard") != 0;
  picks->count = 0;
  add_columns(picks, is_named ? named : standard, view->report->has_mappings);
  if (!is_named && view->report->has_mappings)
    add_columns(picks, "mapped,unmapped,maps,unmaps", true);
  if (view->has_own)
    add_columns(picks, COLUMNS_WITHOUT_CALLEES, false);
}

const char *items_heading(const struct view *view, enum column_id id) {
  return id == COLUMN_occurrences && view->by != BY_line ? "Calls"
                                                         : columns[id].heading;
}

const char *items_group(const struct view *view) {
  static const char *const keys[VIEW_COUNT] = {[BY_thread] = "thread",
                                               [BY_test] = "test",
                                               [BY_process] = "process",
                                               [BY_context] = "callers"};
  return keys[view->by];
}

bool view_is_plain(const struct view *view, const char *format) {
  if (view->by == BY_function && !view->is_tree)
    return true;
  return error("report: --format %s does not go with --by and --tree", format);
}
