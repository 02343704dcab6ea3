/* Rows by thread: each function once for each thread that did something in it,
 * in the order of the threads' records; the parts add up to the whole.
 * RUN: %unit %s -o %t && %t
 */
#include "image.h"

static struct image image;
static struct scratch scratch;
static struct report report;
static const struct report_style style = {SIZE_B, 0, "standard", 0, 0};

static struct memprof_node *call(struct memprof_thread *thread,
                                 uint32_t function, uint64_t bytes) {
  struct memprof_node *node =
      image_node(&image, thread, image_root(&image, thread), 0, function);
  image_calls(&image, node, 1, 1, 0, bytes, bytes, bytes);
  memprof_node_hits(node)[1] = 1;
  image_event(&image, node, 1,
              (struct memprof_line){.allocs = 1,
                                    .bytes = bytes,
                                    .peak = bytes,
                                    .mem_usage = (int64_t)bytes});
  image_sizes(&image, node, 4, 1);
  return node;
}

static uint32_t function(const char *name, const char *signature,
                         unsigned line) {
  return image_function(&image, (struct spec){.name = name,
                                              .signature = signature,
                                              .files = {"gone.c"},
                                              .lines = {line, line + 1}});
}

static bool is(size_t index, const char *name, unsigned thread, uint64_t calls,
               uint64_t bytes) {
  const struct function_rows *rows = &report.functions[index];
  return index < report.function_count && !strcmp(rows->name, name) &&
         rows->thread == thread && rows->calls == calls &&
         rows->bytes == bytes && rows->rows[1].bytes == bytes;
}

/* Thread 1 calls f twice, by two contexts; thread 2 calls a copy of f, and g; in
 * thread 3 nothing happened, in 4 a call of f has not ended. h is known to 1
 * and 2, and called by none. */
static void fill(void) {
  image_start(&image);
  uint32_t f = function("f", NULL, 10), copy = function("f", NULL, 10);
  uint32_t g = function("g", NULL, 20), h = function("h", NULL, 30);
  function("never", NULL, 40);
  struct memprof_thread *threads[5];
  for (unsigned i = 1; i < 5; i++)
    threads[i] = image_thread(&image);
  threads[2]->threads = 3;
  call(threads[2], g, 300);
  call(threads[2], copy, 20);
  struct memprof_node *outer = call(threads[1], f, 1);
  image_calls(&image, image_node(&image, threads[1], outer, 1, copy), 1, 0, 0,
              0, 0, 0);
  image_node(&image, threads[3], image_root(&image, threads[3]), 0, f);
  for (unsigned i = 1; i < 3; i++)
    image_node(&image, threads[i], image_root(&image, threads[i]), 0, h);
  struct memprof_node *open =
      image_node(&image, threads[4], image_root(&image, threads[4]), 0, f);
  open->calls = open->in_flight = 1;
  struct memprof_frame *frames = image_frames(&image, threads[4], 2);
  frames[1].node = image_ref(&image, open);
  frames[1].caller = threads[4]->base;
  frames[1].call_high = 7;
  threads[4]->top = image_ref(&image, &frames[1]);
}

static void apart(void) {
  fill();
  image.by_thread = true;
  CHECK(image_report(&image, &report, &scratch) && report.by_thread);
  CHECK(report.function_count == 6);
  CHECK(is(0, "f", 1, 2, 1) && is(1, "f", 2, 1, 20) && is(2, "f", 4, 1, 0));
  CHECK(is(3, "g", 2, 1, 300) && is(5, "never", 0, 0, 0));
  CHECK_TEXT(report.functions[4].name, "h");
  const struct function_rows *parts = report.functions;
  CHECK(parts[0].followers == 0 && parts[1].followers == 2);
  CHECK(parts[0].sizes[4] == 1 && parts[1].sizes[4] == 1 && !parts[2].sizes[4]);
  CHECK(parts[0].rows[1].mem_usage == 1 && parts[1].rows[1].mem_usage == 20);
  CHECK(parts[0].per_call[MEMPROF_CALL_peak].max == 1);
  CHECK(parts[1].per_call[MEMPROF_CALL_peak].min == 20);
  CHECK(parts[2].per_call[MEMPROF_CALL_peak].max == 7);
  scratch_release(&scratch);

  const char *text = image_text(&image, style);
  CHECK(strstr(text, "Function: f (thread 1, 2 calls, 1 allocation, peak 1 B, "
                     "kept 1 B)\n"));
  CHECK(strstr(text, "Function: f (thread 2 and 2 after it, 1 call, 1 "));
  CHECK(strstr(text, "\n\n\nnot executed:\n"
                     "    h (gone.c:30)\n"
                     "    never (gone.c:40)\n\n"));
}

/* Not asked for, or of a merged profile: all threads in one. */
static void together(void) {
  fill();
  for (int merged = 0; merged < 2; merged++) {
    image.by_thread = merged;
    image_header(&image)->merged = 2 * (unsigned)merged;
    CHECK(image_report(&image, &report, &scratch) && !report.by_thread);
    CHECK(report.function_count == 4);
    CHECK(is(0, "f", 0, 4, 21) && is(1, "g", 0, 1, 300));
    CHECK(report.functions[0].per_call[MEMPROF_CALL_peak].max == 20);
    scratch_release(&scratch);
  }
}

/* The threads of one function are no overloads of each other. */
static void overloads(void) {
  image_start(&image);
  image.by_thread = true;
  uint32_t one = function("f", "f(int)", 1),
           other = function("f", "f(long)", 5);
  uint32_t alone = function("g", "g(int)", 9);
  for (unsigned i = 0; i < 3; i++) {
    struct memprof_thread *thread = image_thread(&image);
    call(thread, one, 1);
    call(thread, other, 1);
    call(thread, alone, 1);
  }
  const char *at = image_text(&image, style);
  static const char *const expected[] = {
      "f(int) (thread 1,",  "f(int) (thread 2,",  "f(int) (thread 3,",
      "f(long) (thread 1,", "f(long) (thread 2,", "f(long) (thread 3,",
      "g (thread 1,",       "g (thread 2,",       "g (thread 3,"};
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    at = strstr(at, "Function: ");
    CHECK(at != NULL);
    if (!at)
      return;
    at += strlen("Function: ");
    CHECK(strncmp(at, expected[i], strlen(expected[i])) == 0);
  }
  CHECK(!strstr(at, "Function: "));
}

int main(void) {
  apart();
  together();
  overloads();
  return CHECK_RESULT();
}
