/* merge.c - copies of one function become one, and so do copies of one line;
 * then each function's contexts are divided by threads, if that was asked for.
 *
 * A static inline function of a header has a descriptor in each object file
 * that uses it, with the same place of definition and perhaps other lines
 * (macros). Files are compared by their paths with `.` and `..` taken out, as
 * a compiler is given "../inc/a.h" here and "inc/a.h" there.
 */
#include "merge.h"
#include "path.h"
#include "sort.h"
#include <string.h>

/* One function of the profile on its way into a group. */
struct member {
  const struct memprof_function *function;
  const struct memprof_abi_record *record;
  const struct memprof_abi_line *lines;
  const struct memprof_abi_file *files;
  const char **paths; /* [record->file_count], comparable */
  uint32_t *file_of;  /* index into the record's files -> the group's */
  uint32_t next;      /* member of the same group, index + 1; 0: the last */
};

static const char *member_text(const struct member *member, uint32_t offset) {
  return (const char *)member->record + offset;
}

static const char *member_path(const struct member *member) {
  return member->record->file_count ? member->paths[member->lines[0].file] : "";
}

/* ---- Which functions are one ---- */

static bool member_init(struct member *member,
                        const struct memprof_function *function,
                        struct scratch *scratch) {
  const struct memprof_abi_record *record = memprof_function_record(function);
  const char *base = (const char *)record;
  *member = (struct member){
      .function = function,
      .record = record,
      .lines = (const void *)(base + record->lines),
      .files = (const void *)(base + record->files),
      .paths = scratch_alloc(scratch, record->file_count, sizeof(char *)),
      .file_of = scratch_alloc(scratch, record->file_count, sizeof(uint32_t)),
  };
  if (!member->paths || !member->file_of)
    return false;
  for (uint32_t i = 0; i < record->file_count; i++) {
    const struct memprof_abi_file *file = &member->files[i];
    member->paths[i] = path_make(file->directory ? base + file->directory : "",
                                 base + file->name, scratch);
    if (!member->paths[i])
      return false;
  }
  return true;
}

static uint64_t hash_text(uint64_t hash, const char *text) {
  for (; *text; text++)
    hash = (hash ^ (unsigned char)*text) * 1099511628211u; /* FNV-1a */
  return hash;
}

static uint64_t member_hash(const struct member *member) {
  uint64_t hash = 14695981039346656037u ^ member->lines[0].line;
  hash = hash_text(hash, member_text(member, member->record->name));
  return hash_text(hash, member_path(member));
}

static bool member_same(const struct member *a, const struct member *b) {
  return a->lines[0].line == b->lines[0].line &&
         !strcmp(member_text(a, a->record->name),
                 member_text(b, b->record->name)) &&
         !strcmp(member_text(a, a->record->signature),
                 member_text(b, b->record->signature)) &&
         !strcmp(member_path(a), member_path(b));
}

/* Sets group_of and chains the members of each group. first[g] and last[g] are
 * indices + 1. Returns how many groups there are, PROFILE_NONE when memory runs
 * out. */
static size_t group(struct member *members, size_t count, uint32_t *group_of,
                    uint32_t *first, uint32_t *last, struct scratch *scratch) {
  size_t capacity = 16, groups = 0;
  while (capacity < count * 2)
    capacity *= 2;
  uint32_t *table = scratch_alloc(scratch, capacity, sizeof *table);
  if (!table)
    return PROFILE_NONE;
  for (size_t i = 0; i < count; i++) {
    size_t slot = member_hash(&members[i]) & (capacity - 1);
    while (table[slot] &&
           !member_same(&members[first[table[slot] - 1] - 1], &members[i]))
      slot = (slot + 1) & (capacity - 1);
    uint32_t me = (uint32_t)i + 1;
    if (!table[slot]) {
      table[slot] = (uint32_t)++groups;
      first[groups - 1] = me;
    } else {
      members[last[table[slot] - 1] - 1].next = me;
    }
    group_of[i] = table[slot] - 1;
    last[group_of[i]] = me;
  }
  return groups;
}

