/* Text: where the source is looked for, and what is said when it is missing,
 * changed, newer than the program, of another file, or unknown.
 * RUN: rm -rf %t.dir && mkdir %t.dir && cd %t.dir
 * RUN: %unit %s -o %t && %t
 */
#include "image.h"
#include <md5.h>
#include <sys/stat.h>

static struct image image;

static void write_file(const char *name, const char *text, time_t changed) {
  FILE *file = fopen(name, "w");
  if (!file)
    abort();
  fputs(text, file);
  fclose(file);
  const struct timespec times[2] = {{.tv_sec = changed}, {.tv_sec = changed}};
  if (utimensat(AT_FDCWD, name, times, 0))
    abort();
}

static const unsigned char *md5_of(const char *text) {
  static unsigned char digest[16];
  MD5_CTX context;
  MD5Init(&context);
  MD5Update(&context, (const unsigned char *)text, strlen(text));
  MD5Final(digest, &context);
  return digest;
}

/* The report of one call of a function that is described by `spec`. */
static const char *text_of(struct spec spec) {
  image_start(&image);
  spec.name = "f";
  uint32_t f = image_function(&image, spec);
  struct memprof_thread *thread = image_thread(&image);
  struct memprof_node *node =
      image_node(&image, thread, image_root(&image, thread), 0, f);
  image_calls(&image, node, 1, 1, 0, 3, 3, 3);
  for (uint32_t i = 1; i < node->line_count; i++)
    memprof_node_hits(node)[i] = i;
  image_event(&image, node, node->line_count - 1,
              (struct memprof_line){
                  .allocs = 1, .bytes = 3, .peak = 3, .mem_usage = 3});
  return image_text(&image, (struct report_style){SIZE_B, 0, "standard", 0, 0});
}

static void missing(void) {
  const char *text = text_of((struct spec){
      .files = {"gone.c"}, .directory = "/nowhere", .lines = {3, 5}});
  CHECK(strstr(text,
               "Filename: gone.c\n"
               "Function: f (1 call, 1 allocation, peak 3 B, kept 3 B)\n"
               "source not found: 'gone.c'\n"
               "\n"
               "Line #    Mem usage    Increment  Occurrences   Line Contents\n"
               "=============================================================\n"
               "     3          0 B          0 B           1\n"
               "     5          3 B          3 B           1\n"
               "\n\n"));
  /* neither of these is read */
  mkdir("dir.c", 0777);
  mkfifo("fifo.c", 0666);
  CHECK(strstr(text_of((struct spec){.files = {"dir.c"}, .lines = {1}}),
               "source not found: 'dir.c'\n"));
  CHECK(strstr(text_of((struct spec){.files = {"fifo.c"}, .lines = {1}}),
               "source not found: 'fifo.c'\n"));
  CHECK(strstr(text_of((struct spec){.files = {"/dev/zero"}, .lines = {1}}),
               "source not found: '/dev/zero'\n"));
}

static void places(void) {
  char here[4096];
  if (!getcwd(here, sizeof here - 16))
    abort();
  mkdir("build", 0777);
  char built[4200];
  snprintf(built, sizeof built, "%s/build", here);
  struct spec spec = {.files = {"a.c"}, .directory = built, .lines = {1}};
  /* a tree that was moved: below the current directory */
  write_file("a.c", "void here();\n", 1000);
  CHECK(strstr(text_of(spec), "void here();\n"));
  /* where it was compiled comes first: "a.c" is a name that many files have */
  write_file("build/a.c", "void built();\n", 1000);
  CHECK(strstr(text_of(spec), "void built();\n"));
  /* of two the one that was compiled, if that is known */
  spec.md5 = md5_of("void here();\n");
  const char *text = text_of(spec);
  CHECK(strstr(text, "void here();\n") && !strstr(text, "source "));
  spec.md5 = md5_of("void built();\n");
  text = text_of(spec);
  CHECK(strstr(text, "void built();\n") && !strstr(text, "source "));
  spec.md5 = md5_of("void gone();\n");
  text = text_of(spec);
  CHECK(strstr(text, "void built();\n"));
  CHECK(strstr(text, "source changed since it was compiled: '"));
  CHECK(strstr(text, "/build/a.c'\n"));
  strcat(built, "/a.c");
  CHECK(strstr(text_of((struct spec){.files = {built}, .lines = {1}}),
               "void built();\n"));
}

