/* spans.c - prints the spans of a profile file in their order: nesting by
 * indentation, the function, what was live at start and end, and the peak. */
#include "report/report.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

static bool is_within(const struct memprof_span *inner,
                      const struct memprof_span *outer) {
  return inner->thread == outer->thread && outer->start_ns <= inner->start_ns &&
         inner->end_ns <= outer->end_ns;
}

int main(int argc, char **argv) {
  struct scratch scratch = {0};
  struct profile profile;
  struct stat seen;
  char error[256];
  int fd = argc > 1 ? open(argv[1], O_RDONLY) : -1;
  if (fd < 0 || fstat(fd, &seen))
    return 2;
  void *image = mmap(NULL, (size_t)seen.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (!profile_open(&profile, image, (size_t)seen.st_size, &scratch, error,
                    sizeof error)) {
    fprintf(stderr, "%s\n", error);
    return 1;
  }
  for (size_t i = 0; i < profile.spans_count; i++) {
    const struct memprof_spans *ring = profile.spans[i];
    const struct memprof_span *places = (const void *)(ring + 1);
    uint64_t first =
        ring->written > ring->count ? ring->written - ring->count : 0;
    printf("%llu spans, %llu overwritten\n", (unsigned long long)ring->written,
           (unsigned long long)first);
    for (uint64_t n = first; n < ring->written; n++) {
      const struct memprof_span *span = &places[n % ring->count];
      const struct memprof_abi_record *record =
          memprof_function_record(profile.functions[span->function - 1]);
      for (uint64_t m = n + 1; m < ring->written; m++)
        if (is_within(span, &places[m % ring->count]))
          printf("  ");
      printf("%s: %lld to %lld, peak %llu%s\n",
             (const char *)record + record->name,
             (long long)span->live_at_start, (long long)span->live_at_end,
             (unsigned long long)span->peak,
             span->number == n + 1 ? "" : " (torn)");
    }
  }
  return 0;
}