/* ---- The order of the groups: as marked ---- */

struct place {
  uint64_t file_and_line; /* the file's rank among all, then the line */
  uint32_t group;
};

static int compare_places(const void *a, const void *b) {
  const struct place *left = a, *right = b;
  if (left->file_and_line != right->file_and_line)
    return left->file_and_line < right->file_and_line ? -1 : 1;
  return left->group < right->group ? -1 : 1;
}

/* Renumbers the groups: files in the order in which they first appear, in each
 * by line. A compiler emits static functions after the others. */
static bool order_groups(const struct member *members, size_t count,
                         uint32_t *group_of, uint32_t *first, size_t groups,
                         struct scratch *scratch) {
  struct place *places = scratch_alloc(scratch, groups, sizeof *places);
  const char **files = scratch_alloc(scratch, groups, sizeof *files);
  uint32_t *renamed = scratch_alloc(scratch, groups, sizeof *renamed);
  uint32_t *reordered = scratch_alloc(scratch, groups, sizeof *reordered);
  size_t file_count = 0;
  if (!places || !files || !renamed || !reordered)
    return false;
  for (size_t i = 0; i < groups; i++) {
    const struct member *member = &members[first[i] - 1];
    size_t file = file_count; /* from the newest: neighbours share a file */
    while (file > 0 && strcmp(files[file - 1], member_path(member)) != 0)
      file--;
    if (file == 0) {
      files[file_count++] = member_path(member);
      file = file_count;
    }
    places[i].file_and_line = (uint64_t)file << 32 | member->lines[0].line;
    places[i].group = (uint32_t)i;
  }
  heap_sort(places, groups, sizeof *places, compare_places);
  for (size_t i = 0; i < groups; i++) {
    renamed[places[i].group] = (uint32_t)i;
    reordered[i] = first[places[i].group];
  }
  memcpy(first, reordered, groups * sizeof *first);
  for (size_t i = 0; i < count; i++)
    group_of[i] = renamed[group_of[i]];
  return true;
}

/* ---- The rows of a group ---- */

static int compare_keys(const void *a, const void *b) {
  uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
  return (left > right) - (left < right);
}

/* A line's place among the rows: by file, then by line. */
static uint64_t line_key(const struct member *member, uint32_t line) {
  const struct memprof_abi_line *at = &member->lines[line];
  uint64_t file = member->record->file_count ? member->file_of[at->file] : 0;
  return file << 32 | at->line;
}

/* What `#include "a.h"` finds is "./a.h" to the compiler. */
static const char *plain_name(const char *name) {
  while (name[0] == '.' && name[1] == '/' && name[2] && name[2] != '/')
    name += 2;
  return name;
}

static void add_files(struct function_rows *rows, struct member *member,
                      const char **paths, const char *module) {
  for (uint32_t i = 0; i < member->record->file_count; i++) {
    size_t at = 0;
    while (at < rows->file_count && strcmp(paths[at], member->paths[i]))
      at++;
    member->file_of[i] = (uint32_t)at;
    if (at < rows->file_count)
      continue;
    const struct memprof_abi_file *file = &member->files[i];
    paths[at] = member->paths[i];
    rows->files[at] = (struct source_file){
        .name = plain_name(member_text(member, file->name)),
        .directory =
            file->directory ? member_text(member, file->directory) : NULL,
        .md5 = file->md5 ? (const unsigned char *)member->record + file->md5
                         : NULL,
        .module = module,
    };
    rows->file_count++;
  }
}

