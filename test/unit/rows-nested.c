/* Rows: a callee's events stand in its own table and on its caller's line, in
 * each distinct function of a path once, whatever the recursion; threads add
 * up.
 * RUN: %unit %s -o %t && %t
 */
#include "image.h"

static struct image image;
static struct scratch scratch;
static struct report report;

static const struct row *row_of(size_t function, unsigned line) {
  const struct function_rows *rows = &report.functions[function];
  for (size_t i = 0; i < rows->row_count; i++)
    if (rows->rows[i].line == line)
      return &rows->rows[i];
  CHECK(!"the row exists");
  return &rows->rows[0];
}

/* outer (line 10) calls middle on line 11, middle (20) calls inner on 21, inner
 * (30) allocates on 31 and releases on 32. */
static uint32_t outer, middle, inner;

static void functions(void) {
  image_start(&image);
  outer = image_function(
      &image,
      (struct spec){.name = "outer", .files = {"a.c"}, .lines = {10, 11, 12}});
  middle = image_function(
      &image,
      (struct spec){.name = "middle", .files = {"a.c"}, .lines = {20, 21}});
  inner = image_function(
      &image,
      (struct spec){.name = "inner", .files = {"a.c"}, .lines = {30, 31, 32}});
}

static void a_path_of_three(void) {
  functions();
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *root = image_root(&image, thread);
  struct memprof_node *a = image_node(&image, thread, root, 0, outer);
  struct memprof_node *b = image_node(&image, thread, a, 1, middle);
  struct memprof_node *c = image_node(&image, thread, b, 1, inner);
  a->entry_stamp = b->entry_stamp = c->entry_stamp = 0;
  c->entry_live = 8;
  image_calls(&image, c, 2, 1, 0, 100, 100, 60);
  image_calls(&image, b, 1, 2, 0, 200, 200, 120);
  image_calls(&image, a, 1, 3, 0, 205, 200, 125);
  memprof_node_hits(a)[1] = 1;
  memprof_node_hits(a)[2] = 1;
  memprof_node_hits(b)[1] = 1;
  memprof_node_hits(c)[1] = 2;
  memprof_node_hits(c)[2] = 2;
  /* inner: 2 x 100 on line 31; 2 x 40 released on 32, one of them elsewhere */
  image_event(&image, c, 1,
              (struct memprof_line){.allocs = 2,
                                    .bytes = 200,
                                    .returned = 40,
                                    .returned_elsewhere = 40,
                                    .peak = 100,
                                    .mem_usage = 160});
  image_event(&image, c, 2,
              (struct memprof_line){.frees = 1, .freed = 40, .mem_usage = 120});
  /* what the runtime writes when a callee returns: peak and live, no sums */
  image_event(&image, b, 1,
              (struct memprof_line){.peak = 190, .mem_usage = 120});
  image_event(&image, a, 1,
              (struct memprof_line){.peak = 195, .mem_usage = 121});
  image_event(&image, a, 2,
              (struct memprof_line){
                  .allocs = 1, .bytes = 5, .peak = 5, .mem_usage = 125});

  CHECK(image_report(&image, &report, &scratch));
  CHECK(report.function_count == 3);
  const struct row *line = row_of(2, 31);
  CHECK(line->allocs == 2 && line->bytes == 200 && line->kept == 120);
  CHECK(line->increment == 200 && line->peak == 100);
  CHECK(line->occurrences == 2 && line->mem_usage == 160);
  line = row_of(2, 32);
  CHECK(line->frees == 1 && line->freed == 40 && line->increment == -40);
  /* the caller's line: sums of below, peak and live its own */
  line = row_of(1, 21);
  CHECK(line->allocs == 2 && line->bytes == 200 && line->frees == 1);
  CHECK(line->freed == 40 && line->increment == 160 && line->kept == 120);
  CHECK(line->peak == 190 && line->mem_usage == 120);
  CHECK(line->occurrences == 1);
  line = row_of(0, 11);
  CHECK(line->allocs == 2 && line->bytes == 200 && line->increment == 160);
  CHECK(line->peak == 195 && line->mem_usage == 121);
  line = row_of(0, 12);
  CHECK(line->allocs == 1 && line->bytes == 5 && line->mem_usage == 125);
  /* sums of a function are sums of its rows */
  CHECK(report.functions[0].allocs == 3 && report.functions[0].bytes == 205);
  CHECK(report.functions[0].kept == 125 && report.functions[0].frees == 1);
  CHECK(report.functions[2].calls == 2 && report.functions[2].kept == 120);
  const struct memprof_stat *peak =
      &report.functions[1].per_call[MEMPROF_CALL_peak];
  CHECK(peak->min == 200 && peak->max == 200 && peak->sum == 200);
  CHECK(peak->first == 200);
  CHECK(report.outside.allocs == 0 && !report.outside.has_event);
  scratch_release(&scratch);
}

