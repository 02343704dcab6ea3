/* make-series OUT WORD...: writes a profile with samples and calls over time,
 * said word by word. Times are ms, bytes sizes as "10MiB".
 *
 *   pid=N run=N ticks=MS real=MS peak=SIZE host=NAME command=TEXT merged=N
 *       of the header: clocks when the runtime woke
 *   series=PID,START[,COMMAND]         a series that begins at that tick
 *   sample=AT,RSS,PSS,USS,LIVE         of the latest series; LIVE may be '-'
 *   many=N,RSS                         N more, each 1 ms after the other
 *   function=NAME                      the next one: 1, 2, ...
 *   span=FUNCTION,START,END,LIVE,LIVE_AT_END,PEAK[,THREAD]
 *   open=FUNCTION,START,LIVE,HIGH      a call in progress, inside the one before
 *   deep=N                             N functions, each called by the one
 *       before; the last allocates a byte
 *   lost=N                             calls that the ring has overwritten
 */
#include "common/sizes.h"
#include "image.h"

enum { MOST = 24000 };

static struct image image;
static struct memprof_sample samples[MOST];
static uint32_t sample_count;
static struct memprof_series series;
static memprof_ref series_command;
static struct memprof_span spans[64];
static uint32_t span_count, lost;
static struct memprof_thread *threads[3];
static struct memprof_frame *frames;
static uint32_t depth;

static uint64_t ms(const char *text) {
  return (uint64_t)(strtod(text, NULL) * 1e6);
}

static uint64_t size(const char *text) {
  uint64_t bytes;
  if (!size_parse(text, &bytes)) {
    fprintf(stderr, "no size: '%s'\n", text);
    exit(2);
  }
  return bytes;
}

/* A live count may be below zero, or unknown. */
static int64_t live(const char *text) {
  if (strcmp(text, "-") == 0)
    return MEMPROF_UNKNOWN;
  return *text == '-' ? -(int64_t)size(text + 1) : (int64_t)size(text);
}

static void end_series(void) {
  if (!series.pid)
    return;
  struct memprof_series *record =
      image_add(&image, MEMPROF_KIND_SERIES,
                sizeof series + sample_count * sizeof *samples);
  struct memprof_head head = record->head;
  *record = series;
  record->head = head;
  record->command = series_command;
  record->count = sample_count;
  memcpy(record + 1, samples, sample_count * sizeof *samples);
  sample_count = 0;
  series.pid = 0;
}

static struct memprof_thread *thread(unsigned number) {
  if (!threads[number])
    threads[number] = image_thread(&image);
  return threads[number];
}

static void take_sample(char **part) {
  samples[sample_count++] = (struct memprof_sample){.at_ns = ms(part[0]),
                                                    .rss = size(part[1]),
                                                    .pss = size(part[2]),
                                                    .uss = size(part[3]),
                                                    .live = live(part[4])};
}

static void take_many(char **part) {
  for (uint64_t i = strtoull(part[0], NULL, 10); i--; sample_count++)
    samples[sample_count] = (struct memprof_sample){
        .at_ns = samples[sample_count - 1].at_ns + 1000000,
        .rss = size(part[1]),
        .live = MEMPROF_UNKNOWN};
}

static void take_span(char **part) {
  unsigned number = part[6] ? (unsigned)atoi(part[6]) : 1;
  spans[span_count] = (struct memprof_span){
      .number = lost + span_count + 1,
      .function = (uint32_t)atoi(part[0]),
      .thread = image_ref(&image, thread(number)),
      .start_ns = ms(part[1]),
      .end_ns = ms(part[2]),
      .live_at_start = live(part[3]),
      .live_at_end = live(part[4]),
      .peak = size(part[5]),
  };
  span_count++;
}

static void take_open(char **part) {
  struct memprof_thread *owner = thread(1);
  if (!frames)
    frames = image_frames(&image, owner, 8);
  struct memprof_node *node = image_node(
      &image, owner, image_root(&image, owner), 0, (uint32_t)atoi(part[0]));
  node->calls = node->in_flight = 1;
  frames[++depth] = (struct memprof_frame){
      .node = image_ref(&image, node),
      .caller = image_ref(&image, &frames[depth - 1]),
      .start_ns = ms(part[1]),
      .live_at_enter = live(part[2]),
      .call_high = live(part[3]),
  };
  owner->top = image_ref(&image, &frames[depth]);
  owner->live = live(part[3]);
}