/* Fills rows->rows from the sorted keys, the definition first. */
static void make_rows(struct function_rows *rows, uint64_t *keys, size_t count,
                      uint64_t definition) {
  rows->rows[0].file = (unsigned)(definition >> 32);
  rows->rows[0].line = (unsigned)definition;
  rows->row_count = 1;
  for (size_t i = 0; i < count; i++) {
    if (keys[i] == definition || (i > 0 && keys[i] == keys[i - 1]))
      continue;
    struct row *row = &rows->rows[rows->row_count++];
    row->file = (unsigned)(keys[i] >> 32);
    row->line = (unsigned)keys[i];
  }
}

static uint32_t find_row(const struct function_rows *rows, uint64_t key) {
  size_t low = 1, high = rows->row_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const struct row *row = &rows->rows[middle];
    uint64_t at = (uint64_t)row->file << 32 | row->line;
    if (at == key)
      return (uint32_t)middle;
    if (at < key)
      low = middle + 1;
    else
      high = middle;
  }
  return 0; /* it is the definition's */
}

static bool fill_group(struct merge *merge, const struct profile *profile,
                       struct function_rows *rows, struct member *members,
                       uint32_t first, struct scratch *scratch) {
  size_t files = 0, lines = 0, count = 0;
  rows->reason = "";
  for (uint32_t i = first; i; i = members[i - 1].next) {
    const struct member *member = &members[i - 1];
    files += member->record->file_count;
    lines += member->record->line_count;
    rows->selected |= member->function->selected != 0;
    if (!member->record->reason)
      rows->reason = NULL; /* one copy that is measured is enough */
    else if (rows->reason)
      rows->reason = member_text(member, member->record->reason);
  }
  rows->flags = members[first - 1].record->flags;
  rows->name =
      member_text(&members[first - 1], members[first - 1].record->name);
  rows->signature =
      member_text(&members[first - 1], members[first - 1].record->signature);
  const char **paths = scratch_alloc(scratch, files, sizeof *paths);
  uint64_t *keys = scratch_alloc(scratch, lines, sizeof *keys);
  rows->files = scratch_alloc(scratch, files, sizeof *rows->files);
  rows->rows = scratch_alloc(scratch, lines, sizeof *rows->rows);
  if (!paths || !keys || !rows->files || !rows->rows)
    return false;
  for (uint32_t i = first; i; i = members[i - 1].next) {
    struct member *member = &members[i - 1];
    add_files(rows, member, paths, profile_module(profile, member->function));
    for (uint32_t line = 0; line < member->record->line_count; line++)
      keys[count++] = line_key(member, line);
  }
  heap_sort(keys, count, sizeof *keys, compare_keys);
  make_rows(rows, keys, count, line_key(&members[first - 1], 0));
  for (uint32_t i = first; i; i = members[i - 1].next) {
    const struct member *member = &members[i - 1];
    uint32_t *map =
        scratch_alloc(scratch, member->record->line_count, sizeof *map);
    if (!map)
      return false;
    for (uint32_t line = 0; line < member->record->line_count; line++)
      map[line] = find_row(rows, line_key(member, line));
    merge->row_of_line[i - 1] = map;
  }
  return true;
}

/* ---- Contexts to groups ---- */

static void group_nodes(const struct merge *merge,
                        const struct profile *profile) {
  for (size_t i = 0; i < profile->node_count; i++) {
    uint32_t function = profile->nodes[i]->function;
    if (function)
      merge->group_of_node[i] = merge->group_of_function[function - 1];
  }
}

struct part {
  uint64_t group_and_thread;
  uint32_t node;
};

static int compare_parts(const void *a, const void *b) {
  const struct part *left = a, *right = b;
  return compare_keys(&left->group_and_thread, &right->group_and_thread);
}

/* The contexts by group and thread. */
static size_t list_parts(const struct merge *merge,
                         const struct profile *profile, struct part *parts) {
  size_t count = 0;
  for (size_t i = 0; i < profile->node_count; i++) {
    const struct memprof_node *node = profile->nodes[i];
    if (!node->function)
      continue;
    uint64_t thread = profile_thread(profile, node->thread) + 1;
    parts[count].group_and_thread =
        (uint64_t)merge->group_of_node[i] << 32 | thread;
    parts[count++].node = (uint32_t)i;
  }
  heap_sort(parts, count, sizeof *parts, compare_parts);
  return count;
}

