/* The reader: each broken profile is refused with one message that gives the
 * byte; what is merely cut off is read as far as it is whole.
 * RUN: %unit %s -o %t && %t
 */
#include "image.h"

static struct image image;
static struct profile profile;
static char error[256];

static struct memprof_thread *thread;
static struct memprof_node *root, *node;
static struct memprof_line *line;
static struct memprof_frame *frames;
static struct memprof_function *function;
static struct memprof_meta *meta;
static struct memprof_unit *unit;
static struct memprof_sizes *sizes;
static struct memprof_spans *spans;
static struct memprof_mapping *mapping;

static void start(void) {
  image_start(&image);
  uint32_t f = image_function(&image, (struct spec){.name = "f",
                                                    .files = {"a.c", "b.h"},
                                                    .directory = "/src",
                                                    .module = "/bin/f",
                                                    .limit = "peak=1MiB",
                                                    .reason = "reason",
                                                    .lines = {1, 2}});
  function = image_function_at(&image, f);
  thread = image_thread(&image);
  root = image_root(&image, thread);
  node = image_node(&image, thread, root, 0, f);
  image_calls(&image, node, 1, 1, 0, 3, 3, 3);
  line = image_event(&image, node, 1, (struct memprof_line){.bytes = 3});
  meta = image_meta(&image, MEMPROF_META_host, "host");
  unit = image_unit(&image, "/bin/f");
  sizes = image_sizes(&image, node, 2, 1);
  spans = image_spans(&image, 2);
  mapping = image_mapping(&image, node, 1, 4096, 0);
  frames = image_frames(&image, thread, 3);
  frames[1].node = image_ref(&image, node);
  frames[1].caller = image_ref(&image, &frames[0]);
  thread->top = image_ref(&image, &frames[1]);
}

static bool opens(size_t size) {
  struct scratch scratch = {0};
  error[0] = 0;
  bool is_open =
      profile_open(&profile, image.bytes, size, &scratch, error, sizeof error);
  scratch_release(&scratch);
  return is_open;
}

/* After CHANGE the image is refused: "byte <place of RECORD>: MESSAGE". */
#define REFUSES(CHANGE, RECORD, MESSAGE)                                       \
  do {                                                                         \
    start();                                                                   \
    CHANGE;                                                                    \
    char expected[512];                                                        \
    snprintf(expected, sizeof expected, "byte %zu: %s",                        \
             (size_t)((unsigned char *)(RECORD)-image.bytes), MESSAGE);        \
    CHECK(!opens(image_header(&image)->used));                                 \
    CHECK_TEXT(error, expected);                                               \
  } while (0)

static void headers(void) {
  struct memprof_header *h = image_header(&image);
  REFUSES(h->magic[0] = 'X', h, "not a memprof profile: bad magic");
  REFUSES(h->version = 5, &h->version,
          "format version 5, this memprof reads 4");
  REFUSES(h->byte_order = 0x04030201, &h->byte_order,
          "written by a machine of another byte order");
  REFUSES(h->word_size = 4, &h->word_size,
          "written by a program with 4-byte pointers, this memprof reads 8");
  REFUSES(h->header_size = 16, &h->header_size, "impossible header size 16");
  REFUSES(h->header_size = 136, &h->header_size, "impossible header size 136");
  REFUSES(h->used = 1000000;
          h->capacity = 100, &h->used, "impossible size in use 1000000");
  start();
  h->used = 16;
  CHECK(!opens(IMAGE_SIZE));
  CHECK_TEXT(error, "byte 24: impossible size in use 16");
  start();
  CHECK(!opens(0) &&
        !strcmp(error, "byte 0: not a memprof profile: bad magic"));
  CHECK(!opens(20) && !strcmp(error, "byte 20: cut off inside the header"));
  struct scratch scratch = {0};
  CHECK(!profile_open(&profile, image.bytes + 8, 1000, &scratch, error,
                      sizeof error));
  CHECK_TEXT(error, "image is not aligned to 16 bytes");
}

static struct memprof_abi_record *record(void) {
  return (struct memprof_abi_record *)(function + 1);
}
static struct memprof_abi_file *files(void) {
  return (void *)((char *)record() + record()->files);
}
static struct memprof_abi_line *lines(void) {
  return (void *)((char *)record() + record()->lines);
}

