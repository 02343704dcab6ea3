/* Text: the options columns, unit, sort and top.
 * RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
 * RUN: %unit %s -o %t && %t
 */
#include "image.h"

static struct image image;

static void add(const char *name, uint64_t calls, uint64_t allocs,
                uint64_t bytes, uint64_t peak, uint64_t released) {
  uint32_t f = image_function(
      &image,
      (struct spec){.name = name, .files = {"gone.c"}, .lines = {1, 2}});
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *node =
      image_node(&image, thread, image_root(&image, thread), 0, f);
  image_calls(&image, node, calls, 1, 0, bytes, peak, bytes);
  memprof_node_hits(node)[1] = calls;
  image_event(&image, node, 1,
              (struct memprof_line){.allocs = allocs,
                                    .bytes = bytes,
                                    .frees = 1,
                                    .freed = 1,
                                    .returned = released,
                                    .peak = peak,
                                    .mem_usage = (int64_t)bytes - 1});
}

static const char *with_columns(const char *columns) {
  return image_text(&image, (struct report_style){SIZE_B, 3, columns, 0, 0});
}

static void columns(void) {
  image_start(&image);
  add("f", 7, 3, 5000, 2000, 1000);
  const char *text = with_columns("all");
  CHECK(strstr(
      text,
      "Line #    Mem usage    Increment  Occurrences      Allocs       Frees"
      "        Bytes        Freed         Peak         Kept   Line Contents\n"
      "====================================================================="
      "====================================================================\n"
      "     1          0 B          0 B            7           0           0"
      "          0 B          0 B          0 B          0 B\n"
      "     2       4999 B       4999 B            7           3           1"
      "       5000 B          1 B       2000 B       4000 B\n"));
  CHECK(strstr(with_columns("kept, occurrences"),
               "Line #         Kept  Occurrences   Line Contents\n"
               "================================================\n"
               "     1          0 B           7\n"
               "     2       4000 B           7\n"));
  CHECK(strstr(with_columns("occurrences,kept"),
               "Line #  Occurrences         Kept   Line Contents\n"));
  CHECK(strstr(with_columns(" standard ,peak,increment"),
               "Line #    Mem usage    Increment  Occurrences         Peak   "
               "Line Contents\n"));
  text = with_columns("peak,sise");
  CHECK(strstr(text, "memprof: unknown column 'sise', known are standard, all, "
                     "mem_usage, increment, occurrences, allocs, frees, bytes, "
                     "freed, peak, kept, temporary, at_peak, mapped, unmapped, "
                     "maps, unmaps, own_allocs, own_frees, own_bytes, "
                     "own_freed, own_kept\n"));
  CHECK(strstr(text, "Line #    Mem usage    Increment  Occurrences   Line "));
}

static void columns_are_checked(void) {
  char error[256] = "";
  CHECK(report_columns_check("standard", error, sizeof error));
  CHECK(report_columns_check("all,all", error, sizeof error));
  CHECK(report_columns_check("peak , kept", error, sizeof error));
  CHECK(error[0] == 0);
  CHECK(!report_columns_check("", error, sizeof error));
  CHECK(strstr(error, "unknown column ''"));
  CHECK(!report_columns_check("peak,", error, sizeof error));
  CHECK(!report_columns_check("Peak", error, sizeof error));
  CHECK(strstr(error, "unknown column 'Peak'"));
  CHECK(!report_columns_check("peaks", error, 20));
  CHECK(strlen(error) == 19);
}

static void units(void) {
  image_start(&image);
  add("f", 1, 1, 3 << 20, 3 << 10, 3);
  struct report_style style = {SIZE_AUTO, 1, "bytes,peak,freed,kept", 0, 0};
  CHECK(strstr(image_text(&image, style), "     2      3.0 MiB      3.0 KiB"
                                          "          1 B      3.0 MiB\n"));
  style.unit = SIZE_KIB;
  style.precision = 2;
  CHECK(strstr(image_text(&image, style),
               "     2  3072.00 KiB     3.00 KiB     0.00 KiB  3072.00 KiB\n"));
}

/* The names of the tables in their order. */
static const char *order(unsigned sort, unsigned top) {
  static char names[64];
  names[0] = 0;
  struct report_style style = {SIZE_B, 0, "standard", sort, top};
  for (const char *at = image_text(&image, style);
       (at = strstr(at, "Function: "));) {
    at += strlen("Function: ");
    strncat(names, at, 1);
  }
  return names;
}

static void sorted(void) {
  image_start(&image);
  add("d", 1, 30, 400, 2, 0);
  add("a", 3, 10, 200, 3, 150);
  add("c", 4, 20, 300, 1, 10);
  add("b", 4, 20, 300, 4, 0);
  static const char *const expected[] = {
      "dacb", /* marked */
      "abcd", /* name */
      "cbad", /* calls, equal ones as marked */
      "dcba", /* allocs */
      "dcba", /* bytes */
      "badc", /* peak */
      "dbca", /* kept */
  };
  for (unsigned i = 0; i < sizeof expected / sizeof *expected; i++)
    CHECK_TEXT(order(i, 0), expected[i]);
  CHECK_TEXT(order(5, 2), "ba");
  CHECK_TEXT(order(0, 4), "dacb");
  CHECK_TEXT(order(0, 99), "dacb");
  struct report_style style = {SIZE_B, 0, "standard", 0, 3};
  CHECK(strstr(image_text(&image, style),
               "1 more function was measured, not shown: top=3\n"));
  style.top = 1;
  CHECK(strstr(image_text(&image, style),
               "3 more functions were measured, not shown: top=1\n"));
  style.top = 4;
  CHECK(!strstr(image_text(&image, style), "more function"));
}

/* Overloads are told apart by their signatures. */
static void overloads(void) {
  image_start(&image);
  for (unsigned i = 0; i < 3; i++) {
    static const char *const names[] = {"put(int)", "put(long)", "get(int)"};
    uint32_t f =
        image_function(&image, (struct spec){.name = i < 2 ? "put" : "get",
                                             .signature = names[i],
                                             .files = {"gone.cpp"},
                                             .lines = {i + 1}});
    struct memprof_thread *thread = image_thread(&image);
    struct memprof_node *node =
        image_node(&image, thread, image_root(&image, thread), 0, f);
    image_calls(&image, node, 1, 0, 0, 0, 0, 0);
  }
  const char *text = with_columns("standard");
  CHECK(strstr(text, "Function: put(int) (1 call, "));
  CHECK(strstr(text, "Function: put(long) (1 call, "));
  CHECK(strstr(text, "Function: get (1 call, "));
}

int main(void) {
  columns();
  columns_are_checked();
  units();
  sorted();
  overloads();
  return CHECK_RESULT();
}