static bool rows_of_thread(struct function_rows *rows,
                           const struct function_rows *whole,
                           const struct profile *profile, unsigned thread,
                           struct scratch *scratch) {
  uint32_t owners = profile->threads[thread - 1]->threads;
  *rows = *whole;
  rows->thread = thread;
  rows->followers = owners ? owners - 1 : 0;
  rows->rows = scratch_alloc(scratch, rows->row_count, sizeof *rows->rows);
  if (!rows->rows)
    return false;
  memcpy(rows->rows, whole->rows, rows->row_count * sizeof *rows->rows);
  return true;
}

/* Divides each group by threads; one without contexts stays as it is. */
static bool divide_groups(struct merge *merge, const struct profile *profile,
                          struct report *report, struct scratch *scratch) {
  struct part *parts =
      scratch_alloc(scratch, profile->node_count, sizeof *parts);
  struct function_rows *divided = scratch_alloc(
      scratch, report->function_count + profile->node_count, sizeof *divided);
  if (!parts || !divided)
    return false;
  size_t count = list_parts(merge, profile, parts), next = 0, made = 0;
  for (size_t group = 0; group < report->function_count; group++) {
    const struct function_rows *whole = &report->functions[group];
    if (next == count || parts[next].group_and_thread >> 32 != group)
      divided[made++] = *whole;
    while (next < count && parts[next].group_and_thread >> 32 == group) {
      uint64_t key = parts[next].group_and_thread;
      if (!rows_of_thread(&divided[made], whole, profile, (unsigned)key,
                          scratch))
        return false;
      for (; next < count && parts[next].group_and_thread == key; next++)
        merge->group_of_node[parts[next].node] = (uint32_t)made;
      made++;
    }
  }
  report->functions = divided;
  report->function_count = made;
  return true;
}

bool merge_functions(struct merge *merge, const struct profile *profile,
                     struct report *report, struct scratch *scratch) {
  size_t count = profile->function_count;
  struct member *members = scratch_alloc(scratch, count, sizeof *members);
  uint32_t *first = scratch_alloc(scratch, count, sizeof *first);
  uint32_t *last = scratch_alloc(scratch, count, sizeof *last);
  uint32_t *group_of = scratch_alloc(scratch, count, sizeof *group_of);
  merge->group_of_node =
      scratch_alloc(scratch, profile->node_count, sizeof *merge->group_of_node);
  merge->row_of_line =
      scratch_alloc(scratch, count, sizeof *merge->row_of_line);
  if (!members || !first || !last || !group_of || !merge->group_of_node ||
      !merge->row_of_line)
    return false;
  for (size_t i = 0; i < count; i++)
    if (!member_init(&members[i], profile->functions[i], scratch))
      return false;
  size_t groups = group(members, count, group_of, first, last, scratch);
  if (groups == PROFILE_NONE ||
      !order_groups(members, count, group_of, first, groups, scratch))
    return false;
  report->function_count = groups;
  report->functions = scratch_alloc(scratch, groups, sizeof *report->functions);
  if (!report->functions)
    return false;
  for (size_t i = 0; i < groups; i++) {
    report->functions[i].group = (uint32_t)i;
    if (!fill_group(merge, profile, &report->functions[i], members, first[i],
                    scratch))
      return false;
  }
  report->group_of_function = group_of;
  merge->group_of_function = group_of;
  group_nodes(merge, profile);
  if (report->by_thread && !divide_groups(merge, profile, report, scratch))
    return false;
  merge->groups =
      scratch_alloc(scratch, report->function_count, sizeof *merge->groups);
  if (!merge->groups)
    return false;
  for (size_t i = 0; i < report->function_count; i++)
    merge->groups[i].rows = &report->functions[i];
  return true;
}
