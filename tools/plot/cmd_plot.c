/* cmd_plot.c - `memprof plot`: memory over time, as a picture or on the
 * terminal. */
#include "common/sizes.h"
#include "options.h"
#include "outfile.h"
#include "render_plot.h"
#include <getopt.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ---- What the user asked for ---- */

struct request {
  struct plot_request plot;
  const char *title, *output; /* NULL: as the profile says */
  unsigned width, height;     /* of the picture, pixels */
  bool on_terminal, is_flame;
  enum flame_measure measure;
};

enum {
  FLAME = 1,
  FUNCTION,
  METRIC,
  OUTPUT,
  SIZE,
  SLOPE,
  TERMINAL,
  TITLE,
  WINDOW
};

#define METRIC_WORD(ID, TEXT, MEANING) "|" #ID
static const struct option_row options[] = {
    {"flame", 0, "[bytes|at_peak]",
     "calling contexts, as wide as what they allocated, or as what of it was "
     "live\nat the peak",
     FLAME},
    {"function", 0, "GLOB", "only calls of these: globs, ',' between them",
     FUNCTION},
    {"metric", 0, &(PLOT_METRICS(METRIC_WORD) "|all")[1],
     "if none is named RSS, and live of a single\nprocess", METRIC},
    {"output", 'o', "FILE",
     "FILE.svg or FILE.png; '-' is standard output. Without it, a .svg beside "
     "the\nprofile",
     OUTPUT},
    {"size", 0, "WIDTHxHEIGHT", "of the picture in pixels: 960x540", SIZE},
    {"slope", 0, NULL, "a straight line through each curve, and its slope",
     SLOPE},
    {"terminal", 0, NULL,
     "draw in characters, as wide and high as the terminal", TERMINAL},
    {"title", 0, "TEXT", "instead of the command line", TITLE},
    {"window", 0, "FROM,TO", "only these seconds; either may be left out",
     WINDOW},
    {0},
};
#undef METRIC_WORD

/* Seconds up to `end`; none there is all right. */
static bool read_seconds(const char *from, const char *end, bool *has,
                         int64_t *ns) {
  char *rest;
  if (from == end)
    return true;
  double seconds = strtod(from, &rest);
  *has = true;
  *ns = (int64_t)llround(fmin(fmax(seconds, 0), 4e9) * 1e9);
  return rest == end && seconds >= 0 && seconds <= 4e9;
}

static bool read_window(struct plot_request *request, const char *value) {
  const char *comma = strchr(value, ',');
  return (comma &&
          read_seconds(value, comma, &request->has_from, &request->from_ns) &&
          read_seconds(comma + 1, value + strlen(value), &request->has_to,
                       &request->to_ns) &&
          (request->has_from || request->has_to) &&
          (!request->has_to || request->to_ns > request->from_ns)) ||
         error("plot: '%s' is no window: two numbers of seconds, as in 1.5,20",
               value);
}

enum { PIXELS_LEAST = 200, PIXELS_MOST = 10000 };

static bool read_size(struct request *request, const char *value) {
  char *rest, *end;
  unsigned long width = strtoul(value, &rest, 10), height = 0;
  if (*rest == 'x' && rest[1] >= '0' && rest[1] <= '9')
    height = strtoul(rest + 1, &end, 10);
  if (value[0] >= '0' && value[0] <= '9' && height && *end == 0 &&
      width >= PIXELS_LEAST && width <= PIXELS_MOST && height >= PIXELS_LEAST &&
      height <= PIXELS_MOST) {
    request->width = (unsigned)width;
    request->height = (unsigned)height;
    return true;
  }
  return error("plot: '%s' is no size: WIDTHxHEIGHT, each of %d to %d pixels",
               value, PIXELS_LEAST, PIXELS_MOST);
}

static bool read_option(struct request *request, const struct options *walk,
                        int key) {
  const char *value = walk->value;
  switch (key) {
  case FLAME:
    request->measure = value && walk->word == 1 ? FLAME_AT_PEAK : FLAME_BYTES;
    return (request->is_flame = true);
  case FUNCTION:
    request->plot.function = value;
    return true;
  case METRIC:
    request->plot.metrics = walk->word < PLOT_METRIC_COUNT
                                ? 1u << walk->word
                                : (1u << PLOT_METRIC_COUNT) - 1;
    return true;
  case OUTPUT:
    request->output = value;
    return true;
  case SIZE:
    return read_size(request, value);
  case SLOPE:
    request->plot.with_trend = true;
    return true;
  case TERMINAL:
    request->on_terminal = true;
    return true;
  case TITLE:
    request->title = value;
    return true;
  default:
    return read_window(&request->plot, value);
  }
}

