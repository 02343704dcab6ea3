/* limit_rows.c - LIMIT records to limits: those of a function's copies as one.
 */
#include "limit_rows.h"
#include "sort.h"
#include <string.h>

/* The rows of a group; NULL when the report is of other functions. */
static const struct function_rows *find_group(const struct report *report,
                                              uint32_t group) {
  for (size_t i = 0; i < report->function_count; i++)
    if (report->functions[i].group == group)
      return &report->functions[i];
  return NULL;
}

static const char *text_or_empty(const char *text) { return text ? text : ""; }

static int compare_rows(const void *a, const void *b) {
  const struct limit_row *left = *(struct limit_row *const *)a,
                         *right = *(struct limit_row *const *)b;
  if (left->group != right->group)
    return left->group < right->group ? -1 : 1;
  if (left->sum.metric != right->sum.metric)
    return left->sum.metric < right->sum.metric ? -1 : 1;
  if (left->sum.origin != right->sum.origin)
    return left->sum.origin < right->sum.origin ? -1 : 1;
  if (left->sum.floor != right->sum.floor)
    return left->sum.floor < right->sum.floor ? -1 : 1;
  if (left->sum.ceiling != right->sum.ceiling)
    return left->sum.ceiling < right->sum.ceiling ? -1 : 1;
  return strcmp(text_or_empty(left->where), text_or_empty(right->where));
}

static void row_add(struct limit_row *to, const struct limit_row *from) {
  const struct memprof_limit *more = &from->sum;
  struct memprof_limit *sum = &to->sum;
  uint64_t before = memprof_limit_excess(sum, sum->worst),
           now = memprof_limit_excess(sum, more->worst);
  if (more->checks && (!sum->checks || now > before ||
                       (now == before && more->worst > sum->worst))) {
    sum->worst = more->worst;
    sum->worst_call = more->worst_call;
    sum->test = more->test;
  }
  sum->checks += more->checks;
  sum->violations += more->violations;
}

bool limit_rows_collect(struct limit_rows *all, const struct report *report,
                        struct scratch *scratch) {
  const struct profile *profile = report->profile;
  struct limit_row *rows =
      scratch_alloc(scratch, profile->limit_count, sizeof *rows);
  struct limit_row **sorted =
      scratch_alloc(scratch, profile->limit_count, sizeof *sorted);
  size_t count = 0, left = 0;
  if (!rows || !sorted)
    return false;
  for (size_t i = 0; i < profile->limit_count; i++) {
    struct limit_row row = {.sum = *profile->limits[i],
                            .group = LIMIT_OF_PROCESS};
    row.where = profile_text(profile, row.sum.where);
    if (row.sum.function) {
      row.group = report->group_of_function[row.sum.function - 1];
      if (!(row.function = find_group(report, row.group)))
        continue;
      row.name = row.function->name;
    }
    rows[count] = row;
    sorted[count] = &rows[count];
    count++;
  }
  heap_sort(sorted, count, sizeof *sorted, compare_rows);
  for (size_t i = 0; i < count; i++)
    if (left && compare_rows(&sorted[left - 1], &sorted[i]) == 0)
      row_add(sorted[left - 1], sorted[i]);
    else
      sorted[left++] = sorted[i];
  *all = (struct limit_rows){sorted, left};
  return true;
}
