/* Rows: copies of one function are one function, told by name, signature and
 * place of definition; its lines are told by file and line.
 * RUN: %unit %s -o %t && %t
 */
#include "image.h"

static struct image image;
static struct scratch scratch;
static struct report report;

static void call_once(uint32_t function, uint32_t line, uint64_t bytes) {
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *node =
      image_node(&image, thread, image_root(&image, thread), 0, function);
  image_calls(&image, node, 1, 1, 0, bytes, bytes, bytes);
  memprof_node_hits(node)[line] = 1;
  image_event(&image, node, line,
              (struct memprof_line){.allocs = 1,
                                    .bytes = bytes,
                                    .peak = bytes,
                                    .mem_usage = (int64_t)bytes});
}

static size_t functions_after(struct spec a, struct spec b) {
  image_start(&image);
  call_once(image_function(&image, a), 1, 10);
  call_once(image_function(&image, b), 1, 20);
  CHECK(image_report(&image, &report, &scratch));
  return report.function_count;
}

int main(void) {
  /* an inline function in two objects: the same header by two names, another
   * line in each by macros */
  const struct spec copy = {.name = "put",
                            .files = {"../inc/buf.h", "../inc/grow.h"},
                            .directory = "/src/lib",
                            .lines = {7, 9, FILE_LINE(1, 3)}};
  struct spec other = {
      .name = "put",
      .files = {"././extra.h", "inc/./buf.h", "/src/inc/grow.h"},
      .directory = "/src",
      .lines = {FILE_LINE(1, 7), FILE_LINE(1, 9), FILE_LINE(0, 1),
                FILE_LINE(1, 8), FILE_LINE(2, 3)}};
  CHECK(functions_after(copy, other) == 1);
  const struct function_rows *put = &report.functions[0];
  CHECK(put->calls == 2 && put->bytes == 30 && put->file_count == 3);
  CHECK(put->row_count == 5);
  CHECK_TEXT(put->files[0].name, "../inc/buf.h");
  CHECK_TEXT(put->files[1].name, "../inc/grow.h");
  CHECK_TEXT(put->files[2].name, "extra.h");
  static const struct {
    unsigned file, line;
    uint64_t bytes;
  } expected[] = {{0, 7, 0}, {0, 8, 0}, {0, 9, 30}, {1, 3, 0}, {2, 1, 0}};
  for (size_t i = 0; i < 5; i++) {
    CHECK(put->rows[i].file == expected[i].file);
    CHECK(put->rows[i].line == expected[i].line);
    CHECK(put->rows[i].bytes == expected[i].bytes);
  }
  CHECK(put->rows[0].occurrences == 2 && put->rows[2].occurrences == 2);
  scratch_release(&scratch);

  /* four ways to be another function */
  const struct spec one = {.name = "f",
                           .signature = "f(int)",
                           .files = {"a.c"},
                           .directory = "/src",
                           .lines = {1, 2}};
  CHECK(functions_after(one, one) == 1);
  other = one;
  other.name = "g";
  CHECK(functions_after(one, other) == 2);
  other = one;
  other.signature = "f(long)";
  CHECK(functions_after(one, other) == 2);
  other = one;
  other.lines[0] = 3;
  CHECK(functions_after(one, other) == 2);
  other = one;
  other.directory = "/src/test"; /* a static function of another a.c */
  CHECK(functions_after(one, other) == 2);
  CHECK(report.functions[0].bytes == 10 && report.functions[1].bytes == 20);
  struct spec above = one;
  above.directory = NULL;
  above.files[0] = "../../a.c";
  other = above;
  other.files[0] = "..//./b/../../a.c";
  CHECK(functions_after(above, other) == 1);
  other.files[0] = "../a.c";
  CHECK(functions_after(above, other) == 2);
  other.files[0] = "a.c";
  CHECK(functions_after(above, other) == 2);
  scratch_release(&scratch);

  /* a copy that is measured, or selected, is enough */
  other = one;
  other.reason = "computed goto";
  other.is_deselected = true;
  CHECK(functions_after(other, one) == 1);
  CHECK(!report.functions[0].reason && report.functions[0].selected);
  CHECK(functions_after(one, other) == 1);
  CHECK(!report.functions[0].reason && report.functions[0].selected);
  CHECK(functions_after(other, other) == 1);
  CHECK_TEXT(report.functions[0].reason, "computed goto");
  CHECK(!report.functions[0].selected);
  scratch_release(&scratch);

  /* two entries of a line table for one line: one row; the definition's second
   * entry counts its arrivals */
  other = one;
  memcpy(other.lines, (unsigned[]){1, 1, 2, 2}, 4 * sizeof(unsigned));
  image_start(&image);
  call_once(image_function(&image, other), 1, 10);
  call_once(1, 2, 20);
  call_once(1, 3, 30);
  CHECK(image_report(&image, &report, &scratch));
  CHECK(report.functions[0].row_count == 2);
  CHECK(report.functions[0].rows[0].bytes == 10);
  CHECK(report.functions[0].rows[0].occurrences == 4);
  CHECK(report.functions[0].rows[1].bytes == 50);
  CHECK(report.functions[0].rows[1].occurrences == 2);
  scratch_release(&scratch);

  /* as marked: by file as they appear, then by line */
  static const struct {
    const char *name, *file;
    unsigned line;
  } marked[] = {{"d", "b.c", 9},  {"a", "a.c", 3}, {"c", "b.c", 2},
                {"b", "a.c", 30}, {"e", "b.c", 9}, {"d", "b.c", 9}};
  image_start(&image);
  for (size_t i = 0; i < 6; i++)
    call_once(image_function(&image, (struct spec){.name = marked[i].name,
                                                   .files = {marked[i].file},
                                                   .lines = {marked[i].line}}),
              0, i + 1);
  CHECK(image_report(&image, &report, &scratch));
  char order[6] = "";
  for (size_t i = 0; i < report.function_count && i < 5; i++)
    order[i] = report.functions[i].name[0];
  CHECK_TEXT(order, "cdeab");
  CHECK(report.functions[0].bytes == 3 && report.functions[1].bytes == 7);
  CHECK(report.functions[2].bytes == 5 && report.functions[3].bytes == 2);
  scratch_release(&scratch);

  /* many functions: each is found again */
  image_start(&image);
  char name[16];
  for (int i = 0; i < 600; i++) {
    snprintf(name, sizeof name, "f%d", i % 300);
    image_function(&image, (struct spec){.name = name,
                                         .files = {"a.c"},
                                         .lines = {1 + (unsigned)i % 300}});
  }
  for (uint32_t i = 1; i <= 600; i += 7)
    call_once(i, 0, i);
  CHECK(image_report(&image, &report, &scratch));
  CHECK(report.function_count == 300);
  uint64_t calls = 0, bytes = 0, expected_bytes = 0;
  for (size_t i = 0; i < report.function_count; i++) {
    calls += report.functions[i].calls;
    bytes += report.functions[i].bytes;
    CHECK(atoi(report.functions[i].name + 1) == (int)i);
  }
  for (uint32_t i = 1; i <= 600; i += 7)
    expected_bytes += i;
  CHECK(calls == 86 && bytes == expected_bytes);
  scratch_release(&scratch);
  return CHECK_RESULT();
}