/* What of it does not go together. */
static bool is_consistent(const struct request *request) {
  if (request->is_flame && request->on_terminal)
    return error("plot: --flame is a picture: not with --terminal");
  if (request->is_flame && (request->plot.metrics || request->plot.has_from ||
                            request->plot.has_to || request->plot.with_trend))
    return error("plot: --flame has no time: not with --metric, --slope or "
                 "--window");
  if (request->on_terminal && request->output &&
      strcmp(request->output, "-") != 0)
    return error("plot: --terminal draws on standard output: not with "
                 "--output");
  return true;
}

/* ---- Pictures ---- */

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text), size = strlen(end);
  return length > size && strcmp(text + length - size, end) == 0;
}

static bool is_png(const char *path) { return ends_with(path, ".png"); }

/* "run.svg" beside "run.mprof". */
static const char *default_output(struct scratch *scratch, const char *path) {
  size_t length = strlen(path);
  if (ends_with(path, ".mprof"))
    length -= strlen(".mprof");
  return plot_text(scratch, "%.*s.svg", (int)length, path);
}

static bool check_output(const char *path) {
  return strcmp(path, "-") == 0 || ends_with(path, ".svg") || is_png(path) ||
         error("plot: '%s' ends in neither .svg nor .png", path);
}

static bool write_picture(const struct drawing *drawing, const char *path) {
  struct outfile out;
  if (drawing->has_failed)
    return error("out of memory for the picture");
  if (!outfile_open(&out, path, 0666))
    return false;
  bool is_written = true;
  if (is_png(path))
    is_written = drawing_write_png(drawing, out.file);
  else
    drawing_write_svg(drawing, out.file);
  if (!is_written) {
    outfile_cancel(&out);
    return false;
  }
  if (!outfile_commit(&out))
    return false;
  if (out.path)
    error("the picture is in '%s'", path);
  return true;
}

/* ---- The terminal ---- */

static unsigned from_environment(const char *name, unsigned otherwise) {
  const char *value = getenv(name);
  uint64_t number;
  return value && count_parse(value, &number) && number && number < 1000
             ? (unsigned)number
             : otherwise;
}

/* A line is left for the shell's prompt. */
static struct terminal find_terminal(void) {
  struct winsize size = {0};
  const char *no_colour = getenv("NO_COLOR"), *kind = getenv("TERM");
  bool is_terminal = isatty(STDOUT_FILENO);
  if (!is_terminal || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
      !size.ws_col || !size.ws_row)
    size = (struct winsize){.ws_col = 80, .ws_row = 24};
  setlocale(LC_CTYPE, "");
  return (struct terminal){
      .columns = from_environment("COLUMNS", size.ws_col),
      .rows = from_environment("LINES", size.ws_row) - 1,
      .is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
      .has_colour = is_terminal && !(no_colour && *no_colour) &&
                    !(kind && strcmp(kind, "dumb") == 0)};
}

/* ---- Over time ---- */

static enum status nothing(const struct plot *plot, char **paths,
                           size_t count) {
  if (plot->is_sampled)
    error("the program ended before its first sample: 'memprof run --timeline "
          "-- PROGRAM' keeps its calls, --interval samples sooner");
  else if (count == 1)
    error("'%s' holds nothing over time: 'memprof run -- PROGRAM' samples it, "
          "timeline=yes in PROFILE_MEMORY_OPTIONS keeps calls",
          paths[0]);
  else
    error("these %zu files hold nothing over time: 'memprof run -- PROGRAM' "
          "samples it, timeline=yes in PROFILE_MEMORY_OPTIONS keeps calls",
          count);
  return STATUS_NOTHING;
}

/* There was something, but none of what was asked for. */
static enum status nothing_left(const struct request *request) {
  const struct plot_request *plot = &request->plot;
  error("there is nothing over time%s", plot->has_from || plot->has_to
                                            ? " in this window"
                                        : plot->function ? " of these functions"
                                                         : " of this metric");
  return STATUS_NOTHING;
}

