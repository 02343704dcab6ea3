/* combine.c - adds profiles up, record by record. */
#include "combine_image.h"
#include "report/sort.h"
#include "report/unfinished.h"
#include <stdlib.h>
#include <string.h>

/* One profile on its way in. */
struct part {
  struct combined *to;
  const struct profile *profile;
  uint32_t *function_of; /* index -> id in the combined image */
  memprof_ref *node_of;  /* index -> NODE there */
  uint64_t *stamps;      /* ascending, each once */
  size_t stamp_count;
  bool has_peak; /* its peak is the largest so far */
};

/* ---- Texts, functions, units ---- */

/* Returns false when memory runs out; *ref stays 0 without a text. */
static bool add_string(struct combined *to, const char *text,
                       memprof_ref *ref) {
  *ref = 0;
  if (!text)
    return true;
  memprof_ref fresh =
      record_new(to, MEMPROF_KIND_STRING,
                 sizeof(struct memprof_string) + strlen(text) + 1);
  if (!fresh)
    return false;
  strcpy(((struct memprof_string *)at(to, fresh))->text, text);
  *ref = record_intern(to, fresh);
  return *ref != 0;
}

static bool add_function(struct part *part, size_t index) {
  struct combined *to = part->to;
  const struct memprof_function *from = part->profile->functions[index];
  const struct memprof_abi_record *record = memprof_function_record(from);
  memprof_ref module;
  if (!add_string(to, profile_module(part->profile, from), &module))
    return false;
  memprof_ref fresh =
      record_new(to, MEMPROF_KIND_FUNCTION, sizeof *from + record->size);
  if (!fresh)
    return false;
  struct memprof_function *function = at(to, fresh);
  memcpy(function + 1, record, record->size);
  ((struct memprof_abi_record *)(function + 1))->live = 0;
  memprof_ref ref = record_intern(to, fresh);
  if (!ref)
    return false;
  function = at(to, ref);
  if (ref == fresh) {
    function->id = ++to->functions;
    function->module = module;
  }
  function->selected |= from->selected != 0;
  part->function_of[index] = function->id;
  return true;
}

static bool add_unit(struct part *part, const struct memprof_unit *from) {
  struct combined *to = part->to;
  const struct memprof_abi_unit *about = memprof_unit_description(from);
  memprof_ref module;
  if (!add_string(to, profile_unit_module(part->profile, from), &module))
    return false;
  memprof_ref fresh =
      record_new(to, MEMPROF_KIND_UNIT, sizeof *from + about->size);
  if (!fresh)
    return false;
  struct memprof_unit *unit = at(to, fresh);
  unit->module = module;
  memcpy(unit + 1, about, about->size);
  return record_intern(to, fresh) != 0;
}

/* ---- Stamps: the events of one profile in their order, after all that came
 * before ---- */

static int compare_stamps(const void *a, const void *b) {
  uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
  return (left > right) - (left < right);
}

static bool rank_stamps(struct part *part, struct scratch *scratch) {
  const struct profile *profile = part->profile;
  size_t count = 0;
  part->stamps =
      scratch_alloc(scratch, profile->line_count + 2 * profile->node_count,
                    sizeof *part->stamps);
  if (!part->stamps)
    return false;
  for (size_t i = 0; i < profile->line_count; i++)
    part->stamps[count++] = profile->lines[i]->stamp;
  for (size_t i = 0; i < profile->node_count; i++) {
    part->stamps[count++] = profile->nodes[i]->entry_stamp;
    part->stamps[count++] = profile->nodes[i]->first_stamp;
  }
  heap_sort(part->stamps, count, sizeof *part->stamps, compare_stamps);
  for (size_t i = 0; i < count; i++)
    if (i == 0 || part->stamps[i] != part->stamps[i - 1])
      part->stamps[part->stamp_count++] = part->stamps[i];
  return true;
}

