/* export_pprof.c - pprof's profile.proto, gzipped: a sample for each line of
 * each context, with all metrics that add up.
 *
 * Encoded messages that stand one after the other are one message, their
 * repeated fields joined. So the profile is written in parts, as they come, and
 * never stands in memory. */
#include "export.h"
#include "pprof.pb-c.h"
#include "tool.h"
#include <inttypes.h>
#include <string.h>
#include <zlib.h>

/* ---- Encoded, compressed, written ---- */

struct writer {
  ProtobufCBuffer base; /* what protobuf-c appends to */
  const struct export *export;
  FILE *out;
  z_stream zip;
  int64_t texts;      /* so far in string_table */
  bool *is_placed;    /* [place_count] its location is written */
  bool *is_described; /* by function, and outside */
};

static void deflate_all(struct writer *writer, int flush) {
  unsigned char part[16384];
  do {
    writer->zip.next_out = part;
    writer->zip.avail_out = sizeof part;
    deflate(&writer->zip, flush);
    fwrite(part, 1, sizeof part - writer->zip.avail_out, writer->out);
  } while (writer->zip.avail_out == 0);
}

static void append(ProtobufCBuffer *buffer, size_t length,
                   const uint8_t *bytes) {
  struct writer *writer = (struct writer *)(void *)buffer;
  writer->zip.next_in = (Bytef *)bytes; /* zlib leaves it alone */
  writer->zip.avail_in = (uInt)length;
  deflate_all(writer, Z_NO_FLUSH);
}

static void write_part(struct writer *writer, const Pprof__Profile *part) {
  pprof__profile__pack_to_buffer(part, &writer->base);
}

/* Returns the text's index in string_table. */
static int64_t add_text(struct writer *writer, const char *text) {
  Pprof__Profile part = PPROF__PROFILE__INIT;
  char *texts[] = {(char *)text}; /* protobuf-c only reads it */
  part.n_string_table = 1;
  part.string_table = texts;
  write_part(writer, &part);
  return writer->texts++;
}

/* ---- Places: ids are numbers of places and functions + 1 ---- */

enum { PROGRAM = 1 }; /* the one mapping */

static uint64_t function_id(const struct writer *writer, struct place place) {
  return place.function == PLACE_OUTSIDE
             ? writer->export->subject->report.function_count + 1
             : place.function + 1;
}

static void describe_function(struct writer *writer, struct place place) {
  uint64_t id = function_id(writer, place);
  if (writer->is_described[id - 1])
    return;
  writer->is_described[id - 1] = true;
  struct place definition = {place.function, 0};
  const char *path = place_path(writer->export, definition);
  Pprof__Function function = PPROF__FUNCTION__INIT, *functions[] = {&function};
  function.id = id;
  function.name = add_text(writer, place_name(writer->export, place));
  function.system_name = function.name;
  function.filename = path ? add_text(writer, path) : 0;
  function.start_line = place_line(writer->export, definition);
  Pprof__Profile part = PPROF__PROFILE__INIT;
  part.n_function = 1;
  part.function = functions;
  write_part(writer, &part);
}

static uint64_t add_location(struct writer *writer, struct place place) {
  size_t number = place_number(writer->export, place);
  if (writer->is_placed[number])
    return number + 1;
  writer->is_placed[number] = true;
  describe_function(writer, place);
  Pprof__Line line = PPROF__LINE__INIT, *lines[] = {&line};
  line.function_id = function_id(writer, place);
  line.line = place_line(writer->export, place);
  Pprof__Location location = PPROF__LOCATION__INIT, *locations[] = {&location};
  location.id = number + 1;
  location.mapping_id = PROGRAM;
  location.n_line = 1;
  location.line = lines;
  Pprof__Profile part = PPROF__PROFILE__INIT;
  part.n_location = 1;
  part.location = locations;
  write_part(writer, &part);
  return location.id;
}

/* ---- The parts ---- */

