/* make-profile OUT [KEY=VALUE...]: writes a profile as a finished process would
 * have left it.
 *
 * `f` (f.c:1) was called `calls` times: line 2 allocates 1000 bytes, line 3
 * calls `g` (f.c:10), whose line 11 allocates 24 bytes that stay; line 4
 * releases the 1000. So each call of f has 2 allocations, 1 release, 1024 bytes,
 * a peak of 1024 and keeps 24. Block sizes: 1000 has 10 binary digits, 24 has 5.
 *
 * limits=1: f may peak at 1000 (broken, in call 1), allocate 2 to 5 blocks
 * (held); g may leak 1000 bytes (held); the process may peak at 100 (broken); h,
 * which was never called, may keep nothing.
 * floor=1: the same, and h has to allocate (broken: it was never called).
 * tests=1: the calls of f are those of the test "suite.first"; the test
 * "suite.second" calls g directly, from nowhere else.
 * series=1: memory over time, two samples, half a second apart.
 * more=N: N more functions are called from line 3, once each, without an event.
 * files=N: N such profiles, OUT.1, OUT.2, ..., of processes 1, 2, ...
 */
#include "common/limit.h"
#include "image.h"

static struct image image;

static struct settings {
  const char *calls, *pid, *run, *started, *ended, *end, *status, *name, *file,
      *host, *open, *more, *files, *limits, *floor, *tests, *series;
} set = {"1",  "4711", "7", "1",  "2",  "1",  "0",  "f", "f.c",
         NULL, NULL,   "0", NULL, NULL, NULL, NULL, NULL};

static void take(const char *argument) {
  const char *value = strchr(argument, '=');
  static const struct {
    const char *key;
    const char **at;
  } keys[] = {
      {"calls", &set.calls},     {"pid", &set.pid},       {"run", &set.run},
      {"started", &set.started}, {"ended", &set.ended},   {"end", &set.end},
      {"status", &set.status},   {"name", &set.name},     {"file", &set.file},
      {"host", &set.host},       {"open", &set.open},     {"more", &set.more},
      {"files", &set.files},     {"limits", &set.limits}, {"floor", &set.floor},
      {"tests", &set.tests},     {"series", &set.series}};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (value && strlen(keys[i].key) == (size_t)(value - argument) &&
        strncmp(keys[i].key, argument, (size_t)(value - argument)) == 0) {
      *keys[i].at = value + 1;
      return;
    }
  fprintf(stderr, "unknown setting '%s'\n", argument);
  exit(2);
}

static uint64_t number(const char *text) { return strtoull(text, NULL, 10); }

static void add_head(void) {
  struct memprof_header *header = image_header(&image);
  header->pid = (uint32_t)number(set.pid);
  header->run = number(set.run);
  header->started_ns = number(set.started) * 1000000000;
  header->ended_ns = number(set.ended) * 1000000000;
  header->end = (uint32_t)number(set.end);
  header->status = (uint32_t)number(set.status);
  image_meta(&image, MEMPROF_META_command, "./tests --all");
  if (set.host)
    image_meta(&image, MEMPROF_META_host, set.host);
  image_unit(&image, "/bin/tests");
  image_spans(&image, 2);
}

/* A call of f that has not finished: it stands on line 2 with its block. */
static void leave_open(struct memprof_thread *thread,
                       struct memprof_node *node) {
  struct memprof_frame *frames = image_frames(&image, thread, 2);
  frames[1] = (struct memprof_frame){.node = image_ref(&image, node),
                                     .caller = image_ref(&image, &frames[0]),
                                     .line = 1,
                                     .seen_line = 1,
                                     .call_high = 1000};
  thread->top = image_ref(&image, &frames[1]);
  thread->live = thread->bytes = 1000;
  thread->allocs = 1;
  node->calls++;
  node->in_flight = 1;
  memprof_node_hits(node)[1]++;
  image_event(&image, node, 1,
              (struct memprof_line){
                  .allocs = 1, .bytes = 1000, .peak = 1000, .mem_usage = 1000});
}

