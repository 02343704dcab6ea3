/* path.c - paths that can be compared: `.` and `..` taken out of the text. The
 * files themselves may be gone, so links are not followed. */
#include "path.h"
#include <stdbool.h>
#include <string.h>

/* Appends the parts of `path` to `out`, which ends at `end`; returns the new
 * end. */
static size_t path_append(char *out, size_t end, const char *path) {
  while (*path) {
    size_t length = strcspn(path, "/");
    bool is_up = length == 2 && path[0] == '.' && path[1] == '.';
    size_t last = end;
    while (last > 0 && out[last - 1] != '/')
      last--;
    /* out holds "/part/part"; `last` is where its last part begins */
    bool can_go_up = end > 0 && strcmp(out + last, "..") != 0;
    if (is_up && can_go_up) {
      end = last - 1;
      out[end] = 0;
    } else if (length > 0 && !(length == 1 && path[0] == '.')) {
      out[end++] = '/';
      memcpy(out + end, path, length);
      end += length;
      out[end] = 0;
    }
    path += length;
    path += *path == '/';
  }
  return end;
}

const char *path_make(const char *directory, const char *name,
                      struct scratch *scratch) {
  size_t size = strlen(directory) + strlen(name) + 3;
  char *out = scratch_alloc(scratch, size, 1);
  if (out)
    path_append(out, path_append(out, 0, directory), name);
  return out;
}