static void add_sample(struct writer *writer, const struct stacks *stacks,
                       uint64_t *locations) {
  int64_t values[METRIC_SUMS];
  for (unsigned m = 0; m < METRIC_SUMS; m++)
    values[m] = (int64_t)stacks_value(stacks, m);
  for (size_t i = 0; i < stacks->depth; i++)
    locations[i] = add_location(writer, stacks->places[i]);
  Pprof__Sample sample = PPROF__SAMPLE__INIT, *samples[] = {&sample};
  sample.n_location_id = stacks->depth;
  sample.location_id = locations;
  sample.n_value = METRIC_SUMS;
  sample.value = values;
  Pprof__Profile part = PPROF__PROFILE__INIT;
  part.n_sample = 1;
  part.sample = samples;
  write_part(writer, &part);
}

static void add_types(struct writer *writer) {
  Pprof__ValueType types[METRIC_SUMS], *list[METRIC_SUMS];
  Pprof__Profile part = PPROF__PROFILE__INIT;
  for (unsigned m = 0; m < METRIC_SUMS; m++) {
    pprof__value_type__init(&types[m]);
    types[m].type = add_text(writer, metrics[m].pprof);
    types[m].unit = add_text(writer, metrics[m].is_size ? "bytes" : "count");
    if (m == writer->export->metric)
      part.default_sample_type = types[m].type;
    list[m] = &types[m];
  }
  part.n_sample_type = METRIC_SUMS;
  part.sample_type = list;
  write_part(writer, &part);
}

/* Everything is in this one: nobody needs to look for symbols. */
static bool add_program(struct writer *writer) {
  const struct profile *profile = writer->export->subject->profile;
  const char *program = profile_meta(profile, MEMPROF_META_program);
  const char *command = export_command(writer->export);
  program = export_text(writer->export, program ? program : "");
  if (!program || !command)
    return false;
  Pprof__Mapping mapping = PPROF__MAPPING__INIT, *mappings[] = {&mapping};
  mapping.id = PROGRAM;
  mapping.filename = add_text(writer, program);
  mapping.has_functions = mapping.has_filenames = mapping.has_line_numbers =
      true;
  int64_t comment = add_text(writer, command);
  Pprof__Profile part = PPROF__PROFILE__INIT;
  part.n_mapping = 1;
  part.mapping = mappings;
  part.n_comment = 1;
  part.comment = &comment;
  part.time_nanos = (int64_t)profile->header->started_ns;
  part.duration_nanos = (int64_t)export_lasted_ns(writer->export);
  write_part(writer, &part);
  return true;
}

static bool write_parts(struct writer *writer) {
  struct scratch *scratch = writer->export->subject->scratch;
  struct stacks stacks;
  add_text(writer, ""); /* index 0 says "none" */
  add_types(writer);
  if (!add_program(writer) || !stacks_start(&stacks, writer->export))
    return false;
  uint64_t *locations =
      scratch_alloc(scratch, stacks.capacity, sizeof *locations);
  if (!locations)
    return export_no_memory(writer->export);
  while (stacks_next(&stacks))
    add_sample(writer, &stacks, locations);
  deflate_all(writer, Z_FINISH);
  return true;
}

bool export_pprof(const struct export *export, FILE *out) {
  enum { GZIP = 16 };
  struct scratch *scratch = export->subject->scratch;
  struct writer writer = {
      .base = {.append = append},
      .export = export,
      .out = out,
      .is_placed = scratch_alloc(scratch, export->place_count, sizeof(bool)),
      .is_described = scratch_alloc(
          scratch, export->subject->report.function_count + 1, sizeof(bool)),
  };
  if (!writer.is_placed || !writer.is_described ||
      deflateInit2(&writer.zip, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
                   GZIP + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return export_no_memory(export);
  bool is_written = write_parts(&writer);
  deflateEnd(&writer.zip);
  return is_written;
}