/* A -> B -> A: the inner A's context is [B, A], the outer A is not on it. So B
 * has a context for A's callee, without calls of its own. */
static void mutual_recursion(void) {
  functions();
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *root = image_root(&image, thread);
  struct memprof_node *a = image_node(&image, thread, root, 0, outer);
  struct memprof_node *ab = image_node(&image, thread, a, 1, middle);
  struct memprof_node *b = image_node(&image, thread, root, 0, middle);
  struct memprof_node *ba = image_node(&image, thread, b, 1, outer);
  image_calls(&image, ba, 1, 1, 0, 64, 64, 64);
  image_calls(&image, ab, 1, 1, 0, 64, 64, 64);
  image_calls(&image, a, 1, 2, 0, 164, 164, 164);
  memprof_node_hits(ba)[2] = 1;
  memprof_node_hits(ab)[1] = 1;
  memprof_node_hits(a)[1] = 1;
  memprof_node_hits(a)[2] = 1;
  image_event(&image, a, 2,
              (struct memprof_line){
                  .allocs = 1, .bytes = 100, .peak = 100, .mem_usage = 100});
  image_event(&image, ba, 2,
              (struct memprof_line){
                  .allocs = 1, .bytes = 64, .peak = 64, .mem_usage = 164});
  image_event(&image, ab, 1,
              (struct memprof_line){.peak = 64, .mem_usage = 164});
  image_event(&image, a, 1,
              (struct memprof_line){.peak = 64, .mem_usage = 164});
  CHECK(image_report(&image, &report, &scratch));
  /* the inner A's bytes: once in A's table, once on B's call line, and not on
   * A's line that called B */
  CHECK(row_of(0, 12)->bytes == 164 && row_of(0, 12)->allocs == 2);
  CHECK(row_of(0, 12)->occurrences == 2 && row_of(0, 12)->mem_usage == 164);
  CHECK(row_of(0, 11)->bytes == 0 && row_of(0, 11)->peak == 64);
  CHECK(row_of(0, 11)->mem_usage == 164);
  CHECK(row_of(1, 21)->bytes == 64 && row_of(1, 21)->peak == 64);
  CHECK(row_of(1, 21)->occurrences == 1);
  CHECK(report.functions[0].bytes == 164 && report.functions[0].calls == 2);
  CHECK(report.functions[1].bytes == 64 && report.functions[1].calls == 1);
  scratch_release(&scratch);
}

