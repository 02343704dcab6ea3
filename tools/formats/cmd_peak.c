/* cmd_peak.c - `memprof peak`: the most memory that a process, and each of its
 * functions, had at once. */
#include "common/glob.h"
#include "config.h"
#include "options.h"
#include "render_views.h"
#include "subject.h"
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct request {
  const char *function;      /* glob; NULL: all */
  struct mprt_config config; /* unit and precision */
};

static void print_size(const struct request *request, uint64_t bytes) {
  char text[64];
  size_format(text, sizeof text, bytes > INT64_MAX ? INT64_MAX : (int64_t)bytes,
              (enum size_unit)request->config.unit, request->config.precision);
  printf("%14s", text);
}

/* ---- What was sampled ---- */

/* The parts of one process's series stand one after the other, or apart. */
static void print_series(const struct request *request,
                         const struct profile *profile, size_t first) {
  const struct memprof_series *head = profile->series[first];
  uint64_t most = 0, at = 0, count = 0;
  for (size_t i = first; i < profile->series_count; i++) {
    const struct memprof_series *part = profile->series[i];
    const struct memprof_sample *samples = (const void *)(part + 1);
    if (part->pid != head->pid || part->started_ticks != head->started_ticks)
      continue;
    count += part->count;
    for (uint32_t k = 0; k < part->count; k++)
      if (samples[k].rss > most) {
        most = samples[k].rss;
        at = samples[k].at_ns;
      }
  }
  if (!count)
    return;
  print_size(request, most);
  printf("  resident, process %" PRIu32 ": the largest of %" PRIu64
         " sample%s, after %.3f s\n",
         head->pid, count, count == 1 ? "" : "s", (double)at / 1e9);
}

static bool is_first_part(const struct profile *profile, size_t index) {
  const struct memprof_series *part = profile->series[index];
  for (size_t i = 0; i < index; i++)
    if (profile->series[i]->pid == part->pid &&
        profile->series[i]->started_ticks == part->started_ticks)
      return false;
  return true;
}

/* ---- What was counted ---- */

static uint64_t peak_of(const struct function_rows *function) {
  return function->per_call[MEMPROF_CALL_peak].max;
}

/* Largest first, else as marked. */
static int compare_peaks(const void *a, const void *b) {
  const struct function_rows *left = *(const struct function_rows *const *)a;
  const struct function_rows *right = *(const struct function_rows *const *)b;
  if (peak_of(left) != peak_of(right))
    return peak_of(left) < peak_of(right) ? 1 : -1;
  return (left > right) - (left < right);
}

static void print_function(const struct request *request,
                           const struct function_rows *function) {
  print_size(request, peak_of(function));
  printf("  ");
  print_name(stdout, function->signature);
  printf("  ");
  if (function->file_count) {
    print_name(stdout, function->files[0].name);
    printf(":%u\n", function->rows[0].line);
  } else {
    puts("(no -g)");
  }
}

/* The functions that were called and that the glob matches; how many. */
static size_t pick(const struct request *request, const struct report *report,
                   const struct function_rows **picked) {
  size_t count = 0;
  for (size_t i = 0; i < report->function_count; i++) {
    const struct function_rows *function = &report->functions[i];
    if (function_is_measured(function) &&
        (!request->function ||
         glob_list_match(request->function, function->name,
                         function->signature)))
      picked[count++] = function;
  }
  qsort(picked, count, sizeof *picked, compare_peaks);
  return count;
}

/* ---- The files ---- */

/* What was found in all of them. */
struct found {
  bool is_measured; /* calls, events or samples */
  bool is_matched;  /* a function that was called */
  bool is_failed;   /* a file could not be read; it was said */
};

static bool print_peaks(const struct request *request,
                        const struct subject *subject, struct found *found) {
  const struct report *report = &subject->report;
  const struct profile *profile = subject->profile;
  const struct function_rows **picked =
      calloc(report->function_count + 1, sizeof *picked);
  if (!picked)
    return error("out of memory for the functions of '%s'", subject->name);
  size_t count = pick(request, report, picked);
  bool is_measured = report_is_measured(report);
  print_name(stdout, subject->name);
  putchar('\n');
  if (is_measured) {
    print_size(request, report->header->peak);
    printf("  live blocks of %s\n",
           report->header->scope_process ? "the process" : "marked functions");
  }
  for (size_t i = 0; i < profile->series_count; i++)
    if (is_first_part(profile, i))
      print_series(request, profile, i);
  for (size_t i = 0; i < count; i++)
    print_function(request, picked[i]);
  free(picked);
  found->is_measured |= is_measured || profile->series_count;
  found->is_matched |= count > 0;
  return true;
}

static void peak_of_file(const struct request *request, char *path,
                         struct found *found) {
  static struct subject subject;
  subject = (struct subject){0};
  if (!subject_open(&subject, &path, 1, 0)) {
    found->is_failed = true;
    return;
  }
  found->is_failed |= !print_peaks(request, &subject, found);
  subject_close(&subject);
}

/* What can be read is printed. */
static enum status peak_of_all(const struct request *request, char **paths,
                               size_t count) {
  struct found found = {0};
  for (size_t i = 0; i < count; i++)
    peak_of_file(request, paths[i], &found);
  if (found.is_failed)
    return STATUS_USAGE;
  if (request->function && !found.is_matched) {
    error("no function that was called matches '%s'", request->function);
    return STATUS_NOTHING;
  }
  if (found.is_measured)
    return STATUS_FINE;
  error("nothing was measured");
  return STATUS_NOTHING;
}

/* ---- The command ---- */

enum { FUNCTION = 1 };

static const struct option_row options[] = {
    {"function", 'f', "GLOB", "only these functions: globs, ',' between them",
     FUNCTION},
    {"precision", 0, "N", "decimals of sizes", OPTION_CONFIG},
    {"unit", 0, "B|KiB|MiB|GiB|auto", "unit of sizes; auto if none is named",
     OPTION_CONFIG},
    {0},
};

static enum status run(int argc, char **argv) {
  static struct request request;
  struct options walk;
  const struct option_row *row;
  mprt_config_defaults(&request.config);
  request.config.unit = SIZE_AUTO;
  options_start(&walk, &command_peak, argc, argv);
  while ((row = options_next(&walk)))
    if (row->key == FUNCTION)
      request.function = walk.value;
    else
      config_option(&walk, row, &request.config);
  if (walk.is_over)
    return walk.status;
  char **paths;
  size_t count = input_take(argv + optind, (size_t)(argc - optind), &paths);
  enum status status =
      count ? peak_of_all(&request, paths, count) : STATUS_USAGE;
  input_free_paths(paths, count);
  return status;
}

const struct command command_peak = {
    .name = "peak",
    .operands = "[FILE...]",
    .summary = "the most memory that a process and its functions had",
    .details =
        "Prints for each file the exact peak of the live blocks, the largest "
        "resident\n"
        "size that 'memprof run' sampled, and for each function that was "
        "called the\n"
        "peak of its largest call, largest first. Exact: no call is too short "
        "to be\n"
        "seen. Without a file: those of the newest run in the current "
        "directory. Exit\n"
        "status 3: nothing was measured, or no function matches.\n",
    .options = options,
    .run = run,
};
