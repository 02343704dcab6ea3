/* export_dhat.c - what dh_view.html of valgrind's DHAT loads: bytes and blocks
 * allocated by stack. Lifetimes are not known per stack ("bklt": false), so
 * nothing is said of them.
 *
 * The format: comment in valgrind's dhat/dh_main.c, "File format". */
#include "export.h"
#include "tool.h"
#include <inttypes.h>

struct writer {
  const struct export *export;
  size_t *frames; /* by number of place: its place in "ftbl"; 0: not in it */
  size_t frame_count;
  FILE *out;
};

static void print_point(struct writer *writer, const struct sample *sample) {
  fprintf(writer->out, "  {\"tb\": %" PRIu64 ", \"tbk\": %" PRIu64 ", \"fs\": ",
          sample->values[METRIC_bytes], sample->values[METRIC_allocs]);
  for (size_t k = 0; k < sample->depth; k++) {
    size_t *frame = &writer->frames[sample->places[k]];
    if (!*frame)
      *frame = ++writer->frame_count;
    fprintf(writer->out, "%c%zu", k ? ',' : '[', *frame);
  }
  fputs("]}", writer->out);
}

static void print_points(struct writer *writer, const struct samples *samples) {
  const char *comma = "";
  fputs(" \"pps\": [\n", writer->out);
  for (size_t i = 0; i < samples->count; i++)
    if (samples->list[i].values[METRIC_allocs]) {
      fputs(comma, writer->out);
      print_point(writer, &samples->list[i]);
      comma = ",\n";
    }
  fputs("],\n", writer->out);
}

static void print_frame(const struct export *export, struct place place,
                        FILE *out) {
  const char *path = place_path(export, place);
  putc('"', out);
  print_json_part(place_name(export, place), out);
  if (path) {
    fputs(" (", out);
    print_json_part(path, out);
    fprintf(out, ":%u)", place_line(export, place));
  }
  putc('"', out);
}

static bool print_table(const struct writer *writer) {
  const struct export *export = writer->export;
  size_t *numbers = scratch_alloc(export->subject->scratch,
                                  writer->frame_count + 1, sizeof *numbers);
  if (!numbers)
    return export_no_memory(export);
  for (size_t i = 0; i < export->place_count; i++)
    numbers[writer->frames[i]] = i;
  fputs(" \"ftbl\": [\"[root]\"", writer->out);
  for (size_t f = 1; f <= writer->frame_count; f++) {
    fputs(",\n  ", writer->out);
    print_frame(export, place_of_number(export, numbers[f]), writer->out);
  }
  fputs("]}\n", writer->out);
  return true;
}

bool export_dhat(const struct export *export, FILE *out) {
  const char *command = export_command(export);
  struct samples samples;
  struct writer writer = {
      .export = export,
      .frames = scratch_alloc(export->subject->scratch, export->place_count,
                              sizeof *writer.frames),
      .out = out,
  };
  if (!writer.frames)
    return export_no_memory(export);
  if (!command || !samples_collect(&samples, export))
    return false;
  fputs("{\"dhatFileVersion\": 2, \"mode\": \"memprof\", \"verb\": "
        "\"Allocated\",\n \"bklt\": false, \"bkacc\": false,\n \"cmd\": ",
        out);
  print_json_text(command, out);
  fprintf(out,
          ", \"pid\": %" PRIu32 ",\n \"tu\": \"ns\", \"Mtu\": \"ms\", \"te\": "
          "%" PRIu64 ",\n",
          export->subject->profile->header->pid, export_lasted_ns(export));
  print_points(&writer, &samples);
  return print_table(&writer);
}