/* From 1 on; the part's latest is to->stamp + stamp_count. */
static uint64_t stamp_of(const struct part *part, uint64_t stamp) {
  size_t low = 0, high = part->stamp_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (part->stamps[middle] <= stamp)
      low = middle + 1;
    else
      high = middle;
  }
  return part->to->stamp + low;
}

/* ---- Contexts ---- */

/* Calls of a combined context that per_call holds. */
static uint64_t finished_calls(const struct memprof_node *node) {
  return node->calls > node->in_flight ? node->calls - node->in_flight : 0;
}

/* The calls of `from`, finished or not; unfinished ones become so later. */
static void add_calls(struct part *part, struct memprof_node *node,
                      const struct memprof_node *from) {
  uint64_t finished = finished_calls(node);
  uint64_t first = stamp_of(part, from->first_stamp);
  uint64_t entry = stamp_of(part, from->entry_stamp);
  bool is_earliest = first < node->first_stamp;
  if (finished_calls(from)) {
    for (unsigned m = 0; m < MEMPROF_CALL_METRIC_COUNT; m++)
      memprof_stat_add(&node->per_call[m], &from->per_call[m], !finished,
                       is_earliest);
    if (!finished || is_earliest)
      node->first_stamp = first;
  }
  if (from->calls && (!node->calls || node->entry_stamp <= entry)) {
    node->entry_stamp = entry;
    node->entry_live = from->entry_live;
  }
  node->calls += from->calls;
  node->in_flight += from->in_flight;
}

static memprof_ref find_node(struct part *part, const struct memprof_node *from,
                             memprof_ref parent) {
  struct combined *to = part->to;
  memprof_ref fresh = record_new(to, MEMPROF_KIND_NODE,
                                 (size_t)memprof_node_bytes(from->line_count));
  if (!fresh)
    return 0;
  struct memprof_node *node = at(to, fresh);
  node->thread = to->thread;
  node->parent = parent;
  node->parent_line = from->parent_line;
  node->function = part->function_of[from->function - 1];
  node->line_count = from->line_count;
  memprof_ref ref = record_intern(to, fresh);
  if (ref == fresh) {
    struct memprof_node *above = at(to, parent);
    node->sibling = above->child;
    above->child = ref;
  }
  return ref;
}

static bool add_node(struct part *part, size_t index) {
  struct combined *to = part->to;
  const struct memprof_node *from = part->profile->nodes[index];
  if (!from->function) {
    part->node_of[index] =
        ((const struct memprof_thread *)at(to, to->thread))->root;
    return true;
  }
  size_t parent = profile_node(part->profile, from->parent);
  memprof_ref ref = find_node(part, from, part->node_of[parent]);
  if (!ref)
    return false;
  struct memprof_node *node = at(to, ref);
  add_calls(part, node, from);
  for (uint32_t line = 0; line < from->line_count; line++)
    memprof_node_hits(node)[line] += memprof_node_hits(from)[line];
  part->node_of[index] = ref;
  return true;
}

static bool add_sizes(struct part *part, const struct memprof_sizes *from) {
  struct combined *to = part->to;
  memprof_ref owner = part->node_of[profile_node(part->profile, from->node)];
  memprof_ref ref = ((const struct memprof_node *)at(to, owner))->sizes;
  if (!ref) {
    ref = record_new(to, MEMPROF_KIND_SIZES, sizeof *from);
    if (!ref)
      return false;
    ((struct memprof_node *)at(to, owner))->sizes = ref;
    ((struct memprof_sizes *)at(to, ref))->node = owner;
  }
  struct memprof_sizes *sizes = at(to, ref);
  for (unsigned i = 0; i < MEMPROF_SIZE_CLASSES; i++)
    sizes->counts[i] += from->counts[i];
  return true;
}

/* ---- Mappings ---- */

