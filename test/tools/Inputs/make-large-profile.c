/* make-large-profile OUT FUNCTIONS LINES CONTEXTS: a profile as large as asked
 * for. Each function has so many lines, stands in so many contexts, and has an
 * event on each line in each of them: one allocation of 16 bytes, released at
 * once. Function i is f<i> of f<i / 100>.c, from line (i % 100) * LINES + 1 on.
 *
 * The first CONTEXTS functions are called once each from outside; functions up
 * to the hundredth part, but at least that many again, by each of those; the
 * others by those in between, in each of their contexts.
 */
#define _GNU_SOURCE
#include "memprof_format.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const size_t capacity = (size_t)8 << 30; /* of address space */
static unsigned char *image;
static struct memprof_header *header;
static uint32_t functions, lines, contexts;
static memprof_ref thread, root;
static memprof_ref *nodes; /* [functions * contexts] */
static uint64_t stamp;

static memprof_ref ref_of(const void *record) {
  return (memprof_ref)(((const unsigned char *)record - image) / MEMPROF_UNIT);
}

static void *add(uint32_t kind, size_t size) {
  struct memprof_head *head = (void *)(image + header->used);
  size = (size + MEMPROF_UNIT - 1) / MEMPROF_UNIT * MEMPROF_UNIT;
  if (header->used + size > capacity)
    abort();
  head->kind = kind;
  head->size = (uint32_t)size;
  header->used += size;
  return head;
}

static void add_header(void) {
  memcpy(header->magic, MEMPROF_MAGIC, sizeof header->magic);
  header->version = MEMPROF_FORMAT_VERSION;
  header->byte_order = MEMPROF_BYTE_ORDER;
  header->header_size =
      (sizeof *header + MEMPROF_UNIT - 1) / MEMPROF_UNIT * MEMPROF_UNIT;
  header->word_size = sizeof(void *);
  header->used = header->header_size;
  header->started_ns = 1;
  header->ended_ns = 2;
  header->end = MEMPROF_END_EXIT;
  header->peak = 16;
}

static uint32_t text_at(struct memprof_abi_record *record, uint32_t *end,
                        const char *text) {
  uint32_t offset = *end;
  strcpy((char *)record + offset, text);
  *end += (uint32_t)strlen(text) + 1;
  return offset;
}

static void add_function(uint32_t index) {
  char name[32];
  size_t room = sizeof(struct memprof_abi_record) +
                lines * sizeof(struct memprof_abi_line) +
                sizeof(struct memprof_abi_file) + 4 * sizeof name;
  struct memprof_function *function =
      add(MEMPROF_KIND_FUNCTION, sizeof *function + room);
  struct memprof_abi_record *record = (void *)(function + 1);
  struct memprof_abi_line *line = (void *)(record + 1);
  struct memprof_abi_file *file = (void *)(line + lines);
  uint32_t end =
      (uint32_t)((unsigned char *)(file + 1) - (unsigned char *)record);
  function->id = index + 1;
  function->selected = 1;
  record->size = (uint32_t)(function->head.size - sizeof *function);
  record->abi = MEMPROF_ABI_VERSION;
  record->line_count = lines;
  record->lines = sizeof *record;
  record->file_count = 1;
  record->files = (uint32_t)((unsigned char *)file - (unsigned char *)record);
  for (uint32_t i = 0; i < lines; i++)
    line[i].line = index % 100 * lines + i + 1;
  snprintf(name, sizeof name, "f%u", (unsigned)index);
  record->name = text_at(record, &end, name);
  record->signature = text_at(record, &end, name);
  record->symbol = text_at(record, &end, name);
  snprintf(name, sizeof name, "f%u.c", (unsigned)index / 100);
  file->name = text_at(record, &end, name);
}

static void add_thread(void) {
  struct memprof_thread *at = add(MEMPROF_KIND_THREAD, sizeof *at);
  struct memprof_node *node = add(MEMPROF_KIND_NODE, memprof_node_bytes(1));
  thread = ref_of(at);
  root = ref_of(node);
  at->root = root;
  at->threads = 1;
  node->thread = thread;
  node->line_count = 1;
}

static void add_lines(const struct memprof_node *node) {
  for (uint32_t i = 0; i < lines; i++) {
    struct memprof_line *line = add(MEMPROF_KIND_LINE, sizeof *line);
    line->node = ref_of(node);
    line->thread = thread;
    line->line = i;
    line->stamp = ++stamp;
    line->allocs = line->frees = line->temporary = 1;
    line->bytes = line->freed = line->returned = line->peak = 16;
    memprof_node_lines(node)[i] = ref_of(line);
    memprof_node_hits(node)[i] = i > 0;
  }
}

static memprof_ref add_node(uint32_t function, memprof_ref parent,
                            uint32_t parent_line) {
  struct memprof_node *node = add(MEMPROF_KIND_NODE, memprof_node_bytes(lines));
  const uint64_t each[MEMPROF_CALL_METRIC_COUNT] = {
      [MEMPROF_CALL_allocs] = lines,
      [MEMPROF_CALL_frees] = lines,
      [MEMPROF_CALL_bytes] = 16 * (uint64_t)lines,
      [MEMPROF_CALL_peak] = 16};
  node->thread = thread;
  node->parent = parent;
  node->parent_line = parent_line;
  node->function = function + 1;
  node->line_count = lines;
  node->calls = 1;
  node->first_stamp = ++stamp;
  for (unsigned m = 0; m < MEMPROF_CALL_METRIC_COUNT; m++)
    node->per_call[m] =
        (struct memprof_stat){each[m], each[m], each[m], each[m]};
  add_lines(node);
  return ref_of(node);
}

/* Who calls a function in its context `k`. */
static memprof_ref caller(uint32_t function, uint32_t k) {
  uint32_t middle = functions / 100 > contexts ? functions / 100 : contexts;
  if (function < contexts)
    return root;
  if (function < contexts + middle)
    return nodes[(size_t)k * contexts]; /* function k, its one context */
  return nodes[(size_t)(contexts + function % middle) * contexts + k];
}

static void add_nodes(void) {
  for (uint32_t i = 0; i < functions; i++)
    for (uint32_t k = 0; k < (i < contexts ? 1 : contexts); k++) {
      memprof_ref parent = caller(i, k);
      nodes[(size_t)i * contexts + k] =
          add_node(i, parent, parent == root ? 0 : i % lines);
    }
}

int main(int argc, char **argv) {
  if (argc != 5)
    return 2;
  functions = (uint32_t)strtoul(argv[2], NULL, 10);
  lines = (uint32_t)strtoul(argv[3], NULL, 10);
  contexts = (uint32_t)strtoul(argv[4], NULL, 10);
  image = mmap(NULL, capacity, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  nodes = calloc((size_t)functions * contexts, sizeof *nodes);
  if (image == MAP_FAILED || !nodes)
    return 1;
  header = (void *)image;
  add_header();
  for (uint32_t i = 0; i < functions; i++)
    add_function(i);
  add_thread();
  add_nodes();
  header->capacity = header->used;
  FILE *out = fopen(argv[1], "wb");
  return !out || fwrite(image, 1, header->used, out) != header->used ||
         fclose(out) != 0;
}
