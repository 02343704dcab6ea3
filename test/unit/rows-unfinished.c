/* Rows: calls that have not finished count as if they ended now, innermost
 * first, and the image stays as it is.
 * RUN: %unit %s -o %t && %t
 */
#include "image.h"

static struct image image, before;
static struct scratch scratch;
static struct report report;

static uint32_t outer, inner;
static struct memprof_thread *thread;
static struct memprof_node *a, *b;

/* outer (10) calls inner on line 11, inner (20) allocates on 21. */
static void start(void) {
  image_start(&image);
  outer = image_function(
      &image,
      (struct spec){.name = "outer", .files = {"a.c"}, .lines = {10, 11, 12}});
  inner = image_function(
      &image,
      (struct spec){.name = "inner", .files = {"a.c"}, .lines = {20, 21}});
  thread = image_thread(&image);
  a = image_node(&image, thread, image_root(&image, thread), 0, outer);
  b = image_node(&image, thread, a, 1, inner);
}

/* The next call of a stack: a frame of `node`, entered from the one below; the
 * rest as `state` says. */
static void open_call(struct memprof_thread *of, struct memprof_frame *below,
                      const struct memprof_node *node,
                      struct memprof_frame state) {
  below[1] = state;
  below[1].node = image_ref(&image, node);
  below[1].caller = image_ref(&image, below);
  of->top = image_ref(&image, &below[1]);
}

static bool report_unchanged(void) {
  before = image;
  bool is_built = image_report(&image, &report, &scratch);
  return is_built && memcmp(&before, &image, sizeof image) == 0;
}

/* exit() in inner: outer has allocated 100 on line 12 before, inner 50 + 30 on
 * line 21 and released 60 of them; 70 was the highest above its start. */
static void two_open_calls(void) {
  start();
  struct memprof_frame *frames = image_frames(&image, thread, 4);
  open_call(thread, &frames[0], a,
            (struct memprof_frame){.line = 1,
                                   .seen_line = 1,
                                   .seen_hits = 1,
                                   .base = 100,
                                   .call_high = 100});
  open_call(thread, &frames[1], b,
            (struct memprof_frame){.line = 1,
                                   .seen_line = 1,
                                   .seen_hits = 1,
                                   .base = 100,
                                   .live_at_enter = 100,
                                   .call_high = 170,
                                   .allocs = 1,
                                   .bytes = 100});
  thread->live = 120;
  thread->allocs = 3;
  thread->bytes = 180;
  thread->frees = 1;
  thread->freed = 60;
  a->calls = a->in_flight = 1;
  b->calls = b->in_flight = 1;
  memprof_node_hits(a)[1] = memprof_node_hits(a)[2] = 1;
  memprof_node_hits(b)[1] = 1;
  image_event(&image, a, 2,
              (struct memprof_line){
                  .allocs = 1, .bytes = 100, .peak = 100, .mem_usage = 100});
  image_event(&image, b, 1,
              (struct memprof_line){.allocs = 2,
                                    .bytes = 80,
                                    .frees = 1,
                                    .freed = 60,
                                    .returned = 60,
                                    .peak = 70,
                                    .mem_usage = 120});
  CHECK(report_unchanged());
  const struct function_rows *f = &report.functions[1];
  CHECK(f->calls == 1);
  CHECK(f->per_call[MEMPROF_CALL_allocs].max == 2);
  CHECK(f->per_call[MEMPROF_CALL_frees].max == 1);
  CHECK(f->per_call[MEMPROF_CALL_bytes].max == 80);
  CHECK(f->per_call[MEMPROF_CALL_peak].max == 70);
  CHECK(f->per_call[MEMPROF_CALL_kept].max == 20);
  f = &report.functions[0];
  CHECK(f->per_call[MEMPROF_CALL_allocs].max == 3);
  CHECK(f->per_call[MEMPROF_CALL_bytes].first == 180);
  CHECK(f->per_call[MEMPROF_CALL_peak].max == 170);
  CHECK(f->per_call[MEMPROF_CALL_kept].min == 120);
  /* outer's call line: sums of inner, peak from inner's entry, live now */
  const struct row *line = &f->rows[1];
  CHECK(line->bytes == 80 && line->peak == 70 && line->mem_usage == 120);
  CHECK(line->has_event && f->rows[2].peak == 100);
  scratch_release(&scratch);
}

/* Inner began after the latest event: its frame says nothing of it. Of outer only
 * an earlier visit was seen. */
static void fresh_call(void) {
  start();
  struct memprof_frame *frames = image_frames(&image, thread, 4);
  open_call(thread, &frames[0], a,
            (struct memprof_frame){.line = 2,
                                   .seen_line = 1,
                                   .seen_hits = 1,
                                   .call_high = 90,
                                   .cfa = 2});
  frames[2] = (struct memprof_frame){.node = image_ref(&image, b),
                                     .caller = image_ref(&image, &frames[1]),
                                     .cfa = 1,
                                     .call_high = 1000,
                                     .seen_line = 1};
  thread->live = 90;
  thread->allocs = 1;
  thread->bytes = 90;
  a->calls = a->in_flight = 1;
  b->calls = b->in_flight = 1;
  b->parent_line = 2;
  memprof_node_hits(a)[1] = memprof_node_hits(a)[2] = 1;
  image_event(&image, a, 1,
              (struct memprof_line){
                  .allocs = 1, .bytes = 90, .peak = 90, .mem_usage = 90});
  CHECK(report_unchanged());
  const struct function_rows *inner = &report.functions[1];
  CHECK(inner->calls == 1 && inner->per_call[MEMPROF_CALL_allocs].max == 0);
  CHECK(inner->per_call[MEMPROF_CALL_peak].max == 0);
  const struct function_rows *outer = &report.functions[0];
  CHECK(outer->per_call[MEMPROF_CALL_allocs].max == 1);
  CHECK(outer->per_call[MEMPROF_CALL_peak].max == 90);
  CHECK(outer->rows[1].peak == 90 && outer->rows[2].peak == 0);
  CHECK(outer->rows[2].has_event && outer->rows[2].mem_usage == 90);
  frames[2].cfa = 0; /* not in use: inner has ended */
  b->in_flight = 0;
  CHECK(report_unchanged());
  CHECK(!report.functions[0].rows[2].has_event);
  scratch_release(&scratch);
}