static struct memprof_mapping *find_mapping(struct combined *to,
                                            memprof_ref owner, uint32_t line) {
  struct memprof_mapping *mapping;
  memprof_ref ref = ((const struct memprof_node *)at(to, owner))->mappings;
  for (; ref; ref = mapping->next) {
    mapping = at(to, ref);
    if (mapping->line == line)
      return mapping;
  }
  ref = record_new(to, MEMPROF_KIND_MAPPING, sizeof *mapping);
  if (!ref)
    return NULL;
  struct memprof_node *node = at(to, owner);
  mapping = at(to, ref);
  mapping->node = owner;
  mapping->line = line;
  mapping->next = node->mappings;
  node->mappings = ref;
  return mapping;
}

static bool add_mapping(struct part *part, const struct memprof_mapping *from) {
  memprof_ref owner = part->node_of[profile_node(part->profile, from->node)];
  struct memprof_mapping *mapping = find_mapping(part->to, owner, from->line);
  if (!mapping)
    return false;
#define ADD(FIELD) mapping->FIELD += from->FIELD;
  MEMPROF_MAPPING_COUNTERS(ADD)
#undef ADD
  return true;
}

/* ---- Lines ---- */

static struct memprof_line *find_line(struct part *part, size_t node,
                                      uint32_t index) {
  struct combined *to = part->to;
  memprof_ref owner = part->node_of[node];
  memprof_ref ref = memprof_node_lines(at(to, owner))[index];
  if (ref)
    return at(to, ref);
  ref = record_new(to, MEMPROF_KIND_LINE, sizeof(struct memprof_line));
  if (!ref)
    return NULL;
  memprof_node_lines(at(to, owner))[index] = ref;
  struct memprof_line *line = at(to, ref);
  line->node = owner;
  line->line = index;
  line->thread = to->thread;
  line->function = ((const struct memprof_node *)at(to, owner))->function;
  return line;
}

static void line_event(struct memprof_line *line, uint64_t stamp, uint64_t peak,
                       int64_t mem_usage) {
  if (line->peak < peak)
    line->peak = peak;
  if (line->stamp <= stamp) {
    line->stamp = stamp;
    line->mem_usage = mem_usage;
  }
}

static bool add_line(struct part *part, const struct memprof_line *from) {
  size_t node = profile_node(part->profile, from->node);
  struct memprof_line *line = find_line(part, node, from->line);
  if (!line)
    return false;
  struct memprof_line one = *from;
  if (!from->thread)
    line->thread = 0;
  one.at_peak =
      part->has_peak
          ? memprof_line_at_peak(from, part->profile->header->peak_epoch)
          : 0;
#define ADD_SUM(FIELD) line->FIELD += one.FIELD;
#define ADD_MAX(FIELD)  /* line_event() */
#define ADD_LAST(FIELD) /* line_event() */
#define ADD_FIELD(FIELD, COMBINE) ADD_##COMBINE(FIELD)
  MEMPROF_LINE_COUNTERS(ADD_FIELD)
#undef ADD_FIELD
  if (from->stamp) /* 0: its events were a parent's */
    line_event(line, stamp_of(part, from->stamp), one.peak, one.mem_usage);
  return true;
}

/* Another profile has the largest peak now. */
static void forget_peak(const struct combined *to) {
  const struct memprof_header *header = header_of(to);
  for (uint64_t offset = header->header_size; offset < header->used;) {
    struct memprof_head *head = (void *)(to->image + offset);
    if (head->kind == MEMPROF_KIND_LINE)
      ((struct memprof_line *)(void *)head)->at_peak = 0;
    offset += head->size;
  }
}

/* ---- Limits, series ---- */

