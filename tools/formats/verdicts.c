/* verdicts.c - reads the LIMIT records of a profile. */
#define _GNU_SOURCE
#include "verdicts.h"
#include "common/limit.h"
#include "report/limit_rows.h"
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

static const char *test_text(const struct profile *profile, memprof_ref ref) {
  size_t node = profile_node(profile, ref);
  if (node == PROFILE_NONE || !profile->nodes[node]->function)
    return NULL;
  const struct memprof_abi_record *record = memprof_function_record(
      profile->functions[profile->nodes[node]->function - 1]);
  return (const char *)record + record->signature;
}

static void read_verdict(struct verdict *verdict, const struct profile *profile,
                         const struct limit_row *row) {
  const struct memprof_limit *limit = &row->sum;
  *verdict = (struct verdict){
      .limit = limit,
      .rows = row->function,
      .metric = limit_metric_name(limit->metric),
      .is_size = limit_metric_is_size(limit->metric),
      .where = row->where,
      .origin = origin_text(limit->origin),
      .test = test_text(profile, limit->test),
      .state = limit->violations ? VERDICT_BROKEN
               : limit->checks   ? VERDICT_HELD
                                 : VERDICT_UNCHECKED,
  };
}

bool verdicts_list(struct verdicts *verdicts, const struct view *view) {
  struct scratch *scratch = view->subject->scratch;
  struct limit_rows all;
  *verdicts = (struct verdicts){0};
  if (!limit_rows_collect(&all, &view->subject->report, scratch) ||
      !(verdicts->list =
            scratch_alloc(scratch, all.count, sizeof *verdicts->list)))
    return error("out of memory for the limits of '%s'", view->subject->name);
  for (size_t i = 0; i < all.count; i++) {
    const struct limit_row *row = all.rows[i];
    if (view->function && !(row->function && view_wants(view, row->function)))
      continue;
    struct verdict *verdict = &verdicts->list[verdicts->count++];
    read_verdict(verdict, view->subject->profile, row);
    verdicts->counts[verdict->state]++;
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

/* A floor is broken by a function that was never called, too. */
static bool is_never_called(const struct verdict *verdict) {
  return verdict->limit->metric < MEMPROF_CALL_METRIC_COUNT &&
         !verdict->limit->worst_call;
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
  if (verdict->state == VERDICT_BROKEN && is_never_called(verdict)) {
    snprintf(out, capacity, "never called, which breaks the limit %s", allowed);
    return;
  }
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
