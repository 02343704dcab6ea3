/* lines.c - the records of lines: made at a line's first event in a context. */
#include "common/glob.h"
#include "core.h"
#include "functions.h"
#include <string.h>

/* Whether the option `ignore` names a function on the path to the context. */
static bool is_ignored(const struct memprof_node *node) {
  if (strcmp(mprt_config.ignore, "none") == 0)
    return false;
  for (; node->function; node = mprt_at(node->parent)) {
    const struct memprof_abi_record *record =
        memprof_function_record(mprt_registry_function(node->function));
    if (glob_list_match(mprt_config.ignore,
                        mprt_record_text(record, record->name),
                        mprt_record_text(record, record->signature)))
      return true;
  }
  return false;
}

static void fill_line(void *record, const void *context) {
  struct memprof_line *line = record;
  const struct memprof_frame *at = context;
  const struct memprof_node *node = mprt_at(at->node);
  line->node = at->node;
  line->line = at->seen_line;
  line->thread = is_ignored(node) ? 0 : node->thread;
  line->function = node->function;
}

static struct memprof_line *line_new(struct memprof_node *node, uint32_t line) {
  struct memprof_frame at = {.node = mprt_ref(node), .seen_line = line};
  struct memprof_line *made = NULL;
  if (mprt_most_take(MEMPROF_MOST_lines))
    made = mprt_arena_alloc(MEMPROF_KIND_LINE, sizeof *made, fill_line, &at);
  if (made)
    memprof_node_lines(node)[line] = mprt_ref(made);
  return made;
}

struct memprof_line *mprt_line_of_root(struct memprof_node *root) {
  memprof_ref line = memprof_node_lines(root)[0];
  return line ? mprt_at(line) : line_new(root, 0);
}

/* Without room for a line, the root's line takes the event: what is counted
 * there stays balanced. */
MPRT_COLD struct memprof_line *mprt_line_first(struct memprof_node *node,
                                               uint32_t line) {
  mprt_order_add(node->function, MPRT_RESTLESS);
  struct memprof_line *made = line_new(node, line);
  if (made)
    return made;
  mprt_drop(&mprt_header()->dropped_lines);
  const struct memprof_thread *thread = mprt_at(node->thread);
  return mprt_line_of_root(mprt_at(thread->root));
}

/* ---- What lines map ---- */

static void fill_mapping(void *record, const void *context) {
  struct memprof_mapping *mapping = record;
  const struct memprof_frame *at = context;
  mapping->node = at->node;
  mapping->line = at->seen_line;
  mapping->next = ((const struct memprof_node *)mprt_at(at->node))->mappings;
}

struct memprof_mapping *mprt_mapping_at(struct memprof_node *node,
                                        uint32_t line) {
  struct memprof_mapping *mapping;
  for (memprof_ref ref = node->mappings; ref; ref = mapping->next) {
    mapping = mprt_at(ref);
    if (mapping->line == line)
      return mapping;
  }
  struct memprof_frame at = {.node = mprt_ref(node), .seen_line = line};
  mapping = mprt_arena_alloc(MEMPROF_KIND_MAPPING, sizeof *mapping,
                             fill_mapping, &at);
  if (mapping)
    node->mappings = mprt_ref(mapping);
  else
    mprt_drop(&mprt_header()->dropped_lines);
  return mapping;
}
