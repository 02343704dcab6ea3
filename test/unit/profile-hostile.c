/* The reader, the rows and the text survive whatever a profile holds: cut off
 * at every byte, every word replaced, and many words at once. Sanitizer builds
 * see each read past the image's end; one of threads has nothing to see.
 * UNSUPPORTED: sanitize-thread
 * RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
 * RUN: %unit %s -o %t && %t
 */
#include "image.h"

static struct image image;
static int sink_fd;
static size_t opened, refused;

/* A copy of exactly `size` bytes, so that reading behind it is noticed. */
static void read_all(const void *bytes, size_t size) {
  void *copy = NULL;
  if (posix_memalign(&copy, MEMPROF_UNIT, size ? size : 1))
    abort();
  memcpy(copy, bytes, size);
  struct scratch scratch = {0};
  struct profile profile;
  struct report report;
  char error[128] = "";
  if (profile_open(&profile, copy, size, &scratch, error, sizeof error)) {
    opened++;
    static struct sink sink;
    sink_init(&sink, sink_fd);
    for (int by_thread = 0; by_thread < 2; by_thread++) {
      CHECK(report_build(&report, &profile, by_thread, &scratch));
      render_text(&report, &(struct report_style){SIZE_AUTO, 3, "all", 5, 0},
                  &scratch, &sink);
    }
    CHECK(sink_flush(&sink) == 0);
  } else {
    refused++;
    CHECK(strncmp(error, "byte ", 5) == 0);
  }
  scratch_release(&scratch);
  free(copy);
}

/* Two threads, nested and unfinished calls, lines of two files: a little of
 * everything. */
static size_t everything(void) {
  image_start(&image);
  image_header(&image)->scope_process = 1;
  uint32_t f = image_function(
      &image, (struct spec){.name = "f",
                            .files = {"a.c", "b.h"},
                            .directory = "../x/..",
                            .md5 = (const unsigned char *)"0123456789abcdef",
                            .module = "/bin/true",
                            .limit = "peak=1MiB",
                            .lines = {1, 2, FILE_LINE(1, 3)}});
  uint32_t g = image_function(
      &image, (struct spec){.name = "g", .files = {"a.c"}, .lines = {1, 3}});
  image_function(&image, (struct spec){.name = "h", .reason = "naked"});
  image_meta(&image, MEMPROF_META_command, "./f 1");
  image_unit(&image, "/bin/f");
  image_spans(&image, 2);
  for (int i = 0; i < 2; i++) {
    struct memprof_thread *thread = image_thread(&image);
    struct memprof_node *root = image_root(&image, thread);
    struct memprof_node *a = image_node(&image, thread, root, 0, f);
    struct memprof_node *b = image_node(&image, thread, a, 1, g);
    image_calls(&image, a, 2, 3, 4, 5, 6, 7);
    image_calls(&image, b, 1, 2, 3, 4, 5, 6);
    memprof_node_hits(a)[1] = memprof_node_hits(b)[1] = 1;
    image_event(&image, root, 0,
                (struct memprof_line){.allocs = 1, .bytes = 9});
    image_event(&image, a, 2, (struct memprof_line){.allocs = 1, .bytes = 9});
    image_event(&image, b, 1, (struct memprof_line){.frees = 1, .freed = 9});
    image_sizes(&image, b, 2, 1);
    image_mapping(&image, b, 1, 4096, 4096);
    struct memprof_frame *frames = image_frames(&image, thread, 4);
    frames[1].node = frames[3].node = image_ref(&image, a);
    frames[2].node = image_ref(&image, b);
    for (int depth = 1; depth < 4; depth++) {
      frames[depth].caller = image_ref(&image, &frames[depth - 1]);
      frames[depth].line = 1;
      frames[depth].call_high = 100;
    }
    thread->top = image_ref(&image, &frames[3]);
  }
  return image_header(&image)->used;
}

static uint32_t random_word(void) {
  static uint64_t state = 88172645463325252;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 16);
}

int main(void) {
  FILE *source = fopen("a.c", "w");
  if (!source)
    abort();
  fputs("f() {\n  x;\n}\n", source);
  fclose(source);
  sink_fd = open("/dev/null", O_WRONLY);

  size_t used = everything();
  for (size_t size = 0; size <= used; size++)
    read_all(image.bytes, size);
  CHECK(opened > 2000 && refused >= image_header(&image)->header_size);

  for (size_t word = 0; word < used / 4; word++) {
    uint32_t *at = (uint32_t *)(void *)image.bytes + word, kept = *at;
    const uint32_t values[] = {0,
                               1,
                               0xffffffff,
                               0x7fffffff,
                               0x80000000,
                               kept + 1,
                               kept - 1,
                               kept + 16,
                               kept * 2,
                               random_word(),
                               random_word() % (uint32_t)used};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
      *at = values[i];
      read_all(image.bytes, used);
    }
    *at = kept;
  }

  /* words that belong to one another, changed together */
  for (int round = 0; round < 3000; round++) {
    everything();
    for (int i = 0; i < 1 + round % 4; i++) {
      uint32_t word = random_word() % (uint32_t)(used / 4);
      ((uint32_t *)(void *)image.bytes)[word] =
          random_word() % 2
              ? random_word() % 64
              : ((uint32_t *)(void *)image.bytes)[random_word() % (used / 4)];
    }
    read_all(image.bytes, used);
  }
  printf("%zu opened, %zu refused\n", opened, refused);
  return CHECK_RESULT();
}
