/* Text: memory_profiler's layout, byte for byte; what grows, what is blank, how
 * a line of source is shown.
 * RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
 * RUN: %unit %s -o %t && %t
 */
#include "image.h"

static struct image image;
static const struct report_style mib = {SIZE_MIB, 3, "standard", 0, 0};
static const struct report_style bytes = {SIZE_B, 3, "standard", 0, 0};

static void write_file(const char *name, const char *text) {
  FILE *file = fopen(name, "w");
  if (!file)
    abort();
  fputs(text, file);
  fclose(file);
}

static const char parse_c[] = "#include \"doc.h\"\n"
                              "\n"
                              "MEMPROF_PROFILE\n"
                              "struct doc *parse(const char *text) {\n"
                              "\tstruct doc *doc = malloc(1310720);\n"
                              "\n"
                              "  if (!doc)\n"
                              "    return NULL;\n"
                              "  free(doc);\n"
                              "}\n"
                              "int other;\n";

static struct memprof_node *parse_image(void) {
  write_file("parse.c", parse_c);
  image_start(&image);
  image_header(&image)->peak = 67108864;
  uint32_t parse =
      image_function(&image, (struct spec){.name = "parse",
                                           .files = {"parse.c"},
                                           .lines = {4, 5, 7, 8, 9}});
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *node =
      image_node(&image, thread, image_root(&image, thread), 0, parse);
  image_calls(&image, node, 3, 1, 1, 1310720, 1310720, 0);
  memprof_node_hits(node)[1] = 3;
  memprof_node_hits(node)[2] = 3;
  memprof_node_hits(node)[4] = 3;
  image_event(&image, node, 1,
              (struct memprof_line){.allocs = 3,
                                    .bytes = 3932160,
                                    .returned = 3932160,
                                    .peak = 1310720,
                                    .mem_usage = 1310720});
  image_event(&image, node, 4,
              (struct memprof_line){.frees = 3, .freed = 3932160});
  return node;
}

/* The heading Occurrences is a character wider than its column, as there. */
static void standard(void) {
  parse_image();
  CHECK_TEXT(
      image_text(&image, mib),
      "memprof: process peak 64.000 MiB (live blocks of marked functions)\n"
      "\n"
      "Filename: parse.c\n"
      "Function: parse (3 calls, 3 allocations, peak 1.250 MiB, kept 0.000 "
      "MiB)\n"
      "\n"
      "Line #    Mem usage    Increment  Occurrences   Line Contents\n"
      "=============================================================\n"
      "     4    0.000 MiB    0.000 MiB           3   struct doc *parse(const "
      "char *text) {\n"
      "     5    1.250 MiB    3.750 MiB           3   \tstruct doc *doc = "
      "malloc(1310720);\n"
      "     6\n"
      "     7    1.250 MiB    0.000 MiB           3     if (!doc)\n"
      "     8                                             return NULL;\n"
      "     9    0.000 MiB   -3.750 MiB           3     free(doc);\n"
      "    10                                         }\n"
      "\n"
      "\n");
}

static void one_of_each(void) {
  image_start(&image);
  uint32_t f = image_function(
      &image, (struct spec){.name = "f", .files = {"gone.c"}, .lines = {1, 2}});
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *node =
      image_node(&image, thread, image_root(&image, thread), 0, f);
  image_calls(&image, node, 1, 1, 0, 7, 7, 7);
  image_event(&image, node, 1,
              (struct memprof_line){
                  .allocs = 1, .bytes = 7, .peak = 7, .mem_usage = 7});
  CHECK(strstr(image_text(&image, bytes),
               "Function: f (1 call, 1 allocation, peak 7 B, kept 7 B)\n"));
}

/* A column grows for all when one cell needs it; then the heading lines up. */
static void large_numbers(void) {
  struct memprof_node *node = parse_image();
  memprof_node_hits(node)[1] = 123456789012;
  image_event(&image, node, 1,
              (struct memprof_line){.bytes = 9000000000000,
                                    .mem_usage = 8999996067840});
  CHECK(strstr(
      image_text(&image, bytes),
      "Line #       Mem usage       Increment   Occurrences   Line Contents\n"
      "====================================================================\n"
      "     4             0 B             0 B             3   struct doc "
      "*parse(const char *text) {\n"
      "     5 8999996067840 B 9000003932160 B  123456789012   \tstruct doc"));
  struct report_style precise = mib;
  precise.precision = 9;
  CHECK(strstr(
      image_text(&image, precise),
      "     7 8583065.097656250 MiB       0.000000000 MiB             3  "));
  precise.precision = 0;
  CHECK(strstr(image_text(&image, precise),
               "     9        0 MiB       -4 MiB             3     free"));
}

