/* Text: what has no table (not executed, left out, outside), what was lost, and
 * why nothing was measured.
 * RUN: %unit %s -o %t && %t
 */
#include "image.h"

static struct image image;
static const struct report_style style = {SIZE_B, 0, "standard", 0, 0};

static uint32_t function(const char *name, unsigned line, bool is_selected,
                         const char *reason) {
  return image_function(&image, (struct spec){.name = name,
                                              .files = {"gone.c"},
                                              .lines = {line},
                                              .reason = reason,
                                              .is_deselected = !is_selected});
}

static void call(uint32_t id) {
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *node =
      image_node(&image, thread, image_root(&image, thread), 0, id);
  image_calls(&image, node, 1, 0, 0, 0, 0, 0);
}

static bool says(const char *text) {
  return strstr(image_text(&image, style), text) != NULL;
}

static void lists(void) {
  image_start(&image);
  call(function("called", 1, true, NULL));
  function("never", 2, true, NULL);
  function("deselected", 3, false, NULL);
  function("jumpy", 4, true, "computed goto");
  function("naked", 5, false, "naked function");
  image_function(&image, (struct spec){.name = "plain"});
  const char *text = image_text(&image, style);
  CHECK(strstr(text, "Function: called (1 call, 0 allocations, peak 0 B, kept "
                     "0 B)\n"));
  CHECK(strstr(text, "\n\n\nnot executed:\n"
                     "    never (gone.c:2)\n"
                     "    plain\n"
                     "\n"
                     "left out of instrumentation:\n"
                     "    jumpy (gone.c:4): computed goto\n"
                     "    naked (gone.c:5): naked function\n"
                     "\n"));
  CHECK(!strstr(text, "deselected") && !strstr(text, "nothing was measured"));
}

static void long_list(void) {
  image_start(&image);
  call(function("called", 1, true, NULL));
  char name[8];
  for (unsigned i = 0; i < 20; i++) {
    snprintf(name, sizeof name, "f%u", i);
    function(name, 10 + i, true, NULL);
  }
  CHECK(says("    f19 (gone.c:29)\n\n") && !says("more"));
  function("f20", 30, true, NULL);
  function("f21", 31, true, NULL);
  CHECK(says("    f19 (gone.c:29)\n    and 2 more\n\n") && !says("f20"));
}

static void nothing(void) {
  image_start(&image);
  CHECK_TEXT(image_text(&image, style),
             "memprof: nothing was measured: no marked functions in the "
             "program, or it was compiled without the pass\n\n");
  function("jumpy", 4, true, "computed goto");
  CHECK_TEXT(image_text(&image, style),
             "memprof: nothing was measured: the one marked function could not "
             "be instrumented\n\n"
             "left out of instrumentation:\n"
             "    jumpy (gone.c:4): computed goto\n\n");
  function("naked", 5, true, "naked function");
  CHECK(says("nothing was measured: none of the 2 marked functions could be "
             "instrumented\n"));
  function("a", 1, false, NULL);
  CHECK(says("nothing was measured: the one marked function is not selected by "
             "the option 'functions'\n"));
  function("b", 2, false, NULL);
  CHECK(says("nothing was measured: none of the 2 marked functions is selected "
             "by the option 'functions'\n"));
  CHECK(!says("not executed"));
  uint32_t c = function("c", 3, true, NULL);
  CHECK(says("nothing was measured: the one selected function was not "
             "called\n\nnot executed:\n    c (gone.c:3)\n\n"));
  image_function_at(&image, 3)->selected = 1;
  image_function_at(&image, 4)->selected = 1;
  CHECK(says("nothing was measured: none of the 3 marked functions was "
             "called\n"));
  CHECK(!says("process peak"));
  call(c);
  CHECK(!says("nothing was measured") && says("process peak 0 B"));
}

static void losses(void) {
  image_start(&image);
  call(function("called", 1, true, NULL));
  struct memprof_header *header = image_header(&image);
  CHECK(says("(live blocks of marked functions)\n\nFilename: "));
  header->unseen_releases = header->dropped_frames = 1;
  header->dropped_contexts = header->dropped_lines = 1;
  header->dropped_functions = 1;
  CHECK(says(
      "marked functions)\n"
      "memprof: 1 release was not seen: memory came back without passing us\n"
      "memprof: 1 call was not measured: no room for a frame\n"
      "memprof: 1 calling context was folded: the callers' lines lack what "
      "happened there\n"
      "memprof: 1 event is missing from the lines: no room for a counter\n"
      "memprof: 1 marked function was not registered: no room, or compiled by "
      "another version of the pass\n"
      "\n"));
  header->unseen_releases = 2;
  header->dropped_frames = 3;
  header->dropped_contexts = 4;
  header->dropped_lines = 5;
  header->dropped_functions = 6;
  CHECK(says("memprof: 2 releases were not seen"));
  CHECK(says("memprof: 3 calls were not measured"));
  CHECK(says("memprof: 4 calling contexts were folded"));
  CHECK(says("memprof: 5 events are missing"));
  CHECK(says("memprof: 6 marked functions were not registered"));
}

static void outside(void) {
  image_start(&image);
  function("never", 2, true, NULL);
  image_header(&image)->scope_process = 1;
  image_header(&image)->peak = 40;
  struct memprof_thread *thread = image_thread(&image);
  image_event(&image, image_root(&image, thread), 0,
              (struct memprof_line){.allocs = 2,
                                    .bytes = 50,
                                    .frees = 1,
                                    .freed = 20,
                                    .returned = 20,
                                    .peak = 40,
                                    .mem_usage = 30});
  CHECK_TEXT(image_text(&image, style),
             "memprof: process peak 40 B (live blocks of the process)\n"
             "memprof: nothing was measured: the one marked function was not "
             "called\n"
             "\n"
             "outside marked functions (2 allocations, peak 40 B, kept 30 B)\n"
             "\n"
             "Line #    Mem usage    Increment  Occurrences   Line Contents\n"
             "=============================================================\n"
             "     -         30 B         30 B               (outside marked "
             "functions)\n"
             "\n"
             "\n"
             "not executed:\n"
             "    never (gone.c:2)\n"
             "\n");
}

int main(void) {
  lists();
  long_list();
  nothing();
  losses();
  outside();
  return CHECK_RESULT();
}