static void two_threads(void) {
  functions();
  struct memprof_thread *threads[2] = {image_thread(&image),
                                       image_thread(&image)};
  struct memprof_node *node[2];
  for (int i = 0; i < 2; i++)
    node[i] = image_node(&image, threads[i], image_root(&image, threads[i]), 0,
                         inner);
  image_calls(&image, node[1], 3, 1, 0, 10, 12, 10);
  image_calls(&image, node[0], 1, 1, 1, 30, 34, 0);
  memprof_node_hits(node[0])[1] = 1;
  memprof_node_hits(node[1])[1] = 3;
  node[0]->entry_stamp = 50;
  node[0]->entry_live = 7;
  node[1]->entry_stamp = 49;
  node[1]->entry_live = 9;
  /* thread 1's event is the later one */
  image_event(&image, node[0], 1,
              (struct memprof_line){
                  .allocs = 1, .bytes = 30, .peak = 34, .mem_usage = 1000});
  image_event(&image, node[1], 1,
              (struct memprof_line){
                  .allocs = 3, .bytes = 30, .peak = 12, .mem_usage = 30});
  CHECK(image_report(&image, &report, &scratch));
  const struct function_rows *function = &report.functions[2];
  const struct row *line = row_of(2, 31);
  CHECK(function->calls == 4 && row_of(2, 30)->occurrences == 4);
  CHECK(line->occurrences == 4 && line->allocs == 4 && line->bytes == 60);
  CHECK(line->peak == 34 && line->mem_usage == 30);
  CHECK(row_of(2, 30)->mem_usage == 7);  /* live at the latest entry */
  CHECK(row_of(2, 32)->mem_usage == 30); /* no event: as the row above */
  const struct memprof_stat *bytes = &function->per_call[MEMPROF_CALL_bytes];
  CHECK(bytes->min == 10 && bytes->max == 30 && bytes->sum == 60);
  CHECK(bytes->first == 10); /* thread 1 finished the first call */
  const struct memprof_stat *kept = &function->per_call[MEMPROF_CALL_kept];
  CHECK(kept->min == 0 && kept->max == 10 && kept->first == 10);
  scratch_release(&scratch);
}

/* An event on the definition line after the last entry (a function on one
 * line) is what Mem usage shows; an earlier one is not. */
static void definition_line(void) {
  functions();
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *node =
      image_node(&image, thread, image_root(&image, thread), 0, inner);
  image_calls(&image, node, 2, 1, 0, 10, 10, 10);
  image_event(&image, node, 0,
              (struct memprof_line){
                  .allocs = 2, .bytes = 20, .peak = 10, .mem_usage = 20});
  node->entry_live = 10;
  node->entry_stamp = image.stamp - 1;
  CHECK(image_report(&image, &report, &scratch));
  CHECK(row_of(2, 30)->mem_usage == 20 && row_of(2, 30)->peak == 10);
  CHECK(row_of(2, 30)->bytes == 20 && row_of(2, 30)->occurrences == 2);
  node->entry_stamp = image.stamp;
  CHECK(image_report(&image, &report, &scratch));
  CHECK(row_of(2, 30)->mem_usage == 10);
  scratch_release(&scratch);
}

static void outside(void) {
  functions();
  image_header(&image)->scope_process = 1;
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *root = image_root(&image, thread);
  struct memprof_node *node = image_node(&image, thread, root, 0, inner);
  image_calls(&image, node, 1, 1, 0, 10, 10, 10);
  image_event(&image, root, 0,
              (struct memprof_line){.allocs = 4,
                                    .bytes = 400,
                                    .frees = 1,
                                    .freed = 100,
                                    .returned = 100,
                                    .peak = 350,
                                    .mem_usage = 300});
  image_event(&image, node, 1,
              (struct memprof_line){
                  .allocs = 1, .bytes = 10, .peak = 10, .mem_usage = 10});
  CHECK(image_report(&image, &report, &scratch));
  CHECK(report.outside.allocs == 4 && report.outside.bytes == 400);
  CHECK(report.outside.increment == 300 && report.outside.kept == 300);
  CHECK(report.outside.peak == 350 && report.outside.mem_usage == 300);
  CHECK(report.functions[2].bytes == 10);
  scratch_release(&scratch);
}

/* The image of a running program may be one event apart from itself. */
static void released_before_allocated(void) {
  functions();
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *node =
      image_node(&image, thread, image_root(&image, thread), 0, inner);
  image_calls(&image, node, 1, 1, 0, 10, 10, 10);
  image_event(&image, node, 1, (struct memprof_line){.returned_elsewhere = 10});
  CHECK(image_report(&image, &report, &scratch));
  CHECK(row_of(2, 31)->kept == 0 && report.functions[2].kept == 0);
  scratch_release(&scratch);
}

int main(void) {
  a_path_of_three();
  mutual_recursion();
  two_threads();
  definition_line();
  outside();
  released_before_allocated();
  return CHECK_RESULT();
}