/* Lines past the end of the file, without a line end, with a carriage return,
 * with what a terminal would obey, and very long ones. */
static void odd_sources(void) {
  image_start(&image);
  uint32_t f = image_function(
      &image,
      (struct spec){.name = "f", .files = {"odd.c"}, .lines = {1, 2, 3, 4, 9}});
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *node =
      image_node(&image, thread, image_root(&image, thread), 0, f);
  image_calls(&image, node, 1, 0, 0, 0, 0, 0);
  for (int i = 1; i < 5; i++)
    memprof_node_hits(node)[i] = 1;
  FILE *file = fopen("odd.c", "w");
  fputs("f() {  \t \r\n", file);
  fputs("\x1b[2J\x01 x\x7f\r\n", file);
  for (int i = 0; i < 999; i++)
    fputc('a' + i % 26, file);
  fputs("\xc3\xa9 long\n", file); /* an e with an accent at the cut */
  fputs("  last}", file);
  fclose(file);
  const char *text = image_text(&image, bytes);
  CHECK(strstr(text, "     1          0 B          0 B           1   f() {\n"));
  CHECK(strstr(
      text,
      "     2          0 B          0 B           1   \\x1B[2J\\x01 x\\x7F\n"));
  CHECK(strstr(text, "ijk...\n") && !strstr(text, "\xc3"));
  CHECK(strstr(text, "     4          0 B          0 B           1     last}\n"
                     "     9          0 B          0 B           1\n"
                     "\n\n"));
  CHECK(!strchr(text, '\r') && !strstr(text, " \n"));
  write_file("odd.c", "");
  CHECK(strstr(image_text(&image, bytes),
               "     9          0 B          0 B           1\n"));
}

/* What the table of lines 4 to 9 shows behind line 9. */
static const char *behind(const char *line4, const char *line9,
                          const char *line10) {
  char source[200];
  snprintf(source, sizeof source, "\n\n\n%s\n\n\n\n\n%s\n%s\n}\n", line4, line9,
           line10);
  write_file("parse.c", source);
  const char *at = strstr(image_text(&image, bytes), "\n     9 ");
  CHECK(at);
  return strchr(at + 1, '\n') + 1;
}

/* The brace behind the last line is the function's at its indentation, and when
 * the function is not closed yet. */
static void closing_brace(void) {
  parse_image();
  const char *const blank = "                                         ";
  char closed[80];
  snprintf(closed, sizeof closed, "    10%s};\n\n\n", blank);
  CHECK_TEXT(behind("f() {", "  exit(1);", "};"), closed);
  snprintf(closed, sizeof closed, "    10%s  }\n\n\n", blank);
  CHECK_TEXT(behind("  f() {", "    exit(1);", "  }"), closed);
  CHECK_TEXT(behind("f() {", "    exit(1);", "  }"), "\n\n");
  CHECK_TEXT(behind("  f() {", "    exit(1);", "}"), "\n\n");
  CHECK_TEXT(behind("f() {", "    exit(1);", "int x;"), "\n\n");
  CHECK_TEXT(behind("f() {", "}", "} // namespace"), "\n\n");
  snprintf(closed, sizeof closed, "    10%s}\n\n\n", blank);
  CHECK_TEXT(behind("f() {", "  }", "}"), closed);
  /* a function on one line */
  image_start(&image);
  uint32_t f = image_function(
      &image, (struct spec){.name = "f", .files = {"parse.c"}, .lines = {9}});
  struct memprof_thread *thread = image_thread(&image);
  image_calls(&image,
              image_node(&image, thread, image_root(&image, thread), 0, f), 1,
              0, 0, 0, 0, 0);
  CHECK_TEXT(behind("", "f() { } ", "} // namespace"), "\n\n");
  CHECK_TEXT(behind("", "f() {", "}"), closed);
}

/* Numbers of lines beyond 999999 keep the table in line. */
static void far_lines(void) {
  image_start(&image);
  uint32_t f = image_function(
      &image,
      (struct spec){.name = "f", .files = {"gone.c"}, .lines = {9, 12345678}});
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *node =
      image_node(&image, thread, image_root(&image, thread), 0, f);
  image_calls(&image, node, 1, 0, 0, 0, 0, 0);
  memprof_node_hits(node)[1] = 1;
  CHECK(
      strstr(image_text(&image, bytes),
             "  Line #    Mem usage    Increment  Occurrences   Line Contents\n"
             "===============================================================\n"
             "       9          0 B          0 B           1\n"
             "12345678          0 B          0 B           1\n"));
}

int main(void) {
  standard();
  one_of_each();
  large_numbers();
  odd_sources();
  closing_brace();
  far_lines();
  return CHECK_RESULT();
}
