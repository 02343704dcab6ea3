/* cmd_rm.c - `memprof rm`: removes profiles by name or index. */
#include "listing.h"
#include "options.h"
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>

struct request {
  bool is_dry_run;
  char **operands; /* they are moved to the front of it */
  size_t count;
};

/* getopt would take -1 for an option: indices are put aside before. */
static int take_indices(struct request *request, int argc, char **argv) {
  int kept = 1;
  bool is_behind = false; /* "--": the rest is no option */
  for (int i = 1; i < argc; i++) {
    is_behind = is_behind || strcmp(argv[i], "--") == 0;
    if (!is_behind && argv[i][0] == '-' && is_index(argv[i]))
      request->operands[request->count++] = argv[i];
    else
      argv[kept++] = argv[i];
  }
  argv[kept] = NULL;
  return kept;
}

/* The file that an operand names; NULL after error(). */
static const char *file_of(const struct listing *listing, const char *operand) {
  if (is_index(operand)) {
    const struct listed *item = listing_at(listing, operand);
    if (!item)
      error("rm: no profile has the index %s: 'memprof list' shows them",
            operand);
    return item ? item->path : NULL;
  }
  if (access(operand, F_OK) != 0) {
    error("rm: cannot remove '%s': %s", operand, strerror(errno));
    return NULL;
  }
  if (!is_profile(operand)) {
    error("rm: '%s' is no profile: it stays", operand);
    return NULL;
  }
  return operand;
}

/* All are looked at before one is gone: indices mean what they did. */
static bool resolve(struct request *request, const struct listing *listing) {
  bool is_fine = true;
  for (size_t i = 0; i < request->count; i++) {
    const char *path = file_of(listing, request->operands[i]);
    is_fine = is_fine && path;
    request->operands[i] = (char *)path;
  }
  return is_fine;
}

static bool is_named_before(const struct request *request, size_t at) {
  for (size_t i = 0; i < at; i++)
    if (strcmp(request->operands[i], request->operands[at]) == 0)
      return true;
  return false;
}

static bool remove_all(const struct request *request) {
  bool is_done = true;
  for (size_t i = 0; i < request->count; i++) {
    const char *path = request->operands[i];
    if (is_named_before(request, i))
      continue;
    if (request->is_dry_run) {
      print_name(stdout, path);
      putchar('\n');
    } else if (unlink(path) != 0) {
      is_done = error("rm: cannot remove '%s': %s", path, strerror(errno));
    }
  }
  return is_done;
}

enum { DRY_RUN = 1 };

static const struct option_row options[] = {
    {"dry-run", 'n', NULL, "print what would be removed", DRY_RUN},
    {0},
};

static bool read_request(struct request *request, int argc, char **argv,
                         enum status *status) {
  struct options walk;
  int kept = take_indices(request, argc, argv);
  options_start(&walk, &command_rm, kept, argv);
  while (options_next(&walk))
    request->is_dry_run = true;
  *status = walk.status;
  if (walk.is_over)
    return false;
  for (int i = optind; i < kept; i++)
    request->operands[request->count++] = argv[i];
  if (request->count)
    return true;
  error("rm: no profile is named: a file, or an index of 'memprof list'");
  *status = usage_error("rm");
  return false;
}

static enum status run(int argc, char **argv) {
  enum status status;
  char *operands[argc + 1];
  struct request request = {.operands = operands};
  struct listing listing;
  if (!read_request(&request, argc, argv, &status))
    return status;
  if (!listing_open(&listing, "."))
    return STATUS_USAGE;
  bool is_done = resolve(&request, &listing) && remove_all(&request);
  listing_close(&listing);
  return is_done ? STATUS_FINE : STATUS_USAGE;
}

const struct command command_rm = {
    .name = "rm",
    .operands = "FILE|INDEX...",
    .summary = "removes profiles",
    .details = "Removes the profiles named, or those with these indices of "
               "'memprof list': 0\n"
               "is the oldest, -1 the newest. A name of digits is an index: "
               "write ./7 for a\n"
               "file. What is no profile stays. If one cannot be found, none "
               "is removed, and\n"
               "the exit status is 2.\n",
    .options = options,
    .run = run,
};
