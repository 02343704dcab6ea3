/* verdict.c - at the end of the process: the limits that only then can be
 * checked, what nobody has measured, and whether the run fails. */
#include "budget.h"
#include "common/distance.h"
#include "functions.h"
#include "report/unfinished.h"
#include "rules.h"
#include "wake.h"
#include <stdio.h>
#include <string.h>

/* ---- Calls that have not finished ---- */

/* Those on the stack that ends the process are over. The others go on, and may
 * reach their floors yet: only what is too much already counts. */
static void end_call(void *context, size_t index,
                     const uint64_t values[MEMPROF_CALL_METRIC_COUNT]) {
  const struct profile *profile = context;
  const struct memprof_node *node = profile->nodes[index];
  const struct memprof_thread *self = mprt_thread();
  struct mprt_budget *budget = mprt_budget_of(node->function);
  if (!budget)
    return;
  if (self && node->thread == mprt_ref(self)) {
    mprt_budget_check(budget, node, values);
    return;
  }
  uint64_t call = __atomic_add_fetch(&budget->calls, 1, __ATOMIC_RELAXED);
  for (unsigned metric = 0; metric < MEMPROF_CALL_METRIC_COUNT; metric++) {
    struct memprof_limit *limit =
        budget->limits[metric] ? mprt_at(budget->limits[metric]) : NULL;
    if (limit && values[metric] >= limit->floor)
      mprt_limit_judge(limit, values[metric], call, node);
  }
}

static void end_in_caller(void *context, size_t node, uint32_t line,
                          uint64_t peak, int64_t mem_usage) {
  (void)context, (void)node, (void)line, (void)peak, (void)mem_usage;
}

/* ---- Limits of the run ---- */

struct sums {
  uint64_t calls, kept;
  bool selected;
  const struct memprof_limit *judged[LIMIT_METRIC_COUNT]; /* the latest one */
};

static void add_groups(const struct report *report, struct sums *sums) {
  for (size_t i = 0; i < report->function_count; i++) {
    const struct function_rows *function = &report->functions[i];
    sums[function->group].calls += function->calls;
    sums[function->group].kept += function->kept;
    sums[function->group].selected |= function->selected;
  }
}

/* Whether this value has been judged, with a limit of another copy of the
 * function. */
static bool is_repeated(struct sums *sums, const struct memprof_limit *limit) {
  const struct memprof_limit *before = sums->judged[limit->metric];
  sums->judged[limit->metric] = limit;
  return before && before->floor == limit->floor &&
         before->ceiling == limit->ceiling;
}

/* A floor keeps a budget from passing because nothing was measured. A child
 * does not have to call what its parent calls, and a parent not what its
 * children call. */
static bool is_missed(const struct memprof_limit *limit,
                      const struct sums *sums) {
  return limit->floor && !limit->checks && !sums->calls && sums->selected &&
         !mprt_is_forked() &&
         !(mprt_family && mprt_family->called[limit->function]);
}

static void judge_rest(const struct report *report, size_t index,
                       struct sums *sums) {
  struct memprof_limit *limit =
      (struct memprof_limit *)(uintptr_t)report->profile->limits[index];
  if (!limit->function) {
    mprt_limit_judge(limit, report->header->peak, 0, NULL);
    return;
  }
  sums += report->group_of_function[limit->function - 1];
  bool is_leaked = limit->metric == LIMIT_LEAKED;
  if ((is_leaked ? sums->selected : is_missed(limit, sums)) &&
      !is_repeated(sums, limit))
    mprt_limit_judge(limit, is_leaked ? sums->kept : 0, 0, NULL);
}

/* ---- Limits for nobody ---- */

static void say_unmatched(const struct mprt_rule *rule) {
  struct nearest nearest = {.distance =
                                1 + (unsigned)strlen(rule->section) / 2};
  const struct memprof_function *function;
  char place[256];
  for (uint32_t id = 1; (function = mprt_registry_function(id)); id++) {
    const struct memprof_abi_record *record = memprof_function_record(function);
    nearest_offer(&nearest, rule->section,
                  mprt_record_text(record, record->name));
  }
  if (rule->file)
    snprintf(place, sizeof place, "%s:%u", rule->file, rule->line);
  else
    snprintf(place, sizeof place, "memprof_limit_set");
  if (nearest.name)
    mprt_message("%s: no marked function is named '%s', did you mean '%s'?",
                 place, rule->section, nearest.name);
  else
    mprt_message("%s: no marked function is named '%s'", place, rule->section);
}

/* Once for each section. */
static void say_all_unmatched(void) {
  const struct mprt_rule *rule;
  const char *latest = NULL;
  if (mprt_is_forked())
    return;
  for (size_t i = 0; (rule = mprt_rule_at(i)); i++) {
    if (rule->section && !rule->has_matched && rule->section != latest)
      say_unmatched(rule);
    latest = rule->section;
  }
}

/* ---- The verdict ---- */

/* Said on stderr, wherever the report goes. Returns whether the run fails. */
static bool say_broken(const struct profile *profile) {
  unsigned broken = 0, children = 0;
  for (size_t i = 0; i < profile->limit_count; i++)
    broken += profile->limits[i]->violations != 0;
  if (mprt_family && mprt_is_forked() && broken)
    atomic_fetch_add(&mprt_family->broken, 1);
  if (mprt_family && !mprt_is_forked())
    children = mprt_family->broken;
  if (broken)
    mprt_message("%u limit%s broken%s", broken, broken == 1 ? " is" : "s are",
                 mprt_config.on_violation == VIOLATION_WARNS
                     ? " (on_violation=warn)"
                     : "");
  if (children)
    mprt_message("%u forked child%s broke a limit", children,
                 children == 1 ? "" : "ren");
  return (broken || children) && mprt_config.on_violation == VIOLATION_FAILS;
}

/* The option require. */
static bool is_missing(const struct report *report) {
  bool measured = report_is_measured(report);
  if (mprt_family && mprt_is_forked() && measured)
    atomic_store(&mprt_family->measured, 1);
  if (!mprt_config.require || mprt_is_forked())
    return false;
  if (mprt_is_bypassed) {
    mprt_message("require: calls of the allocator do not come to memprof");
    return true;
  }
  if (measured || (mprt_family && mprt_family->measured))
    return false;
  mprt_message("require: nothing was measured");
  return true;
}

bool mprt_verdict_needs_report(void) {
  return mprt_has_limits || mprt_config.require || mprt_family;
}

void mprt_verdict_prepare(const struct report *report,
                          struct scratch *scratch) {
  const struct profile *profile = report->profile;
  struct sums *sums =
      scratch_alloc(scratch, profile->function_count, sizeof *sums);
  if (mprt_config.on_violation == VIOLATION_OFF)
    return;
  unfinished_visit(profile, &(struct unfinished){.context = (void *)profile,
                                                 .call = end_call,
                                                 .event = end_in_caller});
  mprt_budgets_end();
  if (!sums) {
    mprt_message("no memory to check the limits");
    return;
  }
  add_groups(report, sums);
  for (size_t i = 0; i < profile->limit_count; i++)
    if (!profile->limits[i]->function ||
        profile->limits[i]->metric >= LIMIT_LEAKED ||
        !profile->limits[i]->checks)
      judge_rest(report, i, sums);
}

int mprt_verdict(const struct report *report) {
  say_all_unmatched();
  if (!report)
    return 0;
  bool fails = say_broken(report->profile);
  fails |= is_missing(report);
  return fails ? (int)mprt_config.exitcode : 0;
}