static struct memprof_limit *find_limit(struct combined *to,
                                        const struct memprof_limit *like) {
  for (uint32_t i = 0; i < to->limit_count; i++) {
    struct memprof_limit *limit = at(to, to->limits[i]);
    if (limit->function == like->function && limit->metric == like->metric &&
        limit->origin == like->origin && limit->where == like->where &&
        limit->floor == like->floor && limit->ceiling == like->ceiling)
      return limit;
  }
  memprof_ref *longer =
      realloc(to->limits, (to->limit_count + 1) * sizeof *longer);
  if (!longer)
    return NULL;
  to->limits = longer;
  memprof_ref ref = record_new(to, MEMPROF_KIND_LIMIT, sizeof *like);
  if (!ref)
    return NULL;
  to->limits[to->limit_count++] = ref;
  struct memprof_limit *limit = at(to, ref);
  struct memprof_head head = limit->head;
  *limit = *like;
  limit->head = head;
  return limit;
}

static bool add_limit(struct part *part, const struct memprof_limit *from) {
  struct memprof_limit like = {
      .function = from->function ? part->function_of[from->function - 1] : 0,
      .metric = from->metric,
      .origin = from->origin,
      .floor = from->floor,
      .ceiling = from->ceiling,
  };
  if (!add_string(part->to, profile_text(part->profile, from->where),
                  &like.where))
    return false;
  struct memprof_limit *limit = find_limit(part->to, &like);
  if (!limit)
    return false;
  uint64_t before = memprof_limit_excess(limit, limit->worst),
           now = memprof_limit_excess(limit, from->worst);
  if (from->checks && (!limit->checks || now > before ||
                       (now == before && from->worst > limit->worst))) {
    size_t test = profile_node(part->profile, from->test);
    limit->worst = from->worst;
    limit->worst_call = from->worst_call;
    limit->test = test == PROFILE_NONE ? 0 : part->node_of[test];
  }
  limit->checks += from->checks;
  limit->violations += from->violations;
  return true;
}

/* Its clocks are absolute: it stays what it is. */
static bool add_series(struct part *part, const struct memprof_series *from) {
  struct combined *to = part->to;
  memprof_ref command;
  if (!add_string(to, profile_text(part->profile, from->command), &command))
    return false;
  memprof_ref ref = record_new(to, MEMPROF_KIND_SERIES, from->head.size);
  if (!ref)
    return false;
  struct memprof_series *series = at(to, ref);
  struct memprof_head head = series->head;
  memcpy(series, from, from->head.size);
  series->head = head;
  series->command = command;
  return true;
}

/* ---- Unfinished calls ---- */

static void end_call(void *context, size_t index,
                     const uint64_t values[MEMPROF_CALL_METRIC_COUNT]) {
  struct part *part = context;
  struct memprof_node *node = at(part->to, part->node_of[index]);
  bool is_first = !finished_calls(node);
  if (!node->in_flight)
    return; /* a damaged profile: more frames than calls */
  for (unsigned m = 0; m < MEMPROF_CALL_METRIC_COUNT; m++) {
    struct memprof_stat one = {values[m], values[m], values[m], values[m]};
    memprof_stat_add(&node->per_call[m], &one, is_first, false);
  }
  if (is_first)
    node->first_stamp = part->to->stamp + part->stamp_count + 1;
  node->in_flight--;
}

static void end_in_caller(void *context, size_t node, uint32_t index,
                          uint64_t peak, int64_t mem_usage) {
  struct part *part = context;
  struct memprof_line *line = find_line(part, node, index);
  if (line)
    line_event(line, part->to->stamp + part->stamp_count + 1, peak, mem_usage);
}

/* ---- The header, the thread, metadata ---- */

