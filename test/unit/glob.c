/* Globs: what matches what, and lists of them.
 * RUN: %unit %s -o %t && %t */
#include "common/glob.h"
#include "check.h"
#include <stdlib.h>
#include <time.h>

static void single_globs(void) {
  CHECK(glob_match("", ""));
  CHECK(!glob_match("", "a"));
  CHECK(!glob_match("a", ""));
  CHECK(glob_match("parse", "parse"));
  CHECK(!glob_match("parse", "parser"));
  CHECK(!glob_match("parser", "parse"));
  CHECK(glob_match("*", ""));
  CHECK(glob_match("**", "abc"));
  CHECK(glob_match("parse_*", "parse_"));
  CHECK(glob_match("*_parse_*x", "a_parse_xbx"));
  CHECK(!glob_match("*_parse_*x", "a_parse_b"));
  CHECK(glob_match("a*b*c", "abbbcbc"));
  CHECK(glob_match("?a?", "bac"));
  CHECK(!glob_match("?", ""));
  CHECK(glob_match("json::*", "json::parse"));
}

static void sets(void) {
  CHECK(glob_match("f[0-9a]", "f7"));
  CHECK(glob_match("f[0-9a]", "fa"));
  CHECK(!glob_match("f[0-9a]", "fb"));
  CHECK(!glob_match("f[0-9a]", "f-"));
  CHECK(glob_match("f[!0-9]", "fb"));
  CHECK(!glob_match("f[!0-9]", "f5"));
  CHECK(!glob_match("f[!0-9]", "f"));
  CHECK(glob_match("f[a-]", "f-"));
  CHECK(glob_match("[!]", "!"));
  CHECK(glob_match("*[ab]*[cd]", "xxaxxd"));
  /* a '[' without its ']', and an empty set, stand for themselves */
  CHECK(glob_match("f[", "f["));
  CHECK(glob_match("f[ab", "f[ab"));
  CHECK(glob_match("a]b[c", "a]b[c"));
  CHECK(glob_match("*::operator[]", "vec::operator[]"));
  CHECK(glob_match("operator[](int[2])", "operator[](int2)"));
}

static void functions(void) {
  const char *name = "json::parse", *full = "json::parse(char const*)";
  CHECK(glob_match_function("json::parse", name, full));
  CHECK(!glob_match_function("*const*", name, full));
  CHECK(glob_match_function("json::parse(char *)", name, full));
  CHECK(!glob_match_function("json::parse(int)", name, full));
}

static bool listed(const char *list, const char *name) {
  return glob_list_match(list, name, name);
}

static void lists(void) {
  CHECK(listed("*", "f"));
  CHECK(!listed("", "f"));
  CHECK(!listed(" , ,", "f"));
  CHECK(listed("a,f", "f"));
  CHECK(!listed("a,b", "f"));
  CHECK(listed("\t a , f ", "f"));
  CHECK(!listed("parse_*,!parse_debug", "parse_debug"));
  CHECK(listed("parse_*,!parse_debug", "parse_json"));
  CHECK(!listed("parse_*,!parse_debug", "print"));
  /* the last match wins */
  CHECK(listed("!parse_*,parse_debug", "parse_debug"));
  CHECK(listed("*,!parse_*,parse_debug", "parse_debug"));
  CHECK(!listed("parse_debug,!parse_*", "parse_debug"));
  /* a list that starts with an exclusion starts from '*' */
  CHECK(listed("!parse_*", "print"));
  CHECK(!listed("!parse_*", "parse_x"));
  CHECK(listed(" ,!parse_*", "print"));
  CHECK(!listed("x,!parse_*", "print"));
  /* commas inside parentheses and sets are the glob's */
  CHECK(glob_list_match("add(int, int),b", "add", "add(int, int)"));
  CHECK(glob_list_match("f(g(int, int), int)", "f", "f(g(int, int), int)"));
  CHECK(!glob_list_match("add(int", "add", "add(int, int)"));
  CHECK(listed("f[x,y],b", "f,"));
  CHECK(listed("f[x,y],b", "b"));
  CHECK(listed("operator[],b", "b"));
}

/* Patterns that make a matcher which tries every '*' again hang. */
static void hard_patterns(void) {
  size_t length = 20000;
  char *pattern = malloc(length + 1), *text = malloc(length + 1);
  memset(text, 'a', length);
  text[length] = '\0';
  for (size_t i = 0; i < length; i++)
    pattern[i] = i % 2 ? 'a' : '*';
  memcpy(pattern + length - 2, "*b", 3);
  clock_t start = clock();
  CHECK(!glob_match(pattern, text));
  memset(pattern, '[', length);
  pattern[0] = '*';
  CHECK(!glob_match(pattern, text));
  CHECK(clock() - start < 60 * CLOCKS_PER_SEC);
  free(pattern);
  free(text);
}

int main(void) {
  single_globs();
  sets();
  functions();
  lists();
  hard_patterns();
  return CHECK_RESULT();
}
