/* Scratch memory: aligned, zeroed, refused when there is none; then there is a
 * message or a false, never a crash.
 * RUN: %unit %s -o %t && %t
 */
#include "image.h"
#include <sys/resource.h>

static struct image image;

static void scratch_memory(void) {
  struct scratch scratch = {0};
  unsigned char *before = NULL;
  for (size_t size = 0; size < 300000; size = size * 3 + 1) {
    unsigned char *memory = scratch_alloc(&scratch, 1, size);
    CHECK(memory && (uintptr_t)memory % 16 == 0 && memory != before);
    for (size_t i = 0; i < size; i++)
      if (memory[i]) {
        CHECK(!"it is zeroed");
        break;
      }
    memset(memory, 0xff, size);
    before = memory;
  }
  CHECK(!scratch_alloc(&scratch, SIZE_MAX, 2));
  CHECK(!scratch_alloc(&scratch, SIZE_MAX / 2 + 1, 2));
  CHECK(!scratch_alloc(&scratch, 1, SIZE_MAX));
  CHECK(!scratch_alloc(&scratch, 1, SIZE_MAX / 2 - 40));
  CHECK(scratch_alloc(&scratch, 3, 5)); /* and goes on */
  scratch_release(&scratch);
  CHECK(!scratch.chunk && scratch.used == 0);
}

enum { CHUNK = 64 * 1024 }; /* what the first mapping of a scratch holds */

static void say_no(bool refuse) {
  static struct rlimit limit;
  if (refuse)
    getrlimit(RLIMIT_AS, &limit);
  struct rlimit tight = {.rlim_cur = 1, .rlim_max = limit.rlim_max};
  if (setrlimit(RLIMIT_AS, refuse ? &tight : &limit))
    abort();
}

enum stage { OPENS, BUILDS, TABLES, TABLE, ALL, STAGES };

/* How far a report comes with `room` bytes of scratch. */
static enum stage with_room(size_t room) {
  static struct profile profile;
  static char text[1 << 16];
  struct scratch scratch = {0};
  struct report report;
  struct sink sink;
  char error[64] = "";
  int ends[2];
  if (pipe(ends) || !scratch_alloc(&scratch, 1, CHUNK - 16 - room))
    abort();
  enum stage stage = OPENS;
  say_no(true);
  if (!profile_open(&profile, image.bytes, image_header(&image)->used, &scratch,
                    error, sizeof error)) {
    CHECK_TEXT(error, "out of memory");
  } else if (!report_build(&report, &profile, true, &scratch)) {
    stage = BUILDS;
  } else {
    sink_init(&sink, ends[1]);
    render_text(&report, &(struct report_style){SIZE_B, 0, "standard", 0, 0},
                &scratch, &sink);
    CHECK(sink_flush(&sink) == 0);
    text[read(ends[0], text, sizeof text - 1)] = 0;
    stage = strstr(text, "memprof: no memory for the tables\n")      ? TABLES
            : strstr(text, "memprof: no memory for the table of 'f") ? TABLE
                                                                     : ALL;
    CHECK(strstr(text, "memprof: process peak 0 B"));
    CHECK(stage != ALL || strstr(text, "Function: f7 (thread 8, 1 call,"));
  }
  say_no(false);
  close(ends[0]);
  close(ends[1]);
  scratch_release(&scratch);
  return stage;
}

int main(void) {
  scratch_memory();

  char name[16];
  image_start(&image);
  for (unsigned i = 0; i < 8; i++) {
    snprintf(name, sizeof name, "f%u", i);
    uint32_t f = image_function(
        &image, (struct spec){.name = name,
                              .files = {"gone.c"},
                              .lines = {10 * i + 1, 10 * i + 2, 10 * i + 3}});
    struct memprof_thread *thread = image_thread(&image);
    image_calls(&image,
                image_node(&image, thread, image_root(&image, thread), 0, f), 1,
                0, 0, 0, 0, 0);
  }
  /* more room never brings less, and every stage has its turn */
  enum stage before = OPENS;
  unsigned seen[STAGES] = {0};
  for (size_t room = 0; room < CHUNK - 64; room += 16) {
    enum stage stage = with_room(room);
    CHECK(stage >= before);
    before = stage;
    seen[stage]++;
  }
  for (unsigned stage = 0; stage < STAGES; stage++)
    CHECK(seen[stage] > 0);
  return CHECK_RESULT();
}
