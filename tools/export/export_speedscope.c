/* export_speedscope.c - speedscope's JSON: frames, and for each metric that adds
 * up a profile of stacks with weights.
 *
 * https://www.speedscope.app/file-format-schema.json */
#include "export.h"
#include <inttypes.h>

struct writer {
  const struct export *export;
  const struct samples *samples;
  size_t *frames; /* by number of place: its frame's number + 1 */
  size_t frame_count;
  FILE *out;
};

static void print_frame(struct writer *writer, size_t number) {
  struct place place = place_of_number(writer->export, number);
  const char *path = place_path(writer->export, place);
  fputs(writer->frame_count++ ? ",\n  " : "\n  ", writer->out);
  fputs("{\"name\": ", writer->out);
  print_json_text(place_name(writer->export, place), writer->out);
  if (path) {
    fputs(", \"file\": ", writer->out);
    print_json_text(path, writer->out);
    fprintf(writer->out, ", \"line\": %u", place_line(writer->export, place));
  }
  putc('}', writer->out);
  writer->frames[number] = writer->frame_count;
}

static void print_frames(struct writer *writer) {
  const struct samples *samples = writer->samples;
  fputs(" \"shared\": {\"frames\": [", writer->out);
  for (size_t i = 0; i < samples->count; i++)
    for (size_t k = samples->list[i].depth; k-- > 0;)
      if (!writer->frames[samples->list[i].places[k]])
        print_frame(writer, samples->list[i].places[k]);
  fputs("]},\n", writer->out);
}

/* Outermost first. */
static void print_stack(const struct writer *writer,
                        const struct sample *sample) {
  for (size_t k = sample->depth; k-- > 0;)
    fprintf(writer->out, "%c%zu", k + 1 == sample->depth ? '[' : ',',
            writer->frames[sample->places[k]] - 1);
  putc(']', writer->out);
}

static void print_profile(const struct writer *writer, enum export_metric m) {
  const struct samples *samples = writer->samples;
  uint64_t sum = 0;
  const char *comma = "";
  fprintf(writer->out,
          "  {\"type\": \"sampled\", \"name\": \"%s\", \"unit\": \"%s\",\n"
          "   \"samples\": [",
          metrics[m].name, metrics[m].is_size ? "bytes" : "none");
  for (size_t i = 0; i < samples->count; i++)
    if (samples->list[i].values[m]) {
      fputs(comma, writer->out);
      print_stack(writer, &samples->list[i]);
      comma = ",";
    }
  fputs("],\n   \"weights\": [", writer->out);
  comma = "";
  for (size_t i = 0; i < samples->count; i++)
    if (samples->list[i].values[m]) {
      fprintf(writer->out, "%s%" PRIu64, comma, samples->list[i].values[m]);
      sum += samples->list[i].values[m];
      comma = ",";
    }
  fprintf(writer->out, "],\n   \"startValue\": 0, \"endValue\": %" PRIu64 "}",
          sum);
}

bool export_speedscope(const struct export *export, FILE *out) {
  struct samples samples;
  const char *name = export_text(export, export->subject->name);
  struct writer writer = {
      .export = export,
      .samples = &samples,
      .frames = scratch_alloc(export->subject->scratch, export->place_count,
                              sizeof *writer.frames),
      .out = out,
  };
  if (!writer.frames)
    return export_no_memory(export);
  if (!name || !samples_collect(&samples, export))
    return false;
  fputs("{\"$schema\": \"https://www.speedscope.app/file-format-schema.json\","
        "\n \"exporter\": \"memprof " MEMPROF_VERSION "\",\n \"name\": ",
        out);
  print_json_text(name, out);
  fprintf(out, ",\n \"activeProfileIndex\": %u,\n", (unsigned)export->metric);
  print_frames(&writer);
  fputs(" \"profiles\": [\n", out);
  for (unsigned m = 0; m < METRIC_SUMS; m++) {
    print_profile(&writer, m);
    fputs(m + 1 < METRIC_SUMS ? ",\n" : "]}\n", out);
  }
  return true;
}
