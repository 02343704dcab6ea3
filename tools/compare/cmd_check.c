/* cmd_check.c - `memprof check`: a run against its baseline. */
#include "baseline.h"
#include "common/limit.h"
#include "compare.h"
#include "listing.h"
#include "options.h"
#include "outfile.h"
#include "render_compare.h"
#include "subject.h"
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct request {
  const char *baseline, *output;
  struct snapshot_style style;
  struct tolerance tolerances[METRIC_COUNT]; /* of the command line */
  render_compare *format;
  bool is_update;
};

enum { BASELINE = 1, FORMAT, FUNCTION, OUTPUT, SOURCE_ROOT, TOLERANCE, UPDATE };

#define FORMAT_WORD(NAME) "|" #NAME
static const struct option_row options[] = {
    {"baseline", 'b', "FILE", "what the run is compared with; needed",
     BASELINE},
    {"update", 'u', NULL, "write the baseline anew, from this run", UPDATE},
    {"tolerance", 't', "LIST",
     "how much a metric may grow: METRIC=AMOUNT, ',' between\n"
     "them; 5%, 1KiB, 5%+1KiB or off",
     TOLERANCE},
    {"function", 0, "GLOB", "only these functions: globs, ',' between them",
     FUNCTION},
    {"source-root", 0, "DIR",
     "where the sources stand, which file names are relative\n"
     "to; the current directory if none is named",
     SOURCE_ROOT},
    {"format", 'f', &(COMPARE_FORMATS(FORMAT_WORD))[1], "text if none is named",
     FORMAT},
    {"output", 'o', "FILE", "there instead of on standard output", OUTPUT},
    {0},
};
#undef FORMAT_WORD

static bool set_option(struct request *request, const struct options *walk,
                       int key) {
  switch (key) {
  case BASELINE:
    request->baseline = walk->value;
    return true;
  case FORMAT:
    request->format = compare_formats[walk->word];
    return true;
  case FUNCTION:
    request->style.functions = walk->value;
    return true;
  case OUTPUT:
    request->output = walk->value;
    return true;
  case SOURCE_ROOT:
    request->style.root = walk->value;
    return true;
  case TOLERANCE:
    return tolerance_parse_list(request->tolerances, walk->value);
  default:
    return (request->is_update = true);
  }
}

/* Returns false when there is nothing more to do, with *status set. */
static bool read_request(struct request *request, int argc, char **argv,
                         enum status *status) {
  struct options walk;
  const struct option_row *row;
  *request = (struct request){.format = compare_text};
  options_start(&walk, &command_check, argc, argv);
  while ((row = options_next(&walk)))
    if (!set_option(request, &walk, row->key))
      options_stop(&walk);
  if (!walk.is_over && !request->baseline) {
    error("check: no baseline is named: --baseline FILE");
    options_stop(&walk);
  }
  *status = walk.status;
  return !walk.is_over;
}

/* ---- Limits that would not notice ---- */

/* Half of what is allowed was never needed. */
static bool is_loose(const struct memprof_limit *limit) {
  return limit->checks && !limit->violations && limit->ceiling != UINT64_MAX &&
         limit->ceiling && limit->worst < limit->ceiling / 2;
}

static const struct snapshot_function *
function_of(const struct snapshot *snapshot, const char *signature) {
  for (size_t i = 0; i < snapshot->count; i++)
    if (strcmp(snapshot->functions[i].signature, signature) == 0)
      return &snapshot->functions[i];
  return NULL;
}

static const char *signature_of(const struct profile *profile, uint32_t id) {
  const struct memprof_abi_record *record =
      memprof_function_record(profile->functions[id - 1]);
  return (const char *)record + record->signature;
}

static bool find_loose(struct comparison *comparison,
                       const struct subject *subject,
                       const struct snapshot *after) {
  const struct profile *profile = subject->profile;
  struct loose_limit *loose =
      scratch_alloc(subject->scratch, profile->limit_count + 1, sizeof *loose);
  comparison->loose = loose;
  for (size_t i = 0; loose && i < profile->limit_count; i++) {
    const struct memprof_limit *limit = profile->limits[i];
    const struct snapshot_function *function =
        limit->function
            ? function_of(after, signature_of(profile, limit->function))
            : NULL;
    if (!is_loose(limit) || (limit->function && !function))
      continue;
    loose[comparison->loose_count++] =
        (struct loose_limit){.file = function ? function->file : "",
                             .function = function ? function->signature : NULL,
                             .line = function ? function->line : 0,
                             .metric = limit_metric_name(limit->metric),
                             .is_size = limit_metric_is_size(limit->metric),
                             .ceiling = limit->ceiling,
                             .worst = limit->worst,
                             .where = profile_text(profile, limit->where)};
  }
  return loose || error("out of memory for a comparison");
}

/* ---- Comparing ---- */

/* The command line's beat the file's, these the defaults. */
static void settle_tolerances(struct tolerance out[METRIC_COUNT],
                              const struct tolerance of_file[METRIC_COUNT],
                              const struct tolerance given[METRIC_COUNT]) {
  tolerance_defaults(out);
  for (enum metric m = 0; m < METRIC_COUNT; m++)
    if (given[m].is_given || of_file[m].is_given)
      out[m] = given[m].is_given ? given[m] : of_file[m];
}

