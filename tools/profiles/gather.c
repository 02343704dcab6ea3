/* gather.c - reads many profiles one after the other, so that no more than one
 * is in memory beside their sum. */
#define _GNU_SOURCE
#include "gather.h"
#include "input.h"
#include "progress.h"
#include "render_views.h"
#include "tool.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The order ---- */

struct candidate {
  char *path;
  uint64_t started_ns;
  uint32_t pid;
};

static int compare_candidates(const void *a, const void *b) {
  const struct candidate *left = a, *right = b;
  if (left->started_ns != right->started_ns)
    return left->started_ns < right->started_ns ? -1 : 1;
  if (left->pid != right->pid)
    return left->pid < right->pid ? -1 : 1;
  return strcmp(left->path, right->path);
}

/* So that the sum does not depend on the order of the names. */
static struct candidate *order(char **paths, size_t count) {
  struct candidate *list = calloc(count, sizeof *list);
  for (size_t i = 0; list && i < count; i++) {
    struct memprof_header header;
    list[i].path = paths[i];
    if (!input_peek(paths[i], &header))
      continue; /* the reader will say why */
    list[i].started_ns = header.started_ns;
    list[i].pid = header.pid;
  }
  if (list)
    qsort(list, count, sizeof *list, compare_candidates);
  return list;
}

/* ---- Adding ---- */

static bool add_input(struct combined *combined, const struct input *input) {
  const struct memprof_header *header = input->profile.header;
  char started[32], ended[32], source[4096 + 128];
  time_text(started, sizeof started, header->started_ns);
  time_text(ended, sizeof ended, header->ended_ns);
  snprintf(source, sizeof source, "%s: pid %" PRIu32 ", started %s, ended %s",
           input->path, header->pid, started, ended);
  return combined_add(combined, &input->profile, source) ||
         error("cannot add '%s': out of memory", input->path);
}

bool gather(struct combined *combined, char **paths, size_t count) {
  struct progress progress;
  progress_start(&progress, count, "files");
  struct candidate *list = order(paths, count);
  if (!list)
    return error("out of memory");
  bool is_whole = true;
  for (size_t i = 0; i < count; i++) {
    struct input input;
    progress_clear(&progress);
    if (!input_open(&input, list[i].path)) {
      is_whole = false;
      continue; /* name the other bad ones too */
    }
    input_say_state(&input);
    bool is_added = !is_whole || add_input(combined, &input);
    input_close(&input);
    if (!is_added) {
      is_whole = false;
      break;
    }
    progress_show(&progress, i + 1);
  }
  progress_clear(&progress);
  free(list);
  return is_whole;
}