static bool draw_plot(const struct request *request, const struct plot *plot,
                      const char *output) {
  const char *title = request->title ? plot_name(plot->scratch, request->title)
                                     : plot_title(plot);
  if (!title)
    return error("out of memory for the plot");
  if (request->plot.function && plot->function_count == 0)
    error("no call of '%s' is among those over time: timeline=yes in "
          "PROFILE_MEMORY_OPTIONS keeps calls",
          request->plot.function);
  if (plot->lost_calls)
    error("%" PRIu64 " earlier call%s not in the profile, which keeps the "
          "latest",
          plot->lost_calls, plot->lost_calls == 1 ? " is" : "s are");
  if (request->on_terminal) {
    struct terminal terminal = find_terminal();
    return render_plot_terminal(plot, &terminal, title, stdout);
  }
  struct drawing drawing = {.width = request->width,
                            .height = request->height,
                            .title = title,
                            .scratch = plot->scratch};
  render_plot(plot, &drawing);
  return write_picture(&drawing, output);
}

static enum status over_time(const struct request *request, char **paths,
                             size_t count, const char *output,
                             struct scratch *scratch) {
  struct plot plot;
  if (!plot_read(&plot, &request->plot, paths, count, scratch))
    return STATUS_USAGE;
  if (plot_is_empty(&plot))
    return plot.is_known ? nothing_left(request) : nothing(&plot, paths, count);
  return draw_plot(request, &plot, output) ? STATUS_FINE : STATUS_USAGE;
}

/* ---- Contexts ---- */

static enum status draw_flame(const struct request *request,
                              const struct subject *subject,
                              const char *output) {
  const char *title = request->title;
  if (!title)
    title = profile_meta(subject->profile, MEMPROF_META_command);
  struct drawing drawing = {
      .width = request->width,
      .title = plot_name(subject->scratch, title ? title : subject->name),
      .scratch = subject->scratch};
  if (!drawing.title || !render_flame(subject, request->measure,
                                      request->plot.function, &drawing))
    return STATUS_USAGE;
  if (drawing.count == 0 && !drawing.has_failed) {
    error("'%s' has no allocation to draw%s", subject->name,
          request->plot.function ? " in these functions" : "");
    return STATUS_NOTHING;
  }
  return write_picture(&drawing, output) ? STATUS_FINE : STATUS_USAGE;
}

static enum status flame(const struct request *request, char **paths,
                         size_t count, const char *output) {
  static struct subject subject;
  if (!subject_open(&subject, paths, count, SUBJECT_CONTEXTS))
    return STATUS_USAGE;
  enum status status = draw_flame(request, &subject, output);
  subject_close(&subject);
  return status;
}

/* ---- All of it ---- */

static enum status plot_files(const struct request *request, char **paths,
                              size_t count) {
  struct scratch scratch = {0};
  enum status status = STATUS_USAGE;
  const char *output = request->output;
  if (!output)
    output = default_output(&scratch, paths[0]);
  if (!output)
    error("out of memory for the plot");
  else if (!request->output || check_output(output))
    status = request->is_flame
                 ? flame(request, paths, count, output)
                 : over_time(request, paths, count, output, &scratch);
  scratch_release(&scratch);
  return status;
}

static enum status run(int argc, char **argv) {
  struct request request = {.width = 960, .height = 540};
  struct options walk;
  const struct option_row *row;
  options_start(&walk, &command_plot, argc, argv);
  while ((row = options_next(&walk)))
    if (!read_option(&request, &walk, row->key))
      options_stop(&walk);
  if (walk.is_over)
    return walk.status;
  if (!is_consistent(&request))
    return usage_error("plot");
  char **paths;
  size_t count = input_take(argv + optind, (size_t)(argc - optind), &paths);
  enum status status =
      count ? plot_files(&request, paths, count) : STATUS_USAGE;
  input_free_paths(paths, count);
  return status;
}

const struct command command_plot = {
    .name = "plot",
    .operands = "[FILE...]",
    .summary = "memory over time, as a picture or on the terminal",
    .details =
        "Draws what 'memprof run' sampled, and the calls that timeline=yes "
        "kept "
        "as\nbrackets with their peak; without samples, the live bytes that "
        "the "
        "calls\ntell. Processes of one run stand where they were in time, "
        "different runs begin\ntogether. Without a file: the newest run in the "
        "current directory. Exit\nstatus 2: a file cannot be read or written; "
        "3: there is nothing to draw.\n",
    .options = options,
    .run = run,
};