static void add_more(struct memprof_thread *thread, struct memprof_node *a,
                     uint64_t more) {
  for (uint64_t i = 0; i < more; i++) {
    char name[32];
    snprintf(name, sizeof name, "more%03d", (int)i);
    uint32_t id = image_function(
        &image, (struct spec){
                    .name = name,
                    .files = {set.file},
                    .directory = "/nowhere",
                    .lines = {100 + 10 * (unsigned)i, 101 + 10 * (unsigned)i}});
    image_calls(&image, image_node(&image, thread, a, 2, id), 1, 0, 0, 0, 0, 0);
  }
}

static unsigned metric(const char *name) {
  unsigned i = 0;
  while (strcmp(limit_metric_name(i), name) != 0)
    i++;
  return i;
}

static void add_limits(uint32_t f, uint32_t g, uint64_t calls,
                       memprof_ref test) {
  uint32_t h = image_function(&image, (struct spec){.name = "h",
                                                    .files = {set.file},
                                                    .directory = "/nowhere",
                                                    .lines = {20, 21}});
  memprof_ref mark = image_string(&image, "f.c:1");
  memprof_ref ini = image_string(&image, "profile_config.ini:7");
  image_limit(&image, (struct memprof_limit){.function = f,
                                             .metric = metric("peak"),
                                             .origin = MEMPROF_LIMIT_MARK,
                                             .where = mark,
                                             .ceiling = 1000,
                                             .checks = calls,
                                             .violations = calls,
                                             .worst = 1024,
                                             .worst_call = 1,
                                             .test = test});
  image_limit(&image, (struct memprof_limit){.function = f,
                                             .metric = metric("allocs"),
                                             .origin = MEMPROF_LIMIT_EXACT,
                                             .where = ini,
                                             .floor = 2,
                                             .ceiling = 5,
                                             .checks = calls,
                                             .worst = 2,
                                             .worst_call = 1,
                                             .test = test});
  image_limit(&image, (struct memprof_limit){.function = g,
                                             .metric = metric("leaked"),
                                             .origin = MEMPROF_LIMIT_GLOB,
                                             .where = ini,
                                             .ceiling = 1000,
                                             .checks = 1,
                                             .worst = calls * 24});
  image_limit(&image, (struct memprof_limit){.metric = metric("process.peak"),
                                             .origin = MEMPROF_LIMIT_ALL,
                                             .where = ini,
                                             .ceiling = 100,
                                             .checks = 1,
                                             .violations = 1,
                                             .worst = calls * 24 + 1000});
  image_limit(&image, (struct memprof_limit){.function = h,
                                             .metric = metric("kept"),
                                             .origin = MEMPROF_LIMIT_CODE});
  if (set.floor)
    image_limit(&image, (struct memprof_limit){.function = h,
                                               .metric = metric("allocs"),
                                               .origin = MEMPROF_LIMIT_CODE,
                                               .floor = 1,
                                               .ceiling = UINT64_MAX,
                                               .checks = 1,
                                               .violations = 1});
}

/* A node of a test that was called once, with what its callee did. */
static struct memprof_node *add_test(struct memprof_thread *thread,
                                     const char *name, uint64_t allocs,
                                     uint64_t frees, uint64_t bytes,
                                     uint64_t peak, uint64_t kept) {
  uint32_t id = image_function(
      &image, (struct spec){.name = name, .flags = MEMPROF_RECORD_TEST});
  struct memprof_node *node =
      image_node(&image, thread, image_root(&image, thread), 0, id);
  image_calls(&image, node, 1, allocs, frees, bytes, peak, kept);
  return node;
}

/* g, called from a test: 24 bytes that it releases again. */
static void add_second_test(struct memprof_thread *thread, uint32_t g) {
  struct memprof_node *test = add_test(thread, "suite.second", 1, 1, 24, 24, 0);
  struct memprof_node *node = image_node(&image, thread, test, 0, g);
  image_calls(&image, node, 1, 1, 1, 24, 24, 0);
  memprof_node_hits(node)[1] = 1;
  image_event(&image, node, 1,
              (struct memprof_line){.allocs = 1,
                                    .bytes = 24,
                                    .frees = 1,
                                    .freed = 24,
                                    .returned = 24,
                                    .temporary = 1,
                                    .peak = 24});
  image_sizes(&image, node, 5, 1);
}

