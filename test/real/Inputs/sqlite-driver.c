/* sqlite-driver.c - runs SQLite's speedtest1 with an allocator of its own that
 * counts what SQLite asks for: the independent count that MemProf's is compared
 * with. Prints it on stdout after speedtest1's own output. */
#define main speedtest1
#include "speedtest1.c"
#undef main
#include <stddef.h>

static struct { unsigned long allocs, frees, bytes, freed; } count;

/* SQLite asks for sizes; a header keeps them. */
union header {
  int size;
  max_align_t alignment;
};

static int counting_size(void *block) {
  return block ? ((union header *)block)[-1].size : 0;
}

static int counting_roundup(int size) { return (size + 7) & ~7; }

static int counting_init(void *unused) {
  (void)unused;
  return SQLITE_OK;
}

static void counting_shutdown(void *unused) { (void)unused; }

static void *counted(union header *header, int size) {
  if (!header)
    return NULL;
  header->size = size;
  count.allocs++;
  count.bytes += sizeof *header + size;
  return header + 1;
}

static void uncount(union header *header) {
  count.frees++;
  count.freed += sizeof *header + header->size;
}

static void *counting_malloc(int size) {
  return counted(malloc(sizeof(union header) + size), size);
}

static void counting_free(void *block) {
  if (!block)
    return;
  union header *header = (union header *)block - 1;
  uncount(header);
  free(header);
}

static void *counting_realloc(void *block, int size) {
  union header *header = (union header *)block - 1;
  uncount(header);
  return counted(realloc(header, sizeof *header + size), size);
}

int main(int argc, char **argv) {
  static const sqlite3_mem_methods methods = {
      counting_malloc,  counting_free, counting_realloc,  counting_size,
      counting_roundup, counting_init, counting_shutdown, NULL};
  static char buffer[BUFSIZ];
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK)
    return 2;
  int failed = speedtest1(argc, argv);
  printf("counted: %lu allocs %lu frees %lu bytes %lu freed\n", count.allocs,
         count.frees, count.bytes, count.freed);
  return failed;
}
