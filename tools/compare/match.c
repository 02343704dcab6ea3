/* match.c - pairs the functions and lines of two runs. */
#include "match.h"
#include <stdlib.h>
#include <string.h>

/* ---- Lines ---- */

/* Two functions' lines on their way to pairs. */
struct alignment {
  const struct snapshot_function *before, *after;
  size_t *partner_of_before; /* index + 1; 0: none */
  size_t *partner_of_after;
};

static void join(struct alignment *a, size_t before, size_t after) {
  a->partner_of_before[before] = after + 1;
  a->partner_of_after[after] = before + 1;
}

static bool has_texts(const struct snapshot_function *function) {
  for (size_t i = 0; i < function->line_count; i++)
    if (!function->lines[i].text)
      return false;
  return true;
}

static bool is_same_place(const struct snapshot_line *a,
                          const struct snapshot_line *b) {
  return a->below == b->below && !a->file == !b->file &&
         (!a->file || strcmp(a->file, b->file) == 0);
}

/* Both ascend by place, but a line of a file of its own comes last. */
static void align_places(struct alignment *a) {
  size_t from = 0;
  for (size_t i = 0; i < a->before->line_count; i++)
    for (size_t k = 0; k < a->after->line_count; k++) {
      size_t at = (from + k) % a->after->line_count;
      if (a->partner_of_after[at] ||
          !is_same_place(&a->before->lines[i], &a->after->lines[at]))
        continue;
      join(a, i, at);
      from = at + 1;
      break;
    }
}

static bool is_same_text(const struct alignment *a, size_t i, size_t k) {
  return strcmp(a->before->lines[i].text, a->after->lines[k].text) == 0;
}

/* What is not aligned yet of two functions: [0] of before, [1] of after. */
struct window {
  size_t start[2], end[2];
};

static struct window strip_ends(struct alignment *a) {
  struct window w = {.end = {a->before->line_count, a->after->line_count}};
  while (w.start[0] < w.end[0] && w.start[1] < w.end[1] &&
         is_same_text(a, w.start[0], w.start[1]))
    join(a, w.start[0]++, w.start[1]++);
  while (w.start[0] < w.end[0] && w.start[1] < w.end[1] &&
         is_same_text(a, w.end[0] - 1, w.end[1] - 1))
    join(a, --w.end[0], --w.end[1]);
  return w;
}

enum { CELLS_MAX = 64 * 1024 * 1024 }; /* of a function of 8192 lines */

/* Longest common subsequence: lengths[i][k] is that of what begins at i, k.
 * Returns false when there is no room for it. */
static bool align_texts(struct alignment *a) {
  struct window w = strip_ends(a);
  size_t rows = w.end[0] - w.start[0], columns = w.end[1] - w.start[1];
  if (!rows || !columns)
    return true;
  if (rows > CELLS_MAX / columns)
    return false;
  size_t width = columns + 1;
  uint32_t *lengths = calloc((rows + 1) * width, sizeof *lengths);
  if (!lengths)
    return false;
  for (size_t i = rows; i-- > 0;)
    for (size_t k = columns; k-- > 0;) {
      uint32_t down = lengths[(i + 1) * width + k];
      uint32_t right = lengths[i * width + k + 1];
      lengths[i * width + k] = is_same_text(a, w.start[0] + i, w.start[1] + k)
                                   ? lengths[(i + 1) * width + k + 1] + 1
                               : down > right ? down
                                              : right;
    }
  for (size_t i = 0, k = 0; i < rows && k < columns;)
    if (is_same_text(a, w.start[0] + i, w.start[1] + k))
      join(a, w.start[0] + i++, w.start[1] + k++);
    else if (lengths[(i + 1) * width + k] >= lengths[i * width + k + 1])
      i++;
    else
      k++;
  free(lengths);
  return true;
}

/* What has the same text but stands elsewhere now. */
static void join_moved(struct alignment *a) {
  for (size_t i = 0; i < a->before->line_count; i++)
    for (size_t k = 0; k < a->after->line_count && !a->partner_of_before[i];
         k++)
      if (!a->partner_of_after[k] && is_same_text(a, i, k))
        join(a, i, k);
}

