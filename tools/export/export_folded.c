/* export_folded.c - one line per stack: "outermost;...;innermost VALUE", each
 * frame "function (file:line)".
 *
 * https://github.com/brendangregg/FlameGraph#2-fold-stacks */
#include "export.h"
#include <inttypes.h>
#include <string.h>

/* A frame ends with a semicolon, whatever stands before it. */
static void print_text(const char *text, FILE *out) {
  for (const char *end; (end = strchr(text, ';')); text = end + 1)
    fprintf(out, "%.*s,", (int)(end - text), text);
  fputs(text, out);
}

static void print_frame(const struct export *export, struct place place,
                        FILE *out) {
  const char *path = place_path(export, place);
  print_text(place_name(export, place), out);
  if (!path)
    return;
  fputs(" (", out);
  print_text(path, out);
  fprintf(out, ":%u)", place_line(export, place));
}

bool export_folded(const struct export *export, FILE *out) {
  struct stacks stacks;
  if (!stacks_start(&stacks, export))
    return false;
  while (stacks_next(&stacks)) {
    uint64_t value = stacks_value(&stacks, export->metric);
    if (!value)
      continue;
    for (size_t i = stacks.depth; i-- > 0;) {
      print_frame(export, stacks.places[i], out);
      putc(i ? ';' : ' ', out);
    }
    fprintf(out, "%" PRIu64 "\n", value);
  }
  return true;
}
