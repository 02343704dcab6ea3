/* make-limits OUT: a profile of `f` (f.c:1), called once, with a peak of 1000
 * bytes and 3 allocations, and with limits: a peak of 1000 that is met, one of
 * 2000 that is twice that, one of 2002 that is more, allocs=3 and 8, one that
 * was broken, one without a ceiling, one that nothing was compared with; and a
 * peak of 1 MiB for the process. */
#include "image.h"

static struct image image;

static void limit(uint32_t function, uint32_t metric, uint64_t ceiling,
                  uint64_t worst, uint64_t checks, uint64_t violations,
                  const char *where) {
  memprof_ref text = image_string(&image, where);
  struct memprof_limit *limit =
      image_add(&image, MEMPROF_KIND_LIMIT, sizeof *limit);
  limit->function = function;
  limit->metric = metric;
  limit->origin = MEMPROF_LIMIT_MARK;
  limit->where = text;
  limit->ceiling = ceiling;
  limit->worst = worst;
  limit->checks = checks;
  limit->violations = violations;
}

int main(int argc, char **argv) {
  enum { PROCESS_PEAK = MEMPROF_CALL_METRIC_COUNT + 1 };
  image_start(&image);
  uint32_t f = image_function(&image, (struct spec){.name = "f",
                                                    .files = {"f.c"},
                                                    .directory = "/nowhere",
                                                    .lines = {1, 2}});
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *node =
      image_node(&image, thread, image_root(&image, thread), 0, f);
  image_calls(&image, node, 1, 3, 3, 1000, 1000, 0);
  image_header(&image)->peak = 1000;
  image_header(&image)->ended_ns = 1;
  limit(f, MEMPROF_CALL_peak, 1000, 1000, 1, 0, "met");
  limit(f, MEMPROF_CALL_peak, 2000, 1000, 1, 0, "twice");
  limit(f, MEMPROF_CALL_peak, 2002, 1000, 1, 0, "more");
  limit(f, MEMPROF_CALL_allocs, 3, 3, 1, 0, "exact");
  limit(f, MEMPROF_CALL_allocs, 8, 3, 1, 0, "f.c:1");
  limit(f, MEMPROF_CALL_allocs, 9, 10, 1, 1, "broken");
  limit(f, MEMPROF_CALL_bytes, UINT64_MAX, 1000, 1, 0, "floor");
  limit(f, MEMPROF_CALL_bytes, 5000, 0, 0, 0, "unchecked");
  limit(0, PROCESS_PEAK, 1 << 20, 1000, 1, 0, "profile_config.ini:3");
  FILE *out = argc > 1 ? fopen(argv[1], "wb") : NULL;
  if (!out ||
      fwrite(image.bytes, 1, image_header(&image)->used, out) !=
          image_header(&image)->used ||
      fclose(out) != 0)
    abort();
  return CHECK_RESULT();
}