/* The busy lines without a partner before the next line that has one. */
static size_t gap(const struct snapshot_function *function,
                  const size_t *partners, size_t at, size_t *next,
                  size_t found[], size_t capacity) {
  size_t count = 0;
  for (; at < function->line_count && !partners[at]; at++)
    if (snapshot_line_is_busy(&function->lines[at]) && count++ < capacity)
      found[count - 1] = at;
  *next = at;
  return count;
}

/* An edited line stands between the same neighbours: where as many lines are
 * gone as are new, each is the other's. */
static void join_edited(struct alignment *a) {
  enum { EDITED_MAX = 16 };
  size_t olds[EDITED_MAX], news[EDITED_MAX], i = 0;
  while (i < a->before->line_count) {
    size_t next, ignored;
    if (a->partner_of_before[i]) {
      i++;
      continue;
    }
    size_t at = i ? a->partner_of_before[i - 1] : 0;
    size_t old =
        gap(a->before, a->partner_of_before, i, &next, olds, EDITED_MAX);
    size_t new =
        gap(a->after, a->partner_of_after, at, &ignored, news, EDITED_MAX);
    for (size_t n = 0; old == new &&old <= EDITED_MAX &&n < old; n++)
      join(a, olds[n], news[n]);
    i = next;
  }
}

static void list_pairs(struct alignment *a, struct function_pair *pair) {
  size_t gone = 0;
  for (size_t k = 0; k < a->after->line_count; k++) {
    size_t partner = a->partner_of_after[k];
    for (; partner && gone < partner; gone++)
      if (!a->partner_of_before[gone])
        pair->lines[pair->line_count++].before = &a->before->lines[gone];
    pair->lines[pair->line_count++] = (struct line_pair){
        partner ? &a->before->lines[partner - 1] : NULL, &a->after->lines[k]};
  }
  for (; gone < a->before->line_count; gone++)
    if (!a->partner_of_before[gone])
      pair->lines[pair->line_count++].before = &a->before->lines[gone];
}

/* A baseline that someone relieved of its lines, or whose texts have nothing to
 * be compared with. */
static bool are_comparable(const struct alignment *a) {
  const struct snapshot_function *before = a->before;
  if (has_texts(before) && has_texts(a->after))
    return before->line_count || !before->values[METRIC_bytes];
  for (size_t i = 0; i < before->line_count; i++)
    if (before->lines[i].below == SNAPSHOT_ANYWHERE)
      return false;
  return true;
}

static bool match_lines(struct function_pair *pair, struct scratch *scratch) {
  static const struct snapshot_function none = {.file = "", .signature = ""};
  struct alignment a = {.before = pair->before ? pair->before : &none,
                        .after = pair->after ? pair->after : &none};
  size_t before = a.before->line_count, after = a.after->line_count;
  a.partner_of_before = scratch_alloc(scratch, before + 1, sizeof(size_t));
  a.partner_of_after = scratch_alloc(scratch, after + 1, sizeof(size_t));
  pair->lines = scratch_alloc(scratch, before + after + 1, sizeof *pair->lines);
  if (!a.partner_of_before || !a.partner_of_after || !pair->lines)
    return false;
  pair->are_lines_known = are_comparable(&a);
  if (has_texts(a.before) && has_texts(a.after) && align_texts(&a)) {
    join_moved(&a);
    join_edited(&a);
  } else {
    align_places(&a);
  }
  list_pairs(&a, pair);
  return true;
}

/* ---- Functions ---- */

/* One side's functions without a partner so far. */
struct rest {
  const struct snapshot_function **functions;
  size_t count;
};

static bool rest_init(struct rest *rest, const struct snapshot *snapshot,
                      struct scratch *scratch) {
  rest->functions =
      scratch_alloc(scratch, snapshot->count + 1, sizeof *rest->functions);
  rest->count = 0;
  return rest->functions;
}

static void add_pair(struct matching *m, const struct snapshot_function *before,
                     const struct snapshot_function *after) {
  m->pairs[m->count++] =
      (struct function_pair){.before = before, .after = after};
}

/* Both are sorted: one walk finds what is equal. Several of one name, as static
 * functions without -g are, go in their order. */
