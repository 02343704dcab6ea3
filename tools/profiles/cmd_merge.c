/* cmd_merge.c - `memprof merge`: many profile files to one. */
#include "gather.h"
#include "input.h"
#include "listing.h"
#include "options.h"
#include "outfile.h"
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* What stands there and is no profile is not ours to replace. */
static bool may_replace(const char *path) {
  struct stat status;
  return lstat(path, &status) != 0 || is_profile(path) ||
         (S_ISREG(status.st_mode) && status.st_size == 0);
}

static bool write_profile(const char *path, const struct combined *combined) {
  struct outfile out;
  if (!may_replace(path))
    return error("'%s' exists and is no profile: it stays as it is", path);
  if (!outfile_open(&out, path, 0600)) /* as the runtime makes them */
    return false;
  fwrite(combined->image, 1, combined_size(combined), out.file);
  return outfile_commit(&out);
}

/* ---- The command ---- */

enum { OUTPUT = 1 };

static const struct option_row options[] = {
    {"output", 'o', "FILE", "the new profile; an older profile is replaced",
     OUTPUT},
    {0},
};

static enum status run(int argc, char **argv) {
  const char *output = NULL;
  struct options walk;
  options_start(&walk, &command_merge, argc, argv);
  while (options_next(&walk))
    output = walk.value;
  if (walk.is_over)
    return walk.status;
  if (!output || !*output || optind == argc) {
    error("merge: %s",
          optind == argc ? "no file is named" : "no output is named: -o FILE");
    return usage_error("merge");
  }
  struct combined combined = {0};
  bool is_done = gather(&combined, argv + optind, (size_t)(argc - optind)) &&
                 write_profile(output, &combined);
  combined_release(&combined);
  return is_done ? STATUS_FINE : STATUS_USAGE;
}

const struct command command_merge = {
    .name = "merge",
    .operands = "-o OUT FILE...",
    .summary = "many profiles added up to one",
    .details = "Adds up profiles of processes, shards, repeated runs or "
               "machines: sums\n"
               "add, maxima take the maximum, what is latest comes from the "
               "process that\n"
               "started last. The parts stay named in the metadata. OUT "
               "appears when it\n"
               "is whole. Exit status 2: a file cannot be read, or OUT not be "
               "written.\n",
    .options = options,
    .run = run,
};
