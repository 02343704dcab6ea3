/* settings.c - libFuzzer: the first byte chooses: the text is an ini, or
 * PROFILE_MEMORY_OPTIONS, or `columns`. Whatever it is, the settings that come
 * out are of the kinds that the options table allows. */
#define _GNU_SOURCE
#include "common/sizes.h"
#include "config.h"
#include "report/report.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t said;

/* The runtime's, without its output. */
void mprt_message(const char *format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  said += strlen(text);
}

static void check_text(const char *text) {
  assert(memchr(text, 0, MEMPROF_TEXT_MAX));
}
static void check_number(unsigned value, const char *range) {
  unsigned low, high;
  if (sscanf(range, "%u..%u", &low, &high) == 2)
    assert(value >= low && value <= high);
}
static void check_size(uint64_t value, const char *range) {
  char low[32];
  uint64_t least = 0, most = 0;
  const char *dots = strstr(range, "..");
  assert(dots);
  snprintf(low, sizeof low, "%.*s", (int)(dots - range), range);
  assert(size_parse(low, &least) && size_parse(dots + 2, &most));
  assert(value >= least && value <= most);
}
static void check_choice(unsigned value, const char *words) {
  unsigned count = 1;
  for (; *words; words++)
    count += *words == '|';
  assert(value < count);
}

#define CHECK_BOOL(KEY, VALUES) (void)config.MPRT_CONFIG_NAME(KEY);
#define CHECK_CHOICE(KEY, VALUES)                                              \
  check_choice(config.MPRT_CONFIG_NAME(KEY), VALUES);
#define CHECK_NUMBER(KEY, VALUES)                                              \
  check_number(config.MPRT_CONFIG_NAME(KEY), VALUES);
#define CHECK_SIZE(KEY, VALUES)                                                \
  check_size(config.MPRT_CONFIG_NAME(KEY), VALUES);
#define CHECK_TEXT(KEY, VALUES) check_text(config.MPRT_CONFIG_NAME(KEY));
#define CHECK_ROW(KEY, TYPE, DEFAULT, VALUES, HELP) CHECK_##TYPE(KEY, VALUES)

static void load_ini(struct mprt_config *config, const char *text,
                     size_t size) {
  static int fd = -1;
  static char path[64];
  if (fd < 0) {
    fd = memfd_create("ini", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  }
  if (ftruncate(fd, 0) != 0 || pwrite(fd, text, size, 0) != (ssize_t)size)
    abort();
  mprt_ini_load(config, path, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct mprt_config config;
  if (size == 0)
    return 0;
  char *text = malloc(size); /* ends with a NUL in the place of the choice */
  if (!text)
    abort();
  memcpy(text, data + 1, size - 1);
  text[size - 1] = 0;
  mprt_config_defaults(&config);
  if (data[0] % 4 < 2) {
    load_ini(&config, text, size - 1);
  } else if (data[0] % 4 == 2) {
    mprt_options_load(&config, text);
  } else {
    char error[64];
    report_columns_check(text, error, sizeof error);
  }
  MEMPROF_OPTIONS(CHECK_ROW)
  free(text);
  return 0;
}