static void take_deep(char **part) {
  struct memprof_node *node = image_root(&image, thread(1));
  for (int i = 1, count = atoi(part[0]); i <= count; i++) {
    char name[32];
    snprintf(name, sizeof name, "deep%d", i);
    uint32_t id = image_function(&image, (struct spec){.name = name,
                                                       .files = {"f.c"},
                                                       .directory = "/nowhere",
                                                       .lines = {1, 2}});
    node = image_node(&image, thread(1), node, i > 1, id);
    image_calls(&image, node, 1, i == count, 0, i == count, 0, 0);
  }
  image_event(&image, node, 1, (struct memprof_line){.allocs = 1, .bytes = 1});
}

static void take_series(char **part) {
  end_series();
  series = (struct memprof_series){
      .pid = (uint32_t)atoi(part[0]),
      .started_ticks = ms(part[1]),
      .started_ns = image_header(&image)->started_ns -
                    image_header(&image)->started_ticks + ms(part[1]),
      .interval_ns = 1000000};
  series_command = part[2] ? image_string(&image, part[2]) : 0;
}

static void take_text(const char *key, const char *value) {
  if (strcmp(key, "function") == 0)
    image_function(&image, (struct spec){.name = value,
                                         .files = {"f.c"},
                                         .directory = "/nowhere",
                                         .lines = {1, 2}});
  else if (strcmp(key, "host") == 0)
    image_meta(&image, MEMPROF_META_host, value);
  else
    image_meta(&image, MEMPROF_META_command, value);
}

static void take_number(const char *key, char *value) {
  struct memprof_header *header = image_header(&image);
  if (strcmp(key, "pid") == 0)
    header->pid = (uint32_t)atoi(value);
  else if (strcmp(key, "run") == 0)
    header->run = strtoull(value, NULL, 10);
  else if (strcmp(key, "merged") == 0)
    header->merged = (uint32_t)atoi(value);
  else if (strcmp(key, "lost") == 0)
    lost = (uint32_t)atoi(value);
  else if (strcmp(key, "peak") == 0)
    header->peak = size(value);
  else if (strcmp(key, "ticks") == 0)
    header->started_ticks = ms(value);
  else if (strcmp(key, "real") == 0)
    header->started_ns = ms(value);
  else
    abort();
}

static void take(char *word) {
  static const struct {
    const char *key;
    void (*take)(char **part);
  } lists[] = {{"series", take_series}, {"sample", take_sample},
               {"many", take_many},     {"span", take_span},
               {"open", take_open},     {"deep", take_deep}};
  char *value = strchr(word, '='), *part[8] = {0};
  *value++ = 0;
  if (!strcmp(word, "function") || !strcmp(word, "host") ||
      !strcmp(word, "command")) {
    take_text(word, value);
    return;
  }
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    if (strcmp(word, lists[i].key) == 0) {
      for (int k = 0; k < 8; k++)
        part[k] = strsep(&value, ",");
      lists[i].take(part);
      return;
    }
  take_number(word, value);
}

static void end_spans(void) {
  if (!span_count && !depth)
    return;
  struct memprof_spans *ring = image_spans(&image, span_count ? span_count : 1);
  struct memprof_span *places = (void *)(ring + 1);
  for (uint32_t i = 0; i < span_count; i++)
    places[(spans[i].number - 1) % span_count] = spans[i];
  ring->written = lost + span_count;
}

int main(int argc, char **argv) {
  image_start(&image);
  image_header(&image)->end = MEMPROF_END_EXIT;
  image_header(&image)->started_ns = 1000000000000;
  for (int i = 2; i < argc; i++)
    take(argv[i]);
  end_series();
  end_spans();
  FILE *out = fopen(argv[1], "wb");
  if (!out ||
      fwrite(image.bytes, 1, image_header(&image)->used, out) !=
          image_header(&image)->used ||
      fclose(out) != 0)
    abort();
  return CHECK_RESULT();
}