static void descriptors(void) {
  REFUSES(record()->size = 8, record(), "descriptor of impossible size");
  REFUSES(record()->size = function->head.size, record(),
          "descriptor of impossible size");
  REFUSES(record()->abi = 7, record(), "descriptor of version 7");
  REFUSES(record()->name = 0, record(), "name outside the descriptor");
  REFUSES(record()->signature = record()->size, record(),
          "signature outside the descriptor");
  REFUSES(record()->symbol = 0xffffffff, record(),
          "symbol outside the descriptor");
  REFUSES(record()->reason = 4, record(), "reason outside the descriptor");
  REFUSES(memset((char *)record() + record()->name, 'x',
                 record()->size - record()->name),
          (char *)record() + record()->name, "name without an end");
  REFUSES(record()->line_count = 0, record(), "function without lines");
  REFUSES(record()->line_count = 0x20000001, record(),
          "line table outside the descriptor");
  REFUSES(record()->lines += 1, record(), "line table outside the descriptor");
  REFUSES(lines()[1].file = 2, record(), "line 1 is of file 2, there are 2");
  REFUSES(record()->file_count = 0x15555556, record(),
          "file table outside the descriptor");
  REFUSES(files()[1].name = 0, record(), "file name outside the descriptor");
  REFUSES(files()[0].directory = 0x7fffffff, record(),
          "directory outside the descriptor");
  REFUSES(files()[0].md5 = record()->size - 15, record(),
          "checksum outside the descriptor");
  REFUSES(record()->limit_count = 0x40000001, record(),
          "limit table outside the descriptor");
  REFUSES(record()->limits = record()->size - 4;
          *(uint32_t *)(void *)((char *)record() + record()->size - 4) = 9,
          record(), "limit outside the descriptor");
}

static void records(void) {
  REFUSES(thread->head.size = 0, thread, "record of impossible size 0");
  REFUSES(thread->head.size = 20, thread, "record of impossible size 20");
  REFUSES(function->head.size = 16, (char *)function + 16,
          "record of impossible size 0");
  REFUSES(line->head.kind = MEMPROF_KIND_FUNCTION;
          line->node = 9, line, "function has id 9, 2 is next");
  REFUSES(((struct memprof_head *)image_at(&image, function->module))->kind =
              MEMPROF_KIND_FUNCTION,
          image_at(&image, function->module), "record of kind 2 is too short");
  REFUSES(line->head.kind = MEMPROF_KIND_NODE, line,
          "record of kind 4 is too short");
  REFUSES(function->module = image_ref(&image, thread), function,
          "function's module is not a text");
  REFUSES(memset((char *)image_at(&image, function->module) + 8, 'x', 8),
          image_at(&image, function->module), "text without an end");
  REFUSES(thread->base = image_ref(&image, node), thread,
          "thread's stack is not made of frames");
  REFUSES(thread->top = image_ref(&image, &frames[2]) + 1, thread,
          "thread's stack is not made of frames");
  REFUSES(node->thread = image_ref(&image, node), node,
          "context's thread is not a thread");
  REFUSES(node->function = 2, node, "context's function 2, there are 1");
  REFUSES(node->function = 0, node, "context has 2 lines, its function 1");
  REFUSES(node->parent = 0, node, "context without a parent");
  REFUSES(node->parent = image_ref(&image, node), node,
          "context's parent is not an earlier one");
  REFUSES(node->parent = image_ref(&image, thread), node,
          "context's parent is not an earlier one");
  REFUSES(node->parent_line = 1, node, "context's line 1, its parent has 1");
  REFUSES(node->thread = image_ref(&image, image_thread(&image)), node,
          "context's parent is of another thread");
  REFUSES(line->node = image_ref(&image, line), line,
          "line's context is not a context");
  REFUSES(line->line = 2, line, "line 2, its context has 2");
  REFUSES(((struct memprof_frames *)frames)[-1].count = 0x10000000,
          (struct memprof_frames *)frames - 1, "record of kind 6 is too short");
  REFUSES(frames[1].caller = thread->top, &frames[1], "calls run in a circle");
  REFUSES(frames[1].caller = thread->root, thread,
          "a call's caller is not a frame");
  REFUSES(frames[1].node = image_ref(&image, line), &frames[1],
          "call's context is not one of its thread");
}