static void pair_equals(struct matching *m, const struct snapshot *before,
                        const struct snapshot *after, struct rest rests[2]) {
  size_t i = 0, k = 0;
  while (i < before->count || k < after->count) {
    const struct snapshot_function *a =
        i < before->count ? &before->functions[i] : NULL;
    const struct snapshot_function *b =
        k < after->count ? &after->functions[k] : NULL;
    int order = !a ? 1 : !b ? -1 : strcmp(a->file, b->file);
    if (a && b && order == 0)
      order = strcmp(a->signature, b->signature);
    if (order == 0)
      add_pair(m, a, b);
    if (order < 0)
      rests[0].functions[rests[0].count++] = a;
    if (order > 0)
      rests[1].functions[rests[1].count++] = b;
    i += order <= 0;
    k += order >= 0;
  }
}

static int compare_signatures(const void *a, const void *b) {
  const struct snapshot_function *const *left = a, *const *right = b;
  return strcmp((*left)->signature, (*right)->signature);
}

static int compare_names(const void *a, const void *b) {
  const struct snapshot_function *const *left = a, *const *right = b;
  size_t l = snapshot_name_length((*left)->signature);
  size_t r = snapshot_name_length((*right)->signature);
  int order = memcmp((*left)->signature, (*right)->signature, l < r ? l : r);
  return order ? order : (l > r) - (l < r);
}

typedef int compare(const void *a, const void *b);

/* How many from `at` on are equal. */
static size_t run_of(const struct rest *rest, size_t at, compare *by) {
  size_t end = at;
  while (end < rest->count &&
         by(&rest->functions[at], &rest->functions[end]) == 0)
    end++;
  return end - at;
}

static void keep(struct rest *rest, size_t *kept, size_t at, size_t count) {
  memmove(&rest->functions[*kept], &rest->functions[at],
          count * sizeof *rest->functions);
  *kept += count;
}

/* Of what is left, pairs what is equal by `by` and unique on both sides. */
static void pair_unique(struct matching *m, struct rest rests[2], compare *by) {
  size_t kept[2] = {0}, at[2] = {0};
  for (int side = 0; side < 2; side++)
    qsort(rests[side].functions, rests[side].count,
          sizeof *rests[side].functions, by);
  while (at[0] < rests[0].count || at[1] < rests[1].count) {
    size_t run[2] = {run_of(&rests[0], at[0], by),
                     run_of(&rests[1], at[1], by)};
    int order =
        !run[0]   ? 1
        : !run[1] ? -1
                  : by(&rests[0].functions[at[0]], &rests[1].functions[at[1]]);
    bool is_pair = order == 0 && run[0] == 1 && run[1] == 1;
    if (is_pair)
      add_pair(m, rests[0].functions[at[0]], rests[1].functions[at[1]]);
    for (int side = 0; side < 2; side++) {
      if (side ? order < 0 : order > 0)
        continue;
      if (!is_pair)
        keep(&rests[side], &kept[side], at[side], run[side]);
      at[side] += run[side];
    }
  }
  for (int side = 0; side < 2; side++)
    rests[side].count = kept[side];
}

static int compare_pairs(const void *a, const void *b) {
  const struct function_pair *left = a, *right = b;
  return snapshot_compare(left->after ? left->after : left->before,
                          right->after ? right->after : right->before);
}

bool match_snapshots(struct matching *matching, const struct snapshot *before,
                     const struct snapshot *after, struct scratch *scratch) {
  struct rest rests[2];
  *matching = (struct matching){
      .pairs = scratch_alloc(scratch, before->count + after->count + 1,
                             sizeof *matching->pairs)};
  if (!matching->pairs || !rest_init(&rests[0], before, scratch) ||
      !rest_init(&rests[1], after, scratch))
    return false;
  pair_equals(matching, before, after, rests);
  pair_unique(matching, rests, compare_signatures);
  pair_unique(matching, rests, compare_names);
  for (size_t i = 0; i < rests[0].count; i++)
    add_pair(matching, rests[0].functions[i], NULL);
  for (size_t i = 0; i < rests[1].count; i++)
    add_pair(matching, NULL, rests[1].functions[i]);
  qsort(matching->pairs, matching->count, sizeof *matching->pairs,
        compare_pairs);
  for (size_t i = 0; i < matching->count; i++)
    if (!match_lines(&matching->pairs[i], scratch))
      return false;
  return true;
}
