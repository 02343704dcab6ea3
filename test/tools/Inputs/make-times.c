/* make-times OUT spans|series|both PID: a profile with times. The process woke
 * at tick 1 s and ran for 10 ms.
 *
 * spans: `f` (f.c:1) was called twice, from 1 to 3 ms and from 4 to 9 ms after
 * the start; each call allocates 500 bytes on line 2, releases 400 on line 3
 * and keeps 100. So live goes 0, 100, 200; the peak was 600.
 * series: at 0, 4 and 8 ms live was unknown, 600 and 200, the resident set 1000,
 * 3000 and 2000 KiB.
 */
#include "image.h"

static struct image image;
enum { MS = 1000000, SECOND = 1000 * MS };

static void add_calls(void) {
  uint32_t f = image_function(&image, (struct spec){.name = "f",
                                                    .files = {"f.c"},
                                                    .directory = "/nowhere",
                                                    .lines = {1, 2, 3}});
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *a =
      image_node(&image, thread, image_root(&image, thread), 0, f);
  image_calls(&image, a, 2, 1, 1, 500, 500, 100);
  image_event(&image, a, 1,
              (struct memprof_line){.allocs = 2,
                                    .bytes = 1000,
                                    .returned = 800,
                                    .peak = 500,
                                    .at_peak = 600,
                                    .mem_usage = 600});
  image_event(
      &image, a, 2,
      (struct memprof_line){.frees = 2, .freed = 800, .mem_usage = 200});
}

static void add_spans(void) {
  struct memprof_spans *spans = image_spans(&image, 4);
  struct memprof_span *span = (void *)(spans + 1);
  memprof_ref thread = 0;
  for (uint64_t at = image_header(&image)->header_size; !thread;) {
    struct memprof_head *head = (void *)(image.bytes + at);
    if (head->kind == MEMPROF_KIND_THREAD)
      thread = image_ref(&image, head);
    at += head->size;
  }
  span[0] = (struct memprof_span){.number = 1,
                                  .function = 1,
                                  .thread = thread,
                                  .start_ns = 1 * MS,
                                  .end_ns = 3 * MS,
                                  .live_at_end = 100,
                                  .peak = 500};
  span[1] = (struct memprof_span){.number = 2,
                                  .function = 1,
                                  .thread = thread,
                                  .start_ns = 4 * MS,
                                  .end_ns = 9 * MS,
                                  .live_at_start = 100,
                                  .live_at_end = 200,
                                  .peak = 500};
  /* torn ones: of a function and a thread that are not there */
  span[2] = (struct memprof_span){.number = 3, .function = 9, .thread = thread};
  span[3] = (struct memprof_span){.number = 4, .function = 1, .thread = 1};
  spans->written = 4;
}

static void add_series(void) {
  memprof_ref command = image_string(&image, "./tests --all");
  struct memprof_series *series =
      image_add(&image, MEMPROF_KIND_SERIES,
                sizeof *series + 3 * sizeof(struct memprof_sample));
  struct memprof_sample *samples = (void *)(series + 1);
  series->pid = image_header(&image)->pid;
  series->command = command;
  series->count = 3;
  series->started_ticks = SECOND;
  series->interval_ns = 4 * MS;
  samples[0] = (struct memprof_sample){0, 1024000, 1, 1, MEMPROF_UNKNOWN};
  samples[1] = (struct memprof_sample){4 * MS, 3072000, 2, 2, 600};
  samples[2] = (struct memprof_sample){8 * MS, 2048000, 3, 3, 200};
}

int main(int argc, char **argv) {
  if (argc != 4)
    abort();
  image_start(&image);
  struct memprof_header *header = image_header(&image);
  header->pid = (uint32_t)atoi(argv[3]);
  header->started_ns = SECOND;
  header->started_ticks = SECOND;
  header->ended_ns = SECOND + 10 * MS;
  header->end = MEMPROF_END_EXIT;
  header->peak = 600;
  header->live = 200;
  image_meta(&image, MEMPROF_META_command, "./tests --all");
  add_calls();
  if (strcmp(argv[2], "series"))
    add_spans();
  if (strcmp(argv[2], "spans"))
    add_series();
  FILE *out = fopen(argv[1], "wb");
  if (!out || fwrite(image.bytes, 1, header->used, out) != header->used ||
      fclose(out) != 0)
    abort();
  return CHECK_RESULT();
}