static void add_header(struct part *part) {
  struct memprof_header *to = header_of(part->to);
  const struct memprof_header *from = part->profile->header;
  if (!to->merged || from->started_ns < to->started_ns)
    to->started_ns = from->started_ns;
  if (from->ended_ns > to->ended_ns)
    to->ended_ns = from->ended_ns;
  to->run = !to->merged || to->run == from->run ? from->run : 0;
  to->scope_process |= from->scope_process != 0;
  part->has_peak = !to->merged || from->peak > to->peak;
  if (part->has_peak)
    forget_peak(part->to);
  uint64_t peak = part->has_peak ? from->peak : to->peak;
#define ADD_COUNTER(FIELD) to->FIELD += from->FIELD;
  MEMPROF_PROCESS_COUNTERS(ADD_COUNTER)
#undef ADD_COUNTER
  to->live = to->live - from->live + (uint64_t)memprof_header_live(from);
  to->peak = peak;
  to->peak_epoch = 0; /* at_peak is as it is */
  to->merged += from->merged ? from->merged : 1;
}

static void add_threads(struct part *part) {
  struct memprof_thread *to = at(part->to, part->to->thread);
  for (size_t i = 0; i < part->profile->thread_count; i++) {
    const struct memprof_thread *from = part->profile->threads[i];
    to->threads += from->threads;
    to->live = (int64_t)((uint64_t)to->live + (uint64_t)from->live);
    to->allocs += from->allocs;
    to->frees += from->frees;
    to->bytes += from->bytes;
    to->freed += from->freed;
  }
}

static bool add_meta(struct combined *to, uint32_t key, const char *text) {
  memprof_ref ref = record_new(to, MEMPROF_KIND_META,
                               sizeof(struct memprof_meta) + strlen(text) + 1);
  if (!ref)
    return false;
  struct memprof_meta *meta = at(to, ref);
  meta->key = key;
  strcpy(meta->text, text);
  return true;
}

/* The parts of a merged profile stay what they are. */
static bool add_metas(struct part *part, const char *source) {
  const struct profile *profile = part->profile;
  if (!profile->header->merged &&
      !add_meta(part->to, MEMPROF_META_source, source))
    return false;
  for (size_t i = 0; i < profile->meta_count; i++)
    if (!add_meta(part->to, profile->metas[i]->key, profile->metas[i]->text))
      return false;
  return true;
}

/* ---- All of it ---- */

static bool add_records(struct part *part) {
  const struct profile *profile = part->profile;
  for (size_t i = 0; i < profile->function_count; i++)
    if (!add_function(part, i))
      return false;
  for (size_t i = 0; i < profile->unit_count; i++)
    if (!add_unit(part, profile->units[i]))
      return false;
  for (size_t i = 0; i < profile->node_count; i++)
    if (!add_node(part, i))
      return false;
  for (size_t i = 0; i < profile->sizes_count; i++)
    if (!add_sizes(part, profile->sizes[i]))
      return false;
  for (size_t i = 0; i < profile->mapping_count; i++)
    if (!add_mapping(part, profile->mappings[i]))
      return false;
  for (size_t i = 0; i < profile->line_count; i++)
    if (!add_line(part, profile->lines[i]))
      return false;
  for (size_t i = 0; i < profile->limit_count; i++)
    if (!add_limit(part, profile->limits[i]))
      return false;
  for (size_t i = 0; i < profile->series_count; i++)
    if (!add_series(part, profile->series[i]))
      return false;
  return true;
}

bool combined_add(struct combined *combined, const struct profile *profile,
                  const char *source) {
  struct scratch scratch = {0};
  struct part part = {.to = combined, .profile = profile};
  part.function_of = scratch_alloc(&scratch, profile->function_count,
                                   sizeof *part.function_of);
  part.node_of =
      scratch_alloc(&scratch, profile->node_count, sizeof *part.node_of);
  bool is_added =
      part.function_of && part.node_of && rank_stamps(&part, &scratch) &&
      (combined->image || image_start(combined)) && add_metas(&part, source);
  if (is_added) {
    add_header(&part);
    is_added = add_records(&part);
  }
  if (is_added) {
    unfinished_visit(profile, &(struct unfinished){.context = &part,
                                                   .call = end_call,
                                                   .event = end_in_caller});
    add_threads(&part);
    combined->stamp += part.stamp_count + 1;
  }
  scratch_release(&scratch);
  return is_added;
}
