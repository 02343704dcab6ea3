/* export_perfetto.c - trace-event JSON: memory over time as counters, the calls
 * of marked functions as slices, in microseconds of CLOCK_MONOTONIC.
 *
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
#include "common/glob.h"
#include "export.h"
#include "tool.h"
#include <inttypes.h>

struct writer {
  const struct export *export;
  FILE *out;
  size_t events; /* so far */
};

/* Begins an event: its fields follow, up to a '}'. */
static void print_event(struct writer *writer, const char *phase, uint32_t pid,
                        const char *name) {
  fprintf(writer->out, "%s{\"ph\": \"%s\", \"pid\": %" PRIu32 ", \"name\": ",
          writer->events++ ? ",\n" : "\n", phase, pid);
  print_json_text(name, writer->out);
}

static void print_time(struct writer *writer, const char *key, uint64_t ns) {
  fprintf(writer->out, ", \"%s\": %" PRIu64 ".%03u", key, ns / 1000,
          (unsigned)(ns % 1000));
}

static void print_process(struct writer *writer, uint32_t pid,
                          const char *command) {
  print_event(writer, "M", pid, "process_name");
  fputs(", \"args\": {\"name\": ", writer->out);
  print_json_text(command, writer->out);
  fputs("}}", writer->out);
}

/* ---- What `memprof run` sampled ---- */

static bool print_series(struct writer *writer,
                         const struct memprof_series *series) {
  const struct memprof_sample *samples = (const void *)(series + 1);
  const char *command =
      profile_text(writer->export->subject->profile, series->command);
  command = export_text(writer->export, command ? command : "");
  if (!command)
    return false;
  print_process(writer, series->pid, command);
  for (uint32_t i = 0; i < series->count; i++) {
    print_event(writer, "C", series->pid, "memory");
    print_time(writer, "ts", series->started_ticks + samples[i].at_ns);
    fprintf(writer->out,
            ", \"args\": {\"rss\": %" PRIu64 ", \"pss\": %" PRIu64
            ", \"uss\": %" PRIu64,
            samples[i].rss, samples[i].pss, samples[i].uss);
    if (samples[i].live != MEMPROF_UNKNOWN)
      fprintf(writer->out, ", \"live\": %" PRId64, samples[i].live);
    fputs("}}", writer->out);
  }
  return true;
}

/* ---- Spans ---- */

static bool print_span(struct writer *writer, const struct plot_span *span) {
  const struct profile *profile = writer->export->subject->profile;
  const struct memprof_abi_record *record =
      memprof_function_record(profile->functions[span->function - 1]);
  const char *signature = (const char *)record + record->signature;
  const char *glob = writer->export->glob;
  if (glob &&
      !glob_list_match(glob, (const char *)record + record->name, signature))
    return true;
  const char *name = export_text(writer->export, signature);
  if (!name)
    return false;
  print_event(writer, "X", profile->header->pid, name);
  fprintf(writer->out, ", \"tid\": %" PRIu32, span->thread + 1);
  print_time(writer, "ts",
             profile->header->started_ticks + (uint64_t)span->start_ns);
  print_time(writer, "dur", (uint64_t)(span->end_ns - span->start_ns));
  fprintf(writer->out,
          ", \"args\": {\"peak\": %" PRId64 ", \"live at start\": %" PRId64
          ", \"live at end\": %" PRId64 "}}",
          span->peak, span->live_at_start, span->live_at_end);
  return true;
}

static bool print_spans(struct writer *writer) {
  const struct profile *profile = writer->export->subject->profile;
  const char *command = export_command(writer->export);
  struct plot_spans spans;
  if (!command || !export_spans(&spans, writer->export))
    return false;
  if (!profile->series_count)
    print_process(writer, profile->header->pid, command);
  for (size_t i = 0; i < spans.count; i++)
    if (!print_span(writer, &spans.spans[i]))
      return false;
  if (spans.lost)
    error("%" PRIu64 " earlier calls are not in the profile, which keeps the "
          "latest",
          spans.lost);
  return true;
}

/* The curve that follows from the spans, where nothing was sampled. */
static bool print_live(struct writer *writer) {
  const struct profile *profile = writer->export->subject->profile;
  struct curve curve = {0};
  if (!profile->series_count && !curve_collect(&curve, writer->export))
    return false;
  for (size_t i = 0; i < curve.count; i++) {
    print_event(writer, "C", profile->header->pid, "memory");
    print_time(writer, "ts", curve.points[i].at_ns);
    fprintf(writer->out, ", \"args\": {\"live\": %" PRId64 "}}",
            curve.points[i].live);
  }
  return true;
}

bool export_perfetto(const struct export *export, FILE *out) {
  const struct profile *profile = export->subject->profile;
  struct writer writer = {.export = export, .out = out};
  fputs("{\"displayTimeUnit\": \"ms\", \"traceEvents\": [", out);
  for (size_t i = 0; i < profile->series_count; i++)
    if (!print_series(&writer, profile->series[i]))
      return false;
  if (!print_spans(&writer) || !print_live(&writer))
    return false;
  fputs("\n]}\n", out);
  return true;
}
