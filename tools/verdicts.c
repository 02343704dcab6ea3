/* verdicts.c - reads the LIMIT records of a profile. */
#define _GNU_SOURCE
#include "verdicts.h"
#include "common/glob.h"
#include "common/limit.h"
#include "tool.h"
#include <inttypes.h>
#include <stdio.h>

const char *const verdict_words[VERDICT_COUNT] = {
#define WORD(STATE, WORD) WORD,
    VERDICTS(WORD)
#undef WORD
};

static const char *origin_text(uint32_t origin) {
  switch (origin) {
#define TEXT(ORIGIN, NUMBER, TEXT)                                             \
  case NUMBER:                                                                 \
    return TEXT;
    MEMPROF_LIMIT_ORIGINS(TEXT)
#undef TEXT
  default: /* of a later version */
    return NULL;
  }
}

static const char *test_text(const struct subject *subject, memprof_ref ref) {
  size_t node = profile_node(subject->profile, ref);
  if (node == PROFILE_NONE || !subject->profile->nodes[node]->function)
    return NULL;
  return subject->report.functions[subject->report.function_of_node[node]]
      .signature;
}

static void read_verdict(struct verdict *verdict, const struct subject *subject,
                         const struct memprof_limit *limit) {
  const struct report *report = &subject->report;
  *verdict = (struct verdict){
      .limit = limit,
      .rows =
          limit->function
              ? &report->functions[report->function_of_id[limit->function - 1]]
              : NULL,
      .metric = limit_metric_name(limit->metric),
      .is_size = limit_metric_is_size(limit->metric),
      .where = profile_text(subject->profile, limit->where),
      .origin = origin_text(limit->origin),
      .test = test_text(subject, limit->test),
      .state = limit->violations ? VERDICT_BROKEN
               : limit->checks   ? VERDICT_HELD
                                 : VERDICT_UNCHECKED,
  };
}

static bool is_wanted(const struct view *view, const struct verdict *verdict) {
  if (!view->function)
    return true;
  return verdict->rows && glob_list_match(view->function, verdict->rows->name,
                                          verdict->rows->signature);
}

bool verdicts_list(struct verdicts *verdicts, const struct view *view) {
  const struct subject *subject = view->subject;
  size_t count = subject->profile->limit_count;
  *verdicts = (struct verdicts){
      .list = scratch_alloc(subject->scratch, count, sizeof *verdicts->list)};
  if (!verdicts->list)
    return error("out of memory for the limits of '%s'", subject->name);
  if (subject->report.by_thread)
    return true;
  for (size_t i = 0; i < count; i++) {
    struct verdict *verdict = &verdicts->list[verdicts->count];
    read_verdict(verdict, subject, subject->profile->limits[i]);
    if (!is_wanted(view, verdict))
      continue;
    verdicts->counts[verdict->state]++;
    verdicts->count++;
  }
  return true;
}

void verdict_limit_text(const struct verdict *verdict, char *out,
                        size_t capacity) {
  const struct memprof_limit *limit = verdict->limit;
  char floor[32] = "", ceiling[32] = "";
  if (limit->floor || limit->ceiling == UINT64_MAX)
    snprintf(floor, sizeof floor, "%" PRIu64 "..", limit->floor);
  if (limit->ceiling != UINT64_MAX)
    snprintf(ceiling, sizeof ceiling, "%" PRIu64, limit->ceiling);
  snprintf(out, capacity, "%s=%s%s", verdict->metric, floor, ceiling);
}

void verdict_text(const struct verdict *verdict, char *out, size_t capacity) {
  const struct memprof_limit *limit = verdict->limit;
  char allowed[96], call[32] = "";
  verdict_limit_text(verdict, allowed, sizeof allowed);
  if (verdict->state == VERDICT_UNCHECKED) {
    snprintf(out, capacity, "%s was not checked: no call finished", allowed);
    return;
  }
  if (limit->worst_call)
    snprintf(call, sizeof call, " in call %" PRIu64, limit->worst_call);
  snprintf(out, capacity, "%s of %" PRIu64 "%s%s, allowed is %s",
           verdict->metric, limit->worst,
           !verdict->is_size   ? ""
           : limit->worst == 1 ? " byte"
                               : " bytes",
           call, allowed);
}