static struct memprof_abi_unit *about(void) { return (void *)(unit + 1); }

static void facts(void) {
  REFUSES(memset(meta->text, 'x', meta->head.size - sizeof *meta), meta,
          "text without an end");
  REFUSES(sizes->node = image_ref(&image, sizes), sizes,
          "sizes' context is not a context");
  REFUSES(sizes->node = 0, sizes, "sizes' context is not a context");
  REFUSES(meta->head.kind = MEMPROF_KIND_SIZES, meta,
          "record of kind 9 is too short");
  REFUSES(mapping->node = image_ref(&image, mapping), mapping,
          "mapping's context is not a context");
  REFUSES(mapping->line = 2, mapping, "mapping's line 2, its context has 2");
  REFUSES(meta->head.kind = MEMPROF_KIND_MAPPING, meta,
          "record of kind 11 is too short");
  REFUSES(spans->count = 3, spans, "record of kind 10 is too short");
  REFUSES(spans->count = 0xffffffff, spans, "record of kind 10 is too short");
  REFUSES(meta->head.kind = MEMPROF_KIND_UNIT, meta,
          "record of kind 8 is too short");
  REFUSES(unit->module = image_ref(&image, thread), unit,
          "unit's module is not a text");
  REFUSES(about()->size = sizeof *about() - 8, about(),
          "description of impossible size");
  REFUSES(about()->size = unit->head.size, about(),
          "description of impossible size");
  REFUSES(about()->abi = 7, about(), "description of version 7");
  REFUSES(about()->level = about()->size, about(),
          "text outside the description");
  REFUSES(about()->compiler = 4, about(), "text outside the description");
  REFUSES(memset((char *)about() + about()->source, 'x',
                 about()->size - about()->source),
          about(), "text outside the description");
  start();
  struct scratch scratch = {0};
  CHECK(profile_open(&profile, image.bytes, IMAGE_SIZE, &scratch, error,
                     sizeof error));
  CHECK_TEXT(profile_meta(&profile, MEMPROF_META_host), "host");
  CHECK(!profile_meta(&profile, MEMPROF_META_program));
  CHECK_TEXT(profile_unit_module(&profile, profile.units[0]), "/bin/f");
  scratch_release(&scratch);
}

/* Whatever a file's end cuts off, what stands before is read. */
static void cut_off(void) {
  start();
  size_t used = image_header(&image)->used, opened = 0;
  CHECK(opens(used) && !profile.cut_off && profile.line_count == 1);
  CHECK(opens(IMAGE_SIZE) && !profile.cut_off && profile.size == used);
  for (size_t size = 0; size < used; size++) {
    bool is_open = opens(size);
    CHECK(is_open == (size >= image_header(&image)->header_size));
    CHECK(!is_open || profile.cut_off);
    opened += is_open;
  }
  CHECK(opened > 500);
  CHECK(opens((size_t)((unsigned char *)line - image.bytes) + 8));
  CHECK(profile.node_count == 2 && profile.line_count == 0);
  CHECK(profile.size == (size_t)((unsigned char *)line - image.bytes));
  /* `used` may end inside a record too */
  start();
  image_header(&image)->used -= 16;
  CHECK(opens(IMAGE_SIZE) && profile.cut_off && profile.frames_count == 0);
  start();
  /* a record of a kind that we do not know is passed over */
  struct memprof_head *later = image_add(&image, 99, 4000);
  (void)later;
  image_event(&image, node, 0, (struct memprof_line){.bytes = 3});
  CHECK(opens(image_header(&image)->used) && profile.line_count == 2);
  /* the report says so */
  start();
  image_header(&image)->used += 64;
  image_header(&image)->capacity = image_header(&image)->used;
  struct scratch scratch = {0};
  struct report report;
  CHECK(profile_open(&profile, image.bytes, image_header(&image)->used - 64,
                     &scratch, error, sizeof error));
  CHECK(report_build(&report, &profile, false, &scratch) && report.cut_off);
  scratch_release(&scratch);
}

int main(void) {
  headers();
  descriptors();
  records();
  facts();
  cut_off();
  return CHECK_RESULT();
}
