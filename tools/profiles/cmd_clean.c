/* cmd_clean.c - `memprof clean`: removes what MemProf left in the current
 * directory, and nothing else. */
#include "listing.h"
#include "options.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- Which files are ours ---- */

/* A process may be about to give it its name. */
static bool is_of_the_last_minute(const struct stat *status) {
  return time(NULL) - status->st_mtime < 60;
}

/* ".memprof-" and 16 digits: the runtime's, before a profile has its name. */
static bool is_runtime_temporary(const char *name) {
  static const char start[] = ".memprof-";
  const char *digits = name + sizeof start - 1;
  return strncmp(name, start, sizeof start - 1) == 0 && strlen(digits) == 16 &&
         strspn(digits, "0123456789abcdef") == 16;
}

/* The number between two dots that ends before `end`; its dot in *end. */
static bool number_before(const char *name, const char **end, long *number) {
  const char *at = *end;
  while (at > name && isdigit((unsigned char)at[-1]))
    at--;
  if (at == *end || at == name || at[-1] != '.')
    return false;
  *number = strtol(at, NULL, 10);
  *end = at - 1;
  return true;
}

/* "NAME.PID.N.tmp": the tool's, of a process that is no more. */
static bool is_tool_temporary(const char *name) {
  size_t length = strlen(name);
  const char *end = name + length - 4;
  long number, pid;
  return length > 4 && strcmp(end, ".tmp") == 0 &&
         number_before(name, &end, &number) &&
         number_before(name, &end, &pid) && end > name && pid > 0 &&
         pid <= INT32_MAX && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static bool is_leftover(const char *name) {
  struct stat status;
  if (!is_runtime_temporary(name) && !is_tool_temporary(name))
    return false;
  return lstat(name, &status) == 0 && S_ISREG(status.st_mode) &&
         !is_of_the_last_minute(&status) &&
         (is_profile(name) ||
          (status.st_size == 0 && is_runtime_temporary(name)));
}

static bool is_done_profile(const char *name) {
  size_t length = strlen(name);
  struct listed item = {.path = (char *)name};
  struct stat status;
  if (*name == '.' || length < 6 || strcmp(name + length - 6, ".mprof") != 0 ||
      !is_profile(name) || lstat(name, &status) != 0)
    return false;
  item.inode = status.st_ino;
  if (!input_peek(name, &item.header) || listed_state(&item) != INPUT_RUNNING)
    return true;
  error("clean: '%s' stays: process %" PRIu32 " is still running", name,
        item.header.pid);
  return false;
}

/* ---- The command ---- */

static bool clean_one(const char *name, bool is_dry_run) {
  if (!is_leftover(name) && !is_done_profile(name))
    return true;
  if (is_dry_run) {
    print_name(stdout, name);
    putchar('\n');
    return true;
  }
  return unlink(name) == 0 ||
         error("clean: cannot remove '%s': %s", name, strerror(errno));
}

static int any(const struct dirent *entry) {
  (void)entry;
  return 1;
}

static enum status clean(bool is_dry_run) {
  struct dirent **entries;
  enum status status = STATUS_FINE;
  int count = scandir(".", &entries, any, alphasort);
  if (count < 0) {
    error("clean: cannot read this directory: %s", strerror(errno));
    return STATUS_USAGE;
  }
  for (int i = 0; i < count; i++) {
    if (!clean_one(entries[i]->d_name, is_dry_run))
      status = STATUS_USAGE;
    free(entries[i]);
  }
  free(entries);
  return status;
}

enum { DRY_RUN = 1 };

static const struct option_row options[] = {
    {"dry-run", 'n', NULL, "print what would be removed", DRY_RUN},
    {0},
};

static enum status run(int argc, char **argv) {
  bool is_dry_run = false;
  struct options walk;
  options_start(&walk, &command_clean, argc, argv);
  while (options_next(&walk))
    is_dry_run = true;
  if (walk.is_over)
    return walk.status;
  if (optind < argc) {
    error("clean: unexpected '%s': 'memprof rm' takes names", argv[optind]);
    return usage_error("clean");
  }
  return clean(is_dry_run);
}

const struct command command_clean = {
    .name = "clean",
    .operands = "",
    .summary = "removes all profiles of this directory",
    .details =
        "Removes each profile (*.mprof) of the current directory, and what "
        "processes\n"
        "that were killed left half-made there: .memprof-* and *.tmp, once "
        "they are a\n"
        "minute old. A file counts by what it holds: what is no profile stays, "
        "and so\n"
        "does that of a process which still runs.\n",
    .options = options,
    .run = run,
};