static void stale(void) {
  static const char now[] = "void f() {\n}\n";
  struct spec spec = {.files = {"f.c"}, .module = "program", .lines = {1, 2}};
  write_file("program", "", 2000);
  write_file("f.c", now, 2000);
  CHECK(!strstr(text_of(spec), "source "));
  write_file("f.c", now, 2001);
  const char *text = text_of(spec);
  CHECK(strstr(text, "source is newer than the program: 'f.c'\n\nLine #"));
  CHECK(strstr(text, "           1   void f() {\n"));
  /* the checksum knows better than the time */
  spec.md5 = md5_of(now);
  CHECK(!strstr(text_of(spec), "source "));
  write_file("f.c", "void f() {\n\n}\n", 1000);
  text = text_of(spec);
  CHECK(strstr(text, "source changed since it was compiled: 'f.c'\n"));
  CHECK(strstr(text, "           1   void f() {\n"));
  spec.md5 = NULL;
  spec.module = "gone"; /* nothing to compare with */
  CHECK(!strstr(text_of(spec), "source "));
}

/* One header, in an old program and in a library built after the change. */
static void stale_for_one_module(void) {
  write_file("f.h", "void f();\n", 1500);
  write_file("library", "", 2000);
  write_file("program", "", 1000);
  image_start(&image);
  for (unsigned i = 1; i <= 2; i++) {
    uint32_t f = image_function(
        &image, (struct spec){.name = i == 1 ? "new" : "old",
                              .files = {"f.h"},
                              .module = i == 1 ? "library" : "program",
                              .lines = {i}});
    struct memprof_thread *thread = image_thread(&image);
    image_calls(&image,
                image_node(&image, thread, image_root(&image, thread), 0, f), 1,
                0, 0, 0, 0, 0);
  }
  const char *text =
      image_text(&image, (struct report_style){SIZE_B, 0, "standard", 0, 0});
  CHECK(strstr(text, "Function: new (1 call, 0 allocations, peak 0 B, kept 0 "
                     "B)\n\n"));
  CHECK(strstr(text, "Function: old (1 call, 0 allocations, peak 0 B, kept 0 "
                     "B)\nsource is newer than the program: 'f.h'\n\n"));
}

/* #include inside a function: the other file's lines stand in a table of their
 * own, without what lies between them when that is much. */
static void other_files(void) {
  write_file("main.c", "int f() {\n#include \"x.def\"\n}\n", 1000);
  char def[600] = "";
  for (int i = 1; i <= 60; i++)
    sprintf(def + strlen(def), "X(%d)\n", i);
  write_file("x.def", def, 1000);
  const char *text = text_of((struct spec){
      .files = {"main.c", "x.def", "unused.h"},
      .lines = {1, 3, FILE_LINE(1, 2), FILE_LINE(1, 4), FILE_LINE(1, 59)}});
  CHECK(strstr(text,
               "Filename: main.c\n"
               "Function: f (1 call, 1 allocation, peak 3 B, kept 3 B)\n"
               "\n"
               "Line #    Mem usage    Increment  Occurrences   Line Contents\n"
               "=============================================================\n"
               "     1          0 B          0 B           1   int f() {\n"
               "     2                                         #include "
               "\"x.def\"\n"
               "     3          0 B          0 B           1   }\n"
               "\n"
               "\n"
               "Filename: x.def\n"
               "Function: f (its lines in this file)\n"
               "\n"
               "Line #    Mem usage    Increment  Occurrences   Line Contents\n"
               "=============================================================\n"
               "     2          0 B          0 B           2   X(2)\n"
               "     3                                         X(3)\n"
               "     4          0 B          0 B           3   X(4)\n"
               "     -                                         ...\n"
               "    59          3 B          3 B           4   X(59)\n"
               "\n"
               "\n"));
  CHECK(!strstr(text, "unused.h"));
}

static void without_lines(void) {
  CHECK(strstr(text_of((struct spec){.reason = NULL}),
               "Filename: ??\n"
               "Function: f (1 call, 1 allocation, peak 3 B, kept 3 B)\n"
               "no line numbers: compile with -g\n"
               "\n"
               "Line #    Mem usage    Increment  Occurrences   Line Contents\n"
               "=============================================================\n"
               "     -          3 B          3 B           1   (the whole "
               "function)\n"
               "\n"
               "\n"));
}

/* A long function is shown whole, other lines above its definition are not. */
static void long_function(void) {
  char source[2000] = "";
  for (int i = 1; i <= 100; i++)
    sprintf(source + strlen(source), "/* %d */\n", i);
  write_file("long.c", source, 1000);
  const char *text =
      text_of((struct spec){.files = {"long.c"}, .lines = {40, 3, 90}});
  CHECK(strstr(text,
               "     3          0 B          0 B           1   /* 3 */\n"
               "     -                                         ...\n"
               "    40          0 B          0 B           1   /* 40 */\n"
               "    41                                         /* 41 */\n"
               "    42                                         /* 42 */"));
  CHECK(strstr(text, "    89                                         /* 89 */\n"
                     "    90          3 B          3 B           2   /* 90 */\n"
                     "\n\n"));
}

int main(void) {
  missing();
  places();
  stale();
  stale_for_one_module();
  other_files();
  without_lines();
  long_function();
  return CHECK_RESULT();
}
