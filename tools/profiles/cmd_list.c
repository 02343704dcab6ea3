/* cmd_list.c - `memprof list`: the profiles of the current directory. */
#include "listing.h"
#include "options.h"
#include "render_views.h"
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- Columns ---- */

static void state_text(char *out, size_t capacity, const struct listed *item) {
  static const char *const words[] = {[INPUT_RUNNING] = "running",
                                      [INPUT_KILLED] = "killed",
                                      [INPUT_UNKNOWN] = "other host"};
  const struct memprof_header *header = &item->header;
  enum input_state state = listed_state(item);
  if (header->merged)
    snprintf(out, capacity, "%" PRIu32 " merged", header->merged);
  else if (state != INPUT_ENDED)
    snprintf(out, capacity, "%s", words[state]);
  else if (header->end == MEMPROF_END_EXIT)
    snprintf(out, capacity, "exit %" PRIu32, header->status);
  else if (header->end == MEMPROF_END_SIGNAL)
    snprintf(out, capacity, "signal %" PRIu32, header->status);
  else
    snprintf(out, capacity, "ended");
}

/* Of a process that is at its work: until now. */
static void duration_text(char *out, size_t capacity,
                          const struct listed *item) {
  const struct memprof_header *header = &item->header;
  struct timespec now = {0};
  uint64_t end = header->ended_ns;
  if (!end && listed_state(item) == INPUT_RUNNING) {
    clock_gettime(CLOCK_REALTIME, &now);
    end = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
  }
  if (!end || end < header->started_ns)
    snprintf(out, capacity, "-");
  else
    snprintf(out, capacity, "%.3f s", (double)(end - header->started_ns) / 1e9);
}

static char *program_name(const struct listed *item) {
  char *program = listed_meta(item, MEMPROF_META_program);
  const char *slash = program ? strrchr(program, '/') : NULL;
  char *name = strdup(slash ? slash + 1 : program ? program : "-");
  free(program);
  return name;
}

static void size_text(char *out, size_t capacity, uint64_t bytes) {
  size_format(out, capacity, bytes > INT64_MAX ? INT64_MAX : (int64_t)bytes,
              SIZE_AUTO, 3);
}

static void print_listed(size_t index, const struct listed *item) {
  char started[32], duration[32], peak[32], state[32], size[32];
  char *program = program_name(item);
  time_text(started, sizeof started, item->header.started_ns);
  duration_text(duration, sizeof duration, item);
  size_text(peak, sizeof peak, item->header.peak);
  state_text(state, sizeof state, item);
  size_text(size, sizeof size, item->size);
  printf("%5zu  %-20s  %12s  %12s  %-10s  %12s  ", index, started, duration,
         peak, state, size);
  print_name(stdout, program ? program : "-");
  printf("  ");
  print_name(stdout, item->path);
  putchar('\n');
  free(program);
}

/* ---- The command ---- */

static enum status run(int argc, char **argv) {
  struct options walk;
  options_start(&walk, &command_list, argc, argv);
  options_next(&walk);
  if (walk.is_over)
    return walk.status;
  if (optind < argc) {
    error("list: unexpected '%s'", argv[optind]);
    return usage_error("list");
  }
  struct listing listing;
  if (!listing_open(&listing, "."))
    return STATUS_USAGE;
  enum status status = listing.count ? STATUS_FINE : STATUS_NOTHING;
  if (listing.count)
    printf("%5s  %-20s  %12s  %12s  %-10s  %12s  %s\n", "Index", "Started",
           "Duration", "Peak", "State", "Size", "Program  File");
  else
    error("no profile (*.mprof) in this directory");
  for (size_t i = 0; i < listing.count; i++)
    print_listed(i, &listing.items[i]);
  listing_close(&listing);
  return status;
}

const struct command command_list = {
    .name = "list",
    .operands = "",
    .summary = "the profiles of this directory",
    .details = "Prints each profile (*.mprof) of the current directory, the "
               "oldest first:\n"
               "its index, by which 'rm' takes it, when and how long its "
               "process ran, the\n"
               "exact peak of its live blocks, how it ended, and the file's "
               "size. Exit\n"
               "status 3: there is none.\n",
    .run = run,
};
