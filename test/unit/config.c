/* Settings: each type's values, defaults, and what is said about wrong ones.
 * RUN: %unit %s -o %t && %t */
#include "config.h"
#include "check.h"
#include <stdbool.h>
#include <stdlib.h>

static struct mprt_config config;

static bool sets(const char *key, const char *value) {
  char error[256] = "";
  bool ok = mprt_config_set(&config, key, value, error, sizeof error);
  CHECK(ok == !*error);
  return ok;
}

static void refuses(const char *key, const char *value, const char *message) {
  static struct mprt_config before;
  char error[512] = "";
  before = config;
  CHECK(!mprt_config_set(&config, key, value, error, sizeof error));
  CHECK_TEXT(error, message);
  CHECK(memcmp(&before, &config, sizeof config) == 0);
}

static void defaults(void) {
  memset(&config, 0x55, sizeof config);
  mprt_config_defaults(&config);
  CHECK(!config.enable);
  CHECK_TEXT(config.functions, "*");
  CHECK_TEXT(config.stream, "stderr");
  CHECK_TEXT(config.columns, "standard");
  CHECK(config.scope == 0 && config.precision == 3 && config.unit == 2);
  CHECK(config.sort == 0 && config.top == 0 && config.hooks == 0);
}

static void values(void) {
  bool on = false;
  CHECK(mprt_config_bool("YES", &on) && on);
  CHECK(mprt_config_bool("off", &on) && !on);
  CHECK(!mprt_config_bool("", &on) && !mprt_config_bool("10", &on));

  CHECK(sets("enable", "On") && config.enable);
  CHECK(sets("unit", "B") && config.unit == 0);
  CHECK(sets("unit", "gib") && config.unit == 3);
  CHECK(sets("unit", "auto") && config.unit == 4);
  refuses("unit", "", "unit: '' is none of B|KiB|MiB|GiB|auto");
  refuses("unit", "Ki", "unit: 'Ki' is none of B|KiB|MiB|GiB|auto");
  refuses("unit", "B|KiB", "unit: 'B|KiB' is none of B|KiB|MiB|GiB|auto");
  CHECK(sets("precision", "0") && config.precision == 0);
  CHECK(sets("precision", "9") && config.precision == 9);
  refuses("precision", "10", "precision: '10' is not a number within 0..9");
  refuses("precision", "-1", "precision: '-1' is not a number within 0..9");
  refuses("precision", "", "precision: '' is not a number within 0..9");
  CHECK(sets("top", "1000000") && config.top == 1000000);
  refuses("top", "1000001", "top: '1000001' is not a number within 0..1000000");
  refuses("top", "18446744073709551617",
          "top: '18446744073709551617' is not a number within 0..1000000");
  CHECK(sets("functions", "") && !*config.functions);
  CHECK(sets("columns", "allocs,peak"));
  CHECK_TEXT(config.columns, "allocs,peak");
  CHECK(sets("stream", "%p.%e.%h.%t.%%"));
  refuses("stream", "100%",
          "stream: '%' is not known in a path: %p is the process id, %e the "
          "program, %h the host, %t the start time, %% a percent sign");

  char text[MEMPROF_TEXT_MAX + 1];
  memset(text, 'x', sizeof text);
  text[MEMPROF_TEXT_MAX] = '\0';
  refuses("functions", text, "functions: longer than 1023 bytes");
  text[MEMPROF_TEXT_MAX - 1] = '\0';
  CHECK(sets("functions", text));
  CHECK_TEXT(config.functions, text);
}

static void keys(void) {
  char error[16];
  refuses("enabel", "1", "unknown key 'enabel', did you mean 'enable'?");
  refuses("colums", "1", "unknown key 'colums', did you mean 'columns'?");
  refuses("Unit", "1", "unknown key 'Unit', did you mean 'unit'?");
  CHECK(!mprt_config_set(&config, "xxxxxxxx", "1", error, sizeof error));
  CHECK_TEXT(error, "unknown key 'xx");
}

/* Every row of the table has a default that its own type accepts. */
static void table(void) {
#define ROW(KEY, TYPE, DEFAULT, ...) CHECK(sets(#KEY, DEFAULT));
  MEMPROF_OPTIONS(ROW)
#undef ROW
}

static void options(void) {
  mprt_config_defaults(&config);
  mprt_options_load(&config, "unit=B:functions='a b:c' precision=1");
  CHECK(config.unit == 0 && config.precision == 1);
  CHECK_TEXT(config.functions, "a b:c");
  mprt_options_load(&config, "");
  mprt_options_load(&config, " : ");
  mprt_options_load(&config, "functions=\"'quoted'\":unit=KiB");
  CHECK_TEXT(config.functions, "'quoted'");
  CHECK(config.unit == 1);
  mprt_options_load(&config, "functions=:unit=B");
  CHECK(!*config.functions && config.unit == 0);
}

int main(void) {
  defaults();
  values();
  keys();
  table();
  options();
  return CHECK_RESULT();
}
