/* Prints what a profile says about its process. */
#include "report/report.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const keys[] = {
#define ROW(KEY, NUMBER, HELP) [NUMBER] = #KEY,
    MEMPROF_META(ROW)
#undef ROW
};

static void print_record(const struct memprof_head *head) {
  if (head->kind == MEMPROF_KIND_META) {
    const struct memprof_meta *meta = (const void *)head;
    printf("%s: %s\n", keys[meta->key], meta->text);
  }
  if (head->kind == MEMPROF_KIND_UNIT) {
    const struct memprof_abi_unit *unit =
        memprof_unit_description((const void *)head);
    const char *text = (const char *)unit;
    printf("unit: %s %s %s\n", text + unit->source, text + unit->level,
           unit->revision ? text + unit->revision : "");
  }
}

int main(int argc, char **argv) {
  struct stat seen;
  int fd = open(argv[argc - 1], O_RDONLY);
  if (fd < 0 || fstat(fd, &seen) != 0)
    return 1;
  const unsigned char *image =
      mmap(NULL, (size_t)seen.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  const struct memprof_header *header = (const void *)image;
  for (size_t at = header->header_size; at < header->used;) {
    const struct memprof_head *head = (const void *)(image + at);
    print_record(head);
    at += head->size;
  }
  printf("pid: %u\nparent: %u\nend: %u %u\n", header->pid, header->parent,
         header->end, header->status);
  printf("run: %016llx\n", (unsigned long long)header->run);
  printf("seconds: %llu..%llu\n",
         (unsigned long long)header->started_ns / 1000000000u,
         (unsigned long long)header->ended_ns / 1000000000u);
  printf("size: %s\n",
         (uint64_t)seen.st_size == header->used ? "in use" : "with room");
  return 0;
}