static void add_series(void) {
  struct memprof_series *series =
      image_series(&image, "./tests --all", 2, 500000000);
  struct memprof_sample *samples = (void *)(series + 1);
  for (uint64_t i = 0; i < 2; i++) {
    samples[i].rss = 8192 * (i + 1);
    samples[i].pss = 4096 * (i + 1);
    samples[i].uss = 4096;
    samples[i].live = i ? 24 : MEMPROF_UNKNOWN;
  }
}

static void make(uint64_t calls) {
  image_start(&image);
  add_head();
  uint32_t f = image_function(&image, (struct spec){.name = set.name,
                                                    .files = {set.file},
                                                    .directory = "/nowhere",
                                                    .lines = {1, 2, 3, 4}});
  uint32_t g = image_function(&image, (struct spec){.name = "g",
                                                    .files = {set.file},
                                                    .directory = "/nowhere",
                                                    .lines = {10, 11}});
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *root = image_root(&image, thread);
  if (set.tests)
    root = add_test(thread, "suite.first", calls * 2, calls, calls * 1024,
                    calls * 24 + 1000, calls * 24);
  struct memprof_node *a = image_node(&image, thread, root, 0, f);
  struct memprof_node *b = image_node(&image, thread, a, 2, g);
  if (calls) {
    image_calls(&image, b, calls, 1, 0, 24, 24, 24);
    image_calls(&image, a, calls, 2, 1, 1024, 1024, 24);
    memprof_node_hits(b)[1] = calls;
    for (int line = 1; line < 4; line++)
      memprof_node_hits(a)[line] = calls;
    uint64_t bytes = calls * 1000, kept = calls * 24;
    image_event(&image, a, 1,
                (struct memprof_line){.allocs = calls,
                                      .bytes = bytes,
                                      .returned = bytes,
                                      .peak = 1000,
                                      .at_peak = 1000,
                                      .mem_usage = (int64_t)(kept + 976)});
    image_event(&image, b, 1,
                (struct memprof_line){.allocs = calls,
                                      .bytes = kept,
                                      .peak = 24,
                                      .at_peak = kept,
                                      .mem_usage = (int64_t)(kept + 1000)});
    image_event(
        &image, a, 2,
        (struct memprof_line){.peak = 24, .mem_usage = (int64_t)(kept + 1000)});
    image_event(&image, a, 3,
                (struct memprof_line){.frees = calls,
                                      .freed = bytes,
                                      .mem_usage = (int64_t)kept});
    image_sizes(&image, a, 10, calls);
    image_sizes(&image, b, 5, calls);
    image_header(&image)->peak = kept + 1000;
    image_header(&image)->live = kept;
  }
  if (set.open)
    leave_open(thread, a);
  if (set.limits)
    add_limits(f, g, calls, set.tests ? image_ref(&image, root) : 0);
  if (set.tests)
    add_second_test(thread, g);
  if (set.series)
    add_series();
  add_more(thread, a, number(set.more));
}

static void write_image(const char *path) {
  FILE *out = fopen(path, "wb");
  if (!out ||
      fwrite(image.bytes, 1, image_header(&image)->used, out) !=
          image_header(&image)->used ||
      fclose(out) != 0)
    abort();
}

int main(int argc, char **argv) {
  for (int i = 2; i < argc; i++)
    take(argv[i]);
  make(number(set.calls));
  if (!set.files) {
    write_image(argv[1]);
    return CHECK_RESULT();
  }
  for (uint64_t i = 1; i <= number(set.files); i++) {
    char path[4096];
    snprintf(path, sizeof path, "%s.%d", argv[1], (int)i);
    image_header(&image)->pid = (uint32_t)i;
    image_header(&image)->started_ns = i * 1000000000;
    write_image(path);
  }
  return CHECK_RESULT();
}