/* A visit that had events before the call: its own base counts. */
static void open_visit(void) {
  start();
  struct memprof_frame *frames = image_frames(&image, thread, 4);
  open_call(thread, &frames[0], a,
            (struct memprof_frame){.line = 1,
                                   .seen_line = 1,
                                   .seen_hits = 5,
                                   .base = -30,
                                   .call_high = 90});
  open_call(thread, &frames[1], b,
            (struct memprof_frame){.live_at_enter = 10, .call_high = 100});
  thread->live = 15;
  a->calls = a->in_flight = 1;
  b->calls = b->in_flight = 1;
  CHECK(report_unchanged());
  CHECK(report.functions[0].rows[1].peak == 130); /* 100 - -30 */
  CHECK(report.functions[0].rows[1].mem_usage == 15);
  CHECK(report.functions[0].per_call[MEMPROF_CALL_peak].max == 100);
  CHECK(report.functions[1].per_call[MEMPROF_CALL_peak].max == 90);
  /* a longjmp took outer to line 12, and inner's end was not noticed yet */
  frames[1].line = 2;
  CHECK(report_unchanged());
  CHECK(report.functions[0].rows[1].mem_usage == 15);
  CHECK(!report.functions[0].rows[2].has_event);
  scratch_release(&scratch);
}

/* Finished and unfinished calls together. */
static void some_finished(void) {
  start();
  image_calls(&image, a, 3, 2, 1, 50, 40, 10);
  a->calls = 4;
  a->in_flight = 1;
  struct memprof_frame *frames = image_frames(&image, thread, 2);
  open_call(thread, &frames[0], a,
            (struct memprof_frame){.allocs = 6,
                                   .frees = 3,
                                   .bytes = 150,
                                   .freed = 120,
                                   .live_at_enter = 30,
                                   .call_high = 30});
  thread->live = 0;
  thread->allocs = 6;
  thread->frees = 4;
  thread->bytes = 150;
  thread->freed = 150;
  CHECK(report_unchanged());
  const struct function_rows *f = &report.functions[0];
  const struct memprof_stat *stat = f->per_call;
  CHECK(f->calls == 4);
  CHECK(stat[MEMPROF_CALL_allocs].min == 0);
  CHECK(stat[MEMPROF_CALL_allocs].max == 2);
  CHECK(stat[MEMPROF_CALL_allocs].sum == 6);
  CHECK(stat[MEMPROF_CALL_allocs].first == 2);
  CHECK(stat[MEMPROF_CALL_frees].sum == 4);
  CHECK(stat[MEMPROF_CALL_peak].min == 0 && stat[MEMPROF_CALL_peak].max == 40);
  CHECK(stat[MEMPROF_CALL_kept].min == 0 && stat[MEMPROF_CALL_kept].max == 10);
  scratch_release(&scratch);
}

/* Two threads stand in one function. */
static void two_threads(void) {
  start();
  for (uint64_t i = 1; i <= 2; i++) {
    struct memprof_thread *t = image_thread(&image);
    struct memprof_node *node =
        image_node(&image, t, image_root(&image, t), 0, inner);
    node->calls = node->in_flight = 1;
    struct memprof_frame *frames = image_frames(&image, t, 2);
    open_call(t, &frames[0], node, (struct memprof_frame){.line = 0});
    t->allocs = 10 / i;
  }
  CHECK(report_unchanged());
  const struct memprof_stat *allocs =
      &report.functions[1].per_call[MEMPROF_CALL_allocs];
  CHECK(report.functions[1].calls == 2);
  CHECK(allocs->first == 10 && allocs->max == 10 && allocs->min == 5);
  CHECK(allocs->sum == 15);
  scratch_release(&scratch);
}

/* Torn by a kill: frames that were never written count for nothing. */
static void torn(void) {
  start();
  struct memprof_frame *frames = image_frames(&image, thread, 2);
  a->calls = a->in_flight = 1;
  frames[1].caller = image_ref(&image, &frames[0]);
  thread->top = image_ref(&image, &frames[1]);
  CHECK(report_unchanged()); /* no node yet */
  CHECK(report.functions[0].calls == 1);
  CHECK(report.functions[0].per_call[MEMPROF_CALL_peak].max == 0);
  thread->top = (memprof_ref)(image_header(&image)->used / MEMPROF_UNIT + 3);
  CHECK(report_unchanged()); /* a block of frames past what we read */
  scratch_release(&scratch);
}

int main(void) {
  two_open_calls();
  fresh_call();
  open_visit();
  some_finished();
  two_threads();
  torn();
  return CHECK_RESULT();
}
