/* export_callgrind.c - the profile format of callgrind: for each function what
 * its lines did themselves, and what the calls on them cost.
 *
 * https://valgrind.org/docs/manual/cl-format.html */
#include "export.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

struct sums {
  uint64_t of[METRIC_SUMS];
};

/* What stands on a line: `callee` NONE: what it did itself. */
struct cost {
  struct place place;
  uint32_t callee; /* function */
  uint64_t calls;
  struct sums sums;
};
#define NONE UINT32_MAX

struct costs {
  struct cost *list;
  size_t count;
};

static void add(struct sums *to, const struct sums *from) {
  for (unsigned m = 0; m < METRIC_SUMS; m++)
    to->of[m] += from->of[m];
}

static struct sums take(const struct stacks *stacks) {
  struct sums sums;
  for (unsigned m = 0; m < METRIC_SUMS; m++)
    sums.of[m] = stacks_value(stacks, m);
  return sums;
}

/* All that a context did, with what it called. */
static struct sums total_of(const struct context *context) {
  return (struct sums){{
#define TOTAL_SUM(NAME) [METRIC_##NAME] = context->total.NAME,
#define TOTAL_ROW(NAME)
#define TOTAL(NAME, ADDS, TYPE, PPROF) TOTAL_##ADDS(NAME)
      EXPORT_METRICS(TOTAL)
#undef TOTAL
  }};
}

/* ---- Which costs there are ---- */

static bool add_lines(struct costs *costs, const struct export *export) {
  struct stacks stacks;
  if (!stacks_start(&stacks, export))
    return false;
  while (stacks_next(&stacks))
    costs->list[costs->count++] =
        (struct cost){stacks.places[0], NONE, 0, take(&stacks)};
  return true;
}

/* The calls of all that stands below a wanted function; those from elsewhere
 * come from outside: callgrind_annotate takes the calls of a function for all
 * that it did. */
static void add_calls(struct costs *costs, const struct export *export,
                      bool *is_inside) {
  const struct contexts *contexts = &export->subject->contexts;
  for (size_t i = 0; i < contexts->count; i++) {
    const struct context *context = &contexts->contexts[i];
    bool is_below =
        context->parent != CONTEXT_NONE && is_inside[context->parent];
    is_inside[i] = is_below || export_is_wanted(export, context->function);
    if (!is_inside[i])
      continue;
    struct place caller = {PLACE_OUTSIDE, 0};
    if (is_below)
      caller = (struct place){contexts->contexts[context->parent].function,
                              context->parent_row};
    costs->list[costs->count++] = (struct cost){
        caller, context->function, context->calls, total_of(context)};
  }
}

static int compare(const void *a, const void *b) {
  const struct cost *left = a, *right = b;
  if (left->place.function != right->place.function)
    return left->place.function < right->place.function ? -1 : 1;
  if (left->place.row != right->place.row)
    return left->place.row < right->place.row ? -1 : 1;
  /* what the line did itself comes first: NONE + 1 is 0 */
  uint32_t first = left->callee + 1, second = right->callee + 1;
  return (first > second) - (first < second);
}

/* Of several contexts to one. */
static void join(struct costs *costs) {
  size_t count = 0;
  qsort(costs->list, costs->count, sizeof *costs->list, compare);
  for (size_t i = 0; i < costs->count; i++)
    if (count && compare(&costs->list[count - 1], &costs->list[i]) == 0) {
      costs->list[count - 1].calls += costs->list[i].calls;
      add(&costs->list[count - 1].sums, &costs->list[i].sums);
    } else {
      costs->list[count++] = costs->list[i];
    }
  costs->count = count;
}

static bool collect(struct costs *costs, const struct export *export) {
  const struct contexts *contexts = &export->subject->contexts;
  struct scratch *scratch = export->subject->scratch;
  *costs = (struct costs){
      .list = scratch_alloc(scratch, contexts->line_count + contexts->count + 1,
                            sizeof *costs->list)};
  bool *is_inside = scratch_alloc(scratch, contexts->count, sizeof *is_inside);
  if (!costs->list || !is_inside)
    return export_no_memory(export);
  if (!add_lines(costs, export))
    return false;
  add_calls(costs, export, is_inside);
  join(costs);
  return true;
}

/* ---- How they are written ---- */

static void print_sums(const char *before, const struct sums *sums, FILE *out) {
  fputs(before, out);
  for (unsigned m = 0; m < METRIC_SUMS; m++)
    fprintf(out, " %" PRIu64, sums->of[m]);
  putc('\n', out);
}

/* Names of events have letters only: "at_peak" is AtPeak. */
static void print_event(const char *name, FILE *out) {
  bool is_start = true;
  putc(' ', out);
  for (; *name; name++) {
    if (*name != '_')
      putc(is_start ? toupper((unsigned char)*name) : *name, out);
    is_start = *name == '_';
  }
}

static bool print_head(const struct export *export, const struct costs *costs,
                       FILE *out) {
  const char *command = export_command(export);
  struct sums total = {0};
  if (!command)
    return false;
  for (size_t i = 0; i < costs->count; i++)
    if (costs->list[i].callee == NONE)
      add(&total, &costs->list[i].sums);
  fprintf(out,
          "# callgrind format\nversion: 1\ncreator: memprof " MEMPROF_VERSION
          "\npid: %" PRIu32 "\ncmd: %s\n\npositions: line\nevents:",
          export->subject->profile->header->pid, command);
  for (unsigned m = 0; m < METRIC_SUMS; m++)
    print_event(metrics[m].name, out);
  print_sums("\nsummary:", &total, out);
  return true;
}

static const char *path_of(const struct export *export, struct place place) {
  const char *path = place_path(export, place);
  return path ? path : "???";
}

/* A name may begin like a number in parentheses, so each has one before it. */
static void print_name_of(const char *key, const struct export *export,
                          struct place place, FILE *out) {
  fprintf(out, "%s=(%" PRIu32 ") %s\n", key, place.function + 1,
          place_name(export, place));
}

static void print_cost(const struct export *export, const struct cost *cost,
                       FILE *out) {
  char line[16];
  if (cost->callee != NONE) {
    struct place callee = {cost->callee, 0};
    fprintf(out, "cfi=%s\n", path_of(export, callee));
    print_name_of("cfn", export, callee, out);
    /* calls of an inner activation are counted where it was called; a reader
     * takes calls=0 for none, and the sums for the line's own */
    fprintf(out, "calls=%" PRIu64 " %u\n", cost->calls ? cost->calls : 1,
            place_line(export, callee));
  }
  snprintf(line, sizeof line, "%u", place_line(export, cost->place));
  print_sums(line, &cost->sums, out);
}

bool export_callgrind(const struct export *export, FILE *out) {
  struct costs costs;
  if (!collect(&costs, export) || !print_head(export, &costs, out))
    return false;
  const char *file = NULL;
  for (size_t i = 0; i < costs.count; i++) {
    struct place place = costs.list[i].place;
    if (!i || costs.list[i - 1].place.function != place.function) {
      file = path_of(export, (struct place){place.function, 0});
      fprintf(out, "\nfl=%s\n", file);
      print_name_of("fn", export, place, out);
    }
    if (path_of(export, place) != file) { /* a macro's, an #include's */
      file = path_of(export, place);
      fprintf(out, "fi=%s\n", file);
    }
    print_cost(export, &costs.list[i], out);
  }
  return true;
}
