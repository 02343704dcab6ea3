/* verdicts.c - reads the LIMIT records of a profile. */
#define _GNU_SOURCE
#include "verdicts.h"
#include "common/glob.h"
#include "common/limit.h"
#include "tool.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

/* What the pass wrote of it. */
static const char *signature_of(const struct profile *profile, uint32_t id) {
  const struct memprof_abi_record *record =
      memprof_function_record(profile->functions[id - 1]);
  return (const char *)record + record->signature;
}

static const char *test_text(const struct profile *profile, memprof_ref ref) {
  size_t node = profile_node(profile, ref);
  return node != PROFILE_NONE && profile->nodes[node]->function
             ? signature_of(profile, profile->nodes[node]->function)
             : NULL;
}

/* by_thread: the first thread's. */
static const struct function_rows *find_rows(const struct subject *subject,
                                             uint32_t id) {
  const struct report *report = &subject->report;
  if (!id)
    return NULL;
  if (!report->by_thread)
    return &report->functions[report->function_of_id[id - 1]];
  const char *signature = signature_of(subject->profile, id);
  for (size_t i = 0; i < report->function_count; i++)
    if (strcmp(report->functions[i].signature, signature) == 0)
      return &report->functions[i];
  return NULL;
}

static void read_verdict(struct verdict *verdict, const struct subject *subject,
                         const struct memprof_limit *limit) {
  *verdict = (struct verdict){
      .limit = limit,
      .rows = find_rows(subject, limit->function),
      .metric = limit_metric_name(limit->metric),
      .is_size = limit_metric_is_size(limit->metric),
      .where = profile_text(subject->profile, limit->where),
      .origin = origin_text(limit->origin),
      .test = test_text(subject->profile, limit->test),
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

/* "peak of 1024 bytes in call 2" */
static void worst_text(const struct verdict *verdict, char *out,
                       size_t capacity) {
  const struct memprof_limit *limit = verdict->limit;
  char call[32] = "";
  const char *unit = limit->worst == 1 ? " byte" : " bytes";
  if (limit->worst_call)
    snprintf(call, sizeof call, " in call %" PRIu64, limit->worst_call);
  snprintf(out, capacity, "%s of %" PRIu64 "%s%s", verdict->metric,
           limit->worst, verdict->is_size ? unit : "", call);
}

void verdict_text(const struct verdict *verdict, char *out, size_t capacity) {
  const struct memprof_limit *limit = verdict->limit;
  char allowed[96], worst[128];
  verdict_limit_text(verdict, allowed, sizeof allowed);
  worst_text(verdict, worst, sizeof worst);
  switch (verdict->state) {
  case VERDICT_BROKEN:
    snprintf(out, capacity,
             "%s breaks the limit %s (%" PRIu64 " of %" PRIu64 ")", worst,
             allowed, limit->violations, limit->checks);
    break;
  case VERDICT_HELD:
    snprintf(out, capacity, "%s is within the limit %s", worst, allowed);
    break;
  default:
    snprintf(out, capacity, "the limit %s was not checked: no call finished",
             allowed);
    break;
  }
}
