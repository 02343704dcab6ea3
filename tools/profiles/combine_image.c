/* combine_image.c - the profile that the sum becomes: its room, its records, and
 * of what is told by its content one record only. */
#define _GNU_SOURCE
#include "combine_image.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { FIRST_ROOM = 1 << 20 };

/* ---- The image ---- */

static size_t round_up(size_t size) {
  return (size + MEMPROF_UNIT - 1) / MEMPROF_UNIT * MEMPROF_UNIT;
}

static bool make_room(struct combined *to, size_t need) {
  size_t capacity = to->capacity ? to->capacity : FIRST_ROOM;
  while (capacity < need)
    capacity *= 2;
  if (capacity == to->capacity)
    return true;
  void *image = to->image
                    ? mremap(to->image, to->capacity, capacity, MREMAP_MAYMOVE)
                    : mmap(NULL, capacity, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (image == MAP_FAILED)
    return false;
  to->image = image;
  to->capacity = capacity;
  return true;
}

memprof_ref record_new(struct combined *to, uint32_t kind, size_t size) {
  uint64_t used = header_of(to)->used;
  size = round_up(size);
  if (size > UINT32_MAX || used / MEMPROF_UNIT > UINT32_MAX ||
      !make_room(to, used + size))
    return 0;
  struct memprof_head *head = (void *)(to->image + used);
  head->kind = kind;
  head->size = (uint32_t)size;
  header_of(to)->used = header_of(to)->capacity = used + size;
  return (memprof_ref)(used / MEMPROF_UNIT);
}

bool image_start(struct combined *to) {
  if (!make_room(to, FIRST_ROOM))
    return false;
  struct memprof_header *header = header_of(to);
  memcpy(header->magic, MEMPROF_MAGIC, sizeof header->magic);
  header->version = MEMPROF_FORMAT_VERSION;
  header->byte_order = MEMPROF_BYTE_ORDER;
  header->header_size = (uint32_t)round_up(sizeof *header);
  header->word_size = sizeof(void *);
  header->used = header->capacity = header->header_size;
  to->thread =
      record_new(to, MEMPROF_KIND_THREAD, sizeof(struct memprof_thread));
  memprof_ref root =
      record_new(to, MEMPROF_KIND_NODE, (size_t)memprof_node_bytes(1));
  if (!to->thread || !root)
    return false;
  struct memprof_node *node = at(to, root);
  node->thread = to->thread;
  node->line_count = 1;
  ((struct memprof_thread *)at(to, to->thread))->root = root;
  return true;
}

void combined_release(struct combined *combined) {
  if (combined->image)
    munmap(combined->image, combined->capacity);
  free(combined->slots);
  free(combined->limits);
  *combined = (struct combined){0};
}

/* ---- Finding what is there already ---- */

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size) {
  const unsigned char *from = bytes;
  for (size_t i = 0; i < size; i++)
    hash = (hash ^ from[i]) * 1099511628211u; /* FNV-1a */
  return hash;
}

static uint64_t hash_new(uint32_t kind) {
  return hash_bytes(14695981039346656037u, &kind, sizeof kind);
}

/* The key of each kind: what makes two records one. */
static uint64_t record_hash(const struct combined *to, memprof_ref ref) {
  const struct memprof_head *head = at(to, ref);
  uint64_t hash = hash_new(head->kind);
  if (head->kind == MEMPROF_KIND_STRING) {
    const struct memprof_string *string = (const void *)head;
    return hash_bytes(hash, string->text, strlen(string->text));
  }
  if (head->kind == MEMPROF_KIND_FUNCTION) {
    const struct memprof_function *function = (const void *)head;
    const struct memprof_abi_record *record = memprof_function_record(function);
    return hash_bytes(hash, record, record->size);
  }
  if (head->kind == MEMPROF_KIND_UNIT) {
    const struct memprof_unit *unit = (const void *)head;
    return hash_bytes(hash_bytes(hash, &unit->module, sizeof unit->module),
                      unit + 1, memprof_unit_description(unit)->size);
  }
  const struct memprof_node *node = (const void *)head;
  const uint32_t key[] = {node->parent, node->parent_line, node->function};
  return hash_bytes(hash, key, sizeof key);
}

/* Of the same kind and hash: whether they are one. */
static bool record_same(const struct combined *to, memprof_ref a,
                        memprof_ref b) {
  const struct memprof_head *left = at(to, a), *right = at(to, b);
  if (left->kind != right->kind)
    return false;
  if (left->kind == MEMPROF_KIND_STRING)
    return !strcmp(((const struct memprof_string *)left)->text,
                   ((const struct memprof_string *)right)->text);
  if (left->kind == MEMPROF_KIND_NODE) {
    const struct memprof_node *one = (const void *)left;
    const struct memprof_node *other = (const void *)right;
    return one->parent == other->parent &&
           one->parent_line == other->parent_line &&
           one->function == other->function;
  }
  if (left->size != right->size)
    return false;
  if (left->kind == MEMPROF_KIND_UNIT)
    return !memcmp(left + 1, right + 1, left->size - sizeof *left);
  return !memcmp((const struct memprof_function *)left + 1,
                 (const struct memprof_function *)right + 1,
                 left->size - sizeof(struct memprof_function));
}

static bool slots_grow(struct combined *to) {
  size_t count = to->slot_count ? to->slot_count * 2 : 1024;
  memprof_ref *slots = calloc(count, sizeof *slots);
  if (!slots)
    return false;
  for (size_t i = 0; i < to->slot_count; i++) {
    if (!to->slots[i])
      continue;
    size_t slot = record_hash(to, to->slots[i]) & (count - 1);
    while (slots[slot])
      slot = (slot + 1) & (count - 1);
    slots[slot] = to->slots[i];
  }
  free(to->slots);
  to->slots = slots;
  to->slot_count = count;
  return true;
}

memprof_ref record_intern(struct combined *to, memprof_ref fresh) {
  if (!fresh || (to->slots_taken * 2 >= to->slot_count && !slots_grow(to)))
    return 0;
  size_t slot = record_hash(to, fresh) & (to->slot_count - 1);
  while (to->slots[slot] && !record_same(to, to->slots[slot], fresh))
    slot = (slot + 1) & (to->slot_count - 1);
  if (!to->slots[slot]) {
    to->slots[slot] = fresh;
    to->slots_taken++;
    return fresh;
  }
  struct memprof_head *head = at(to, fresh);
  uint32_t size = head->size;
  memset(head, 0, size);
  header_of(to)->used -= size;
  header_of(to)->capacity -= size;
  return to->slots[slot];
}
