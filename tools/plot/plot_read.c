/* plot_read.c - from profile files to curves and calls. */
#include "plot_read.h"
#include "common/glob.h"
#include "input.h"
#include "tool.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What is at hand while one file is read. */
struct source {
  struct plot *plot;
  const struct profile *profile;
  const char *file; /* its name, as it is shown */
  size_t run;
  int64_t shift; /* from the profile's clock to the run's */
};

static bool no_memory(void) { return error("out of memory for the plot"); }

static int64_t clamp(uint64_t value) {
  return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

/* Clocks of a damaged file may say anything: the sum stays in the scale, with
 * room for differences. */
static int64_t add_ns(int64_t a, int64_t b) {
  int64_t result;
  if (__builtin_add_overflow(a, b, &result))
    result = b < 0 ? INT64_MIN : INT64_MAX;
  return result > INT64_MAX / 4   ? INT64_MAX / 4
         : result < INT64_MIN / 4 ? INT64_MIN / 4
                                  : result;
}

#define APPEND(PLOT, LIST, COUNT)                                              \
  ((PLOT)->LIST = plot_grow((PLOT)->scratch, (PLOT)->LIST, (PLOT)->COUNT,      \
                            sizeof *(PLOT)->LIST),                             \
   (PLOT)->LIST ? &(PLOT)->LIST[(PLOT)->COUNT++] : NULL)

static void begin_run(struct source *source, int64_t at_ns) {
  struct plot_run *run = &source->plot->runs[source->run];
  if (!run->is_begun || at_ns < run->begin_ns)
    run->begin_ns = at_ns;
  run->is_begun = true;
}

/* ---- Whose clock ---- */

static int64_t real_base(const struct memprof_header *header) {
  return add_ns(clamp(header->started_ns), -clamp(header->started_ticks));
}

/* Processes of one run are on one axis. Within a host their monotonic clocks
 * are the same; of another host the difference is known by the calendar. */
static bool find_run(struct source *source) {
  struct plot *plot = source->plot;
  const struct memprof_header *header = source->profile->header;
  const char *host = profile_meta(source->profile, MEMPROF_META_host);
  for (size_t i = 0; header->run && i < plot->run_count; i++) {
    const struct plot_run *run = &plot->runs[i];
    if (run->id != header->run)
      continue;
    source->run = i;
    bool is_same_host = !host || !run->host || strcmp(host, run->host) == 0;
    source->shift =
        is_same_host ? 0 : add_ns(real_base(header), -run->real_base);
    return true;
  }
  struct plot_run *run = APPEND(plot, runs, run_count);
  if (!run)
    return no_memory();
  *run = (struct plot_run){.id = header->merged ? 0 : header->run,
                           .host = host ? plot_name(plot->scratch, host) : NULL,
                           .real_base = real_base(header)};
  source->run = plot->run_count - 1;
  source->shift = 0;
  return true;
}

/* ---- Whose memory ---- */

/* "json" of "/usr/bin/json --all", or of "'/my dir/json' --all". */
static const char *program_name(struct source *source, const char *command) {
  char quote = command[0] == '\'' ? '\'' : ' ';
  const char *from = command + (quote == '\'');
  size_t length = strcspn(from, (char[]){quote, 0});
  for (size_t i = length; i-- > 0;)
    if (from[i] == '/') {
      from += i + 1;
      length -= i + 1;
      break;
    }
  char *copy = scratch_alloc(source->plot->scratch, length + 1, 1);
  if (!copy)
    return NULL;
  memcpy(copy, from, length);
  return plot_name(source->plot->scratch, copy);
}

static struct plot_process *find_known(struct source *source, uint32_t pid) {
  struct plot *plot = source->plot;
  for (size_t i = 0; i < plot->process_count; i++)
    if (plot->processes[i].run == source->run && plot->processes[i].pid == pid)
      return &plot->processes[i];
  struct plot_process *process = APPEND(plot, processes, process_count);
  if (process)
    *process = (struct plot_process){
        .file = source->file, .pid = pid, .run = source->run};
  return process;
}

/* A process may be sampled before it execs its program: what the program's own
 * profile says counts, then what a later part of the series says. */
static bool name_process(struct source *source, struct plot_process *process,
                         const char *command) {
  struct scratch *scratch = source->plot->scratch;
  const struct memprof_header *header = source->profile->header;
  const char *own = process->pid == header->pid && !header->merged
                        ? profile_meta(source->profile, MEMPROF_META_command)
                        : NULL;
  if (process->name && (process->is_named_by_itself || !(own || command)))
    return true;
  command = own ? own : command;
  process->is_named_by_itself = own != NULL;
  process->command = command ? plot_name(scratch, command) : NULL;
  const char *program = program_name(source, command ? command : "process");
  process->name =
      program ? plot_text(scratch, "%s %" PRIu32, program, process->pid) : NULL;
  return process->name != NULL;
}

/* The index of a process of the run; command NULL: the series does not tell.
 * SIZE_MAX when memory runs out. */
static size_t find_process(struct source *source, uint32_t pid,
                           const char *command) {
  struct plot_process *process = find_known(source, pid);
  return process && name_process(source, process, command)
             ? (size_t)(process - source->plot->processes)
             : SIZE_MAX;
}

/* ---- Samples ---- */

static int64_t sample_value(const struct memprof_sample *sample,
                            enum plot_metric metric) {
  switch (metric) {
  case PLOT_rss:
    return clamp(sample->rss);
  case PLOT_pss:
    return clamp(sample->pss);
  case PLOT_uss:
    return clamp(sample->uss);
  default:
    return sample->live;
  }
}

/* The curve of a process that was begun by an earlier record, or a new one. */
static struct plot_curve *find_curve(struct plot *plot, size_t process,
                                     enum plot_metric metric) {
  for (size_t i = plot->curve_count; i-- > 0;)
    if (plot->curves[i].process == process && plot->curves[i].metric == metric)
      return &plot->curves[i];
  struct plot_curve *curve = APPEND(plot, curves, curve_count);
  if (curve)
    *curve = (struct plot_curve){.process = process, .metric = metric};
  return curve;
}

/* A process may have thousands of parts. */
static bool make_room(struct plot *plot, struct plot_curve *curve,
                      size_t count) {
  if (curve->room - curve->count >= count)
    return true;
  size_t room = 2 * curve->room > curve->count + count ? 2 * curve->room
                                                       : curve->count + count;
  struct plot_point *points =
      scratch_alloc(plot->scratch, room, sizeof *points);
  if (!points)
    return false;
  if (curve->count)
    memcpy(points, curve->points, curve->count * sizeof *points);
  curve->points = points;
  curve->room = room;
  return true;
}

static bool add_samples(struct source *source,
                        const struct memprof_series *series, size_t process,
                        enum plot_metric metric, int64_t shift) {
  struct plot *plot = source->plot;
  const struct memprof_sample *samples = (const void *)(series + 1);
  struct plot_curve *curve = find_curve(plot, process, metric);
  if (!curve)
    return no_memory();
  if (!make_room(plot, curve, series->count))
    return no_memory();
  for (size_t i = 0; i < series->count; i++) {
    int64_t bytes = sample_value(&samples[i], metric);
    if (metric == PLOT_live && bytes == MEMPROF_UNKNOWN)
      continue;
    int64_t at = add_ns(clamp(samples[i].at_ns), shift);
    begin_run(source, at);
    curve->points[curve->count++] = (struct plot_point){at, bytes};
  }
  return true;
}

/* In a merged file clocks are those of several starts or machines: there only
 * the calendar orders them. */
static bool read_series(struct source *source,
                        const struct memprof_series *series) {
  struct plot *plot = source->plot;
  plot->is_sampled = true;
  plot->is_known |= series->count > 0;
  size_t process = find_process(source, series->pid,
                                profile_text(source->profile, series->command));
  if (process == SIZE_MAX)
    return no_memory();
  int64_t shift = source->profile->header->merged
                      ? clamp(series->started_ns)
                      : add_ns(clamp(series->started_ticks), source->shift);
  for (unsigned metric = 0; metric < PLOT_METRIC_COUNT; metric++)
    if ((plot->request.metrics & 1u << metric) && series->count &&
        !add_samples(source, series, process, metric, shift))
      return false;
  return true;
}

/* ---- Calls ---- */

static const char *function_text(const struct profile *profile, uint32_t id,
                                 bool is_signature) {
  const struct memprof_abi_record *record =
      memprof_function_record(profile->functions[id - 1]);
  return (const char *)record +
         (is_signature ? record->signature : record->name);
}

static bool is_wanted(const struct source *source, uint32_t id) {
  const char *glob = source->plot->request.function;
  return !glob ||
         glob_list_match(glob, function_text(source->profile, id, false),
                         function_text(source->profile, id, true));
}

/* What the spans say of functions that have one name in one process: copies of
 * a static function count as one. */
static struct plot_function *find_function(struct source *source,
                                           size_t process, uint32_t id,
                                           size_t first) {
  struct plot *plot = source->plot;
  const char *name =
      plot_name(plot->scratch, function_text(source->profile, id, false));
  if (!name)
    return NULL;
  for (size_t i = first; i < plot->function_count; i++)
    if (strcmp(plot->functions[i].name, name) == 0)
      return &plot->functions[i];
  struct plot_function *function = APPEND(plot, functions, function_count);
  if (function)
    *function = (struct plot_function){.process = process, .name = name};
  return function;
}

static int compare_calls(const void *a, const void *b) {
  const struct plot_call *left = a, *right = b;
  if (left->start_ns != right->start_ns)
    return left->start_ns < right->start_ns ? -1 : 1;
  return (left->end_ns < right->end_ns) - (left->end_ns > right->end_ns);
}

/* Which of plot->functions each id of the profile has become: made once. */
static bool add_functions(struct source *source, size_t process,
                          const struct plot_spans *spans, size_t *index_of) {
  struct plot *plot = source->plot;
  size_t first = plot->function_count;
  for (size_t i = 0; i < spans->count; i++) {
    uint32_t id = spans->spans[i].function;
    if (!index_of[id]) {
      struct plot_function *function =
          is_wanted(source, id) ? find_function(source, process, id, first)
                                : NULL;
      if (!function && is_wanted(source, id))
        return false;
      index_of[id] =
          function ? (size_t)(function - plot->functions) + 1 : SIZE_MAX;
    }
    if (index_of[id] != SIZE_MAX)
      plot->functions[index_of[id] - 1].count++;
  }
  for (size_t i = first; i < plot->function_count; i++) {
    struct plot_function *function = &plot->functions[i];
    function->calls =
        scratch_alloc(plot->scratch, function->count, sizeof *function->calls);
    if (!function->calls)
      return false;
    function->count = 0;
  }
  return true;
}

static bool read_calls(struct source *source, size_t process, int64_t shift,
                       const struct plot_spans *spans) {
  struct plot *plot = source->plot;
  size_t first = plot->function_count;
  size_t *index_of = scratch_alloc(
      plot->scratch, source->profile->function_count + 1, sizeof *index_of);
  if (!index_of || !add_functions(source, process, spans, index_of))
    return no_memory();
  for (size_t i = 0; i < spans->count; i++) {
    const struct plot_span *span = &spans->spans[i];
    if (index_of[span->function] == SIZE_MAX)
      continue;
    struct plot_function *function =
        &plot->functions[index_of[span->function] - 1];
    struct plot_call call = {.start_ns = add_ns(span->start_ns, shift),
                             .end_ns = add_ns(span->end_ns, shift),
                             .peak = span->peak,
                             .is_open = span->is_open};
    function->calls[function->count++] = call;
    begin_run(source, call.start_ns);
    if (function->peak < call.peak)
      function->peak = call.peak;
  }
  for (size_t i = first; i < plot->function_count; i++)
    qsort(plot->functions[i].calls, plot->functions[i].count,
          sizeof *plot->functions[i].calls, compare_calls);
  return true;
}

/* Without samples of it, live is what the calls tell, thread by thread. */
static bool read_live(struct source *source, size_t process, int64_t shift,
                      const struct plot_spans *spans) {
  struct plot *plot = source->plot;
  bool is_alone = spans->count && spans->spans[0].thread ==
                                      spans->spans[spans->count - 1].thread;
  for (size_t i = 0, end; i < spans->count; i = end) {
    uint32_t thread = spans->spans[i].thread;
    for (end = i; end < spans->count && spans->spans[end].thread == thread;)
      end++;
    struct plot_curve *curve = APPEND(plot, curves, curve_count);
    if (!curve)
      return no_memory();
    *curve = (struct plot_curve){.process = process,
                                 .thread = is_alone ? 0 : thread + 1,
                                 .is_from_calls = true,
                                 .metric = PLOT_live};
    curve->points = plot_spans_live(spans->spans + i, end - i, &curve->count,
                                    plot->scratch);
    if (!curve->points)
      return no_memory();
    for (size_t k = 0; k < curve->count; k++) {
      curve->points[k].at_ns = add_ns(curve->points[k].at_ns, shift);
      begin_run(source, curve->points[k].at_ns);
    }
  }
  return true;
}

static bool has_live(const struct plot *plot, size_t process) {
  for (size_t i = 0; i < plot->curve_count; i++)
    if (plot->curves[i].process == process &&
        plot->curves[i].metric == PLOT_live && plot->curves[i].count)
      return true;
  return false;
}

/* The latest sample of the process, on the profile's clock; what open calls
 * reach to. */
static int64_t latest(const struct source *source, int64_t shift) {
  const struct plot *plot = source->plot;
  const struct memprof_header *header = source->profile->header;
  int64_t end = clamp(header->ended_ns) - clamp(header->started_ns);
  if (!header->ended_ns || end < 0)
    end = 0;
  for (size_t i = 0; i < plot->curve_count; i++) {
    const struct plot_curve *curve = &plot->curves[i];
    if (plot->processes[curve->process].run != source->run ||
        plot->processes[curve->process].pid != header->pid || !curve->count)
      continue;
    int64_t at = add_ns(curve->points[curve->count - 1].at_ns, -shift);
    end = at > end ? at : end;
  }
  return end;
}

static bool read_spans(struct source *source) {
  struct plot *plot = source->plot;
  const struct memprof_header *header = source->profile->header;
  struct plot_spans spans;
  if (source->profile->spans_count == 0)
    return true; /* nothing was timed */
  int64_t shift = add_ns(clamp(header->started_ticks), source->shift);
  if (!plot_spans_read(&spans, source->profile, latest(source, shift),
                       plot->scratch))
    return no_memory();
  plot->lost_calls += spans.lost;
  if (!spans.count)
    return true;
  plot->is_known = true;
  size_t process = find_process(
      source, header->pid, profile_meta(source->profile, MEMPROF_META_command));
  if (process == SIZE_MAX)
    return no_memory();
  return read_calls(source, process, shift, &spans) &&
         (!(plot->request.metrics & 1u << PLOT_live) ||
          has_live(plot, process) || read_live(source, process, shift, &spans));
}

/* ---- Files ---- */

/* "run" of "there/run.mprof". */
static const char *file_name(struct scratch *scratch, const char *path) {
  const char *slash = strrchr(path, '/');
  const char *name = plot_name(scratch, slash ? slash + 1 : path);
  size_t length = name ? strlen(name) : 0;
  if (length > 6 && strcmp(name + length - 6, ".mprof") == 0)
    return plot_text(scratch, "%.*s", (int)length - 6, name);
  return name;
}

static void note_peak(struct source *source) {
  const struct memprof_header *header = source->profile->header;
  for (size_t i = 0; i < source->plot->process_count; i++) {
    struct plot_process *process = &source->plot->processes[i];
    if (!header->merged && process->run == source->run &&
        process->pid == header->pid && process->peak < clamp(header->peak))
      process->peak = clamp(header->peak);
  }
}

bool plot_read_file(struct plot *plot, const char *path) {
  struct input input;
  if (!input_open(&input, path))
    return false;
  input_say_state(&input);
  struct source source = {
      .plot = plot,
      .profile = &input.profile,
      .file = file_name(plot->scratch, path),
  };
  bool is_read = source.file ? find_run(&source) : no_memory();
  for (size_t i = 0; is_read && i < input.profile.series_count; i++)
    is_read = read_series(&source, input.profile.series[i]);
  is_read = is_read && read_spans(&source);
  note_peak(&source);
  input_close(&input);
  return is_read;
}
