/* cmd_watch.c - `memprof watch`: a table of a process that runs, refreshed in
 * place. The counters are the profile that the process has mapped; reading that
 * file costs it nothing. */
#define _GNU_SOURCE
#include "input.h"
#include "options.h"
#include "watch.h"
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INTERVAL = 1, ONCE, SORT };

#define SORT_WORD(COLUMN, HEADING, TYPE) "|" #COLUMN
static const struct option_row options[] = {
    {"interval", 'i', "SECONDS", "between two looks; 1 if none is named",
     INTERVAL},
    {"once", '1', NULL, "print one table and end, as without a terminal", ONCE},
    {"sort", 0, &(WATCH_COLUMNS(SORT_WORD))[1],
     "largest first; kept if none is named", SORT},
    {0},
};
#undef SORT_WORD

/* ---- Which file ---- */

/* The path of one line of /proc/PID/maps, with its profile's header; NULL when
 * it is no profile of this process. */
static char *profile_of_line(char *line, uint32_t pid) {
  struct memprof_header header;
  char *path = strchr(line, '/');
  if (!path)
    return NULL;
  path[strcspn(path, "\n")] = '\0';
  return input_peek(path, &header) && header.pid == pid ? path : NULL;
}

/* The profile that a process has mapped. NULL after error(); free it. */
static char *find_profile(const char *pid) {
  char maps_path[64];
  char *line = NULL, *found = NULL;
  size_t room = 0;
  snprintf(maps_path, sizeof maps_path, "/proc/%.20s/maps", pid);
  FILE *maps = fopen(maps_path, "re");
  if (!maps) {
    error("cannot look into process %s: %s", pid,
          errno == ENOENT ? "there is none" : strerror(errno));
    return NULL;
  }
  while (!found && getline(&line, &room, maps) >= 0) {
    char *path = profile_of_line(line, (uint32_t)strtoul(pid, NULL, 10));
    found = path ? strdup(path) : NULL;
  }
  free(line);
  fclose(maps);
  if (!found)
    error("process %s has no profile: start it with PROFILE_MEMORY=1 and "
          "PROFILE_MEMORY_OPTIONS=output=FILE",
          pid);
  return found;
}

static bool is_pid(const char *text) {
  return *text && text[strspn(text, "0123456789")] == '\0' && strlen(text) < 10;
}

/* ---- The command ---- */

struct request {
  double interval;
  bool is_once;
  enum watch_column sort;
};

static bool set_interval(struct request *request, const char *text) {
  char *end;
  request->interval = strtod(text, &end);
  return (end != text && !*end && request->interval >= 0.1 &&
          request->interval <= 3600) ||
         error("watch: --interval '%s': seconds, 0.1 to 3600, are needed",
               text);
}

static bool set_option(struct request *request, const struct options *walk,
                       int key) {
  switch (key) {
  case INTERVAL:
    return set_interval(request, walk->value);
  case SORT:
    request->sort = (enum watch_column)walk->word;
    return true;
  default:
    return (request->is_once = true);
  }
}

static enum status print_once(const struct request *request, const char *path) {
  struct watched watched;
  if (!watched_read(&watched, path, request->sort))
    return STATUS_USAGE;
  watched_print(&watched, stdout);
  bool is_measured = watched.count > 0;
  watched_release(&watched);
  return is_measured ? STATUS_FINE : STATUS_NOTHING;
}

static enum status watch(const struct request *request, const char *path) {
  if (request->is_once || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
    return print_once(request, path);
  return watch_screen(path, request->sort, request->interval) ? STATUS_FINE
                                                              : STATUS_USAGE;
}

static enum status run(int argc, char **argv) {
  struct options walk;
  const struct option_row *row;
  struct request request = {.interval = 1, .sort = WATCH_kept};
  options_start(&walk, &command_watch, argc, argv);
  while ((row = options_next(&walk)))
    if (!set_option(&request, &walk, row->key))
      options_stop(&walk);
  if (!walk.is_over && argc - optind != 1) {
    error("watch: one process or profile is needed: PID or FILE");
    options_stop(&walk);
  }
  if (walk.is_over)
    return walk.status;
  const char *name = argv[optind];
  if (!is_pid(name))
    return watch(&request, name);
  char *path = find_profile(name);
  enum status status = path ? watch(&request, path) : STATUS_USAGE;
  free(path);
  return status;
}

const struct command command_watch = {
    .name = "watch",
    .operands = "PID|FILE",
    .summary = "a table of a process that runs, refreshed in place",
    .details =
        "Shows the functions of a process whose profile is in a file (option\n"
        "'output'), by its process id or by that file; a name of digits is an "
        "id:\n"
        "write ./7 for a file. The process does not notice. Keys: q quits, s "
        "and\n"
        "the arrows left and right choose the column to sort by, up and down "
        "move\n"
        "through the table. Ends when the process does. Without a terminal, "
        "prints\n"
        "one table. Exit status 2: the file cannot be read; 3, with --once:\n"
        "nothing was measured so far.\n",
    .options = options,
    .run = run,
};