static enum status check(const struct request *request,
                         const struct subject *subject,
                         const struct snapshot *after) {
  struct baseline baseline;
  struct comparison comparison = {.before = request->baseline,
                                  .after = subject->name};
  struct tolerance tolerances[METRIC_COUNT];
  if (!baseline_read(&baseline, request->baseline, subject->scratch))
    return STATUS_USAGE;
  snapshot_keep(&baseline.snapshot, request->style.functions);
  settle_tolerances(tolerances, baseline.tolerances, request->tolerances);
  if (!compare(&comparison, &baseline.snapshot, after, tolerances,
               subject->scratch) ||
      !find_loose(&comparison, subject, after) ||
      !compare_write(&comparison, request->format, request->output))
    return STATUS_USAGE;
  if (comparison.changes[CHANGE_WORSE])
    return STATUS_BROKEN;
  if (comparison.common)
    return STATUS_FINE;
  error("'%s' and '%s' have no function in common", request->baseline,
        subject->name);
  return STATUS_NOTHING;
}

/* ---- Updating ---- */

/* What somebody wrote by hand stays: comments, tolerances, what is left out. */
static void carry_over(struct snapshot_function *after,
                       const struct snapshot_function *before) {
  after->comment = before->comment;
  after->own = before->own;
  for (enum metric m = 0; m < METRIC_COUNT; m++)
    if (before->values[m] == METRIC_NONE)
      after->values[m] = METRIC_NONE;
}

static bool is_wanted(const struct request *request,
                      const struct snapshot_function *function) {
  struct snapshot one = {(struct snapshot_function[]){*function}, 1};
  snapshot_keep(&one, request->style.functions);
  return one.count;
}

static int by_key(const void *a, const void *b) {
  return snapshot_compare(a, b);
}

/* The run's functions, and those of the old baseline that were not asked for. */
static bool merge(struct snapshot *merged, const struct comparison *changes,
                  const struct request *request, struct scratch *scratch) {
  merged->functions =
      scratch_alloc(scratch, changes->count + 1, sizeof *merged->functions);
  for (size_t i = 0; merged->functions && i < changes->count; i++) {
    const struct function_pair *pair = changes->functions[i].pair;
    struct snapshot_function *out = &merged->functions[merged->count];
    if (!pair->after && is_wanted(request, pair->before))
      continue;
    *out = pair->after ? *pair->after : *pair->before;
    if (pair->after && pair->before)
      carry_over(out, pair->before);
    merged->count++;
  }
  if (merged->functions)
    qsort(merged->functions, merged->count, sizeof *merged->functions, by_key);
  return merged->functions || error("out of memory for a baseline");
}

/* What stands there and is no baseline is not ours to replace. */
static bool read_older(struct baseline *older, const char *path,
                       struct scratch *scratch) {
  struct stat status;
  *older = (struct baseline){0};
  if (stat(path, &status) != 0 && errno == ENOENT)
    return true;
  if (!baseline_is_one(path))
    return error("'%s' exists and is no baseline: it stays as it is", path);
  return baseline_read(older, path, scratch);
}

static bool write_baseline(const char *path, const struct baseline *baseline) {
  struct outfile out;
  if (!outfile_open(&out, path, 0666))
    return false;
  baseline_write(out.file, baseline);
  return outfile_commit(&out);
}

static bool update(const struct request *request, struct scratch *scratch,
                   const struct snapshot *after) {
  struct baseline baseline;
  struct comparison changes = {0};
  struct tolerance exact[METRIC_COUNT] = {0};
  struct snapshot merged = {0};
  if (!read_older(&baseline, request->baseline, scratch) ||
      !compare(&changes, &baseline.snapshot, after, exact, scratch) ||
      !merge(&merged, &changes, request, scratch))
    return false;
  baseline.snapshot = merged;
  for (enum metric m = 0; m < METRIC_COUNT; m++)
    if (request->tolerances[m].is_given)
      baseline.tolerances[m] = request->tolerances[m];
  if (!write_baseline(request->baseline, &baseline))
    return false;
  print_name(stdout, request->baseline);
  fputs(" written: ", stdout);
  print_summary(stdout, &changes);
  return true;
}

/* ---- The command ---- */

static enum status check_or_update(const struct request *request,
                                   const struct subject *subject) {
  struct snapshot after;
  if (!snapshot_take(&after, &subject->report, &request->style,
                     subject->scratch))
    return STATUS_USAGE;
  if (after.count == 0) {
    error("'%s': nothing was measured%s", subject->name,
          request->style.functions ? " of these functions" : "");
    return STATUS_NOTHING;
  }
  if (!request->is_update)
    return check(request, subject, &after);
  return update(request, subject->scratch, &after) ? STATUS_FINE : STATUS_USAGE;
}

static enum status run(int argc, char **argv) {
  static struct request request;
  static struct subject subject;
  enum status status;
  if (!read_request(&request, argc, argv, &status))
    return status;
  char **paths = argv + optind;
  size_t count = (size_t)(argc - optind);
  listing_say_rest(paths, count);
  if (!subject_open(&subject, paths, count, 0))
    return STATUS_USAGE;
  status = check_or_update(&request, &subject);
  subject_close(&subject);
  return status;
}

const struct command command_check = {
    .name = "check",
    .operands = "--baseline FILE [PROFILE...]",
    .summary = "whether a run takes more than its baseline says",
    .details =
        "Compares each function's allocs, bytes, peak and kept with what a\n"
        "baseline holds, a text file made by --update and never written\n"
        "otherwise. Counts may not grow, sizes by 5 %, unless the baseline or\n"
        "--tolerance says otherwise. Several profiles are added up first; "
        "without\n"
        "one, those of the newest run in the current directory. Exit status 0: "
        "equal\n"
        "or better; 1: more than is allowed; 2: a file cannot be read; 3: "
        "nothing was\n"
        "measured. New functions, those that are gone and limits twice as high "
        "as what\n"
        "was ever needed are said.\n",
    .options = options,
    .run = run,
};
