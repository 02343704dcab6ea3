/* grammars.c - libFuzzer: the first byte chooses: a limit, a size, a count, a
 * glob against a name, printable text. What is understood reads back as the
 * same. */
#include "common/glob.h"
#include "common/limit.h"
#include "common/printable.h"
#include "common/sizes.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void limit(const char *text, bool process_wide) {
  struct limit limit, again;
  char error[256] = "", spelt[256];
  if (!limit_parse(text, process_wide, &limit, error, sizeof error)) {
    assert(*error);
    return;
  }
  assert(limit.floor <= limit.ceiling && limit_metric_name(limit.metric));
  int at = snprintf(spelt, sizeof spelt, "%s=%llu..",
                    limit_metric_name(limit.metric),
                    (unsigned long long)limit.floor);
  if (limit.ceiling != UINT64_MAX)
    snprintf(spelt + at, sizeof spelt - (size_t)at, "%llu",
             (unsigned long long)limit.ceiling);
  bool is_same = limit_parse(spelt, process_wide, &again, error, sizeof error);
  assert(is_same && again.floor == limit.floor &&
         again.ceiling == limit.ceiling && again.metric == limit.metric);
}

static void number(const char *text) {
  uint64_t bytes, count, again;
  char spelt[64];
  if (count_parse(text, &count)) {
    snprintf(spelt, sizeof spelt, "%llu", (unsigned long long)count);
    assert(count_parse(spelt, &again) && again == count);
  }
  if (!size_parse(text, &bytes) || bytes > INT64_MAX)
    return;
  for (unsigned unit = SIZE_B; unit <= SIZE_AUTO; unit++)
    for (unsigned precision = 0; precision < 10; precision++)
      assert(size_format(spelt, sizeof spelt, -(int64_t)bytes,
                         (enum size_unit)unit, precision) < sizeof spelt);
  size_format(spelt, sizeof spelt, (int64_t)bytes, SIZE_B, 0);
  assert(size_parse(spelt, &again) && again == bytes);
}

static void name(const char *text, size_t size) {
  const char *other = memchr(text, '\n', size);
  glob_list_match(text, other ? other + 1 : "", other ? other : "x(y)");
  for (size_t at = 0, span; at < size; at += span + 1) {
    span = printable_span(text + at, size - at);
    assert(span <= size - at && !memchr(text + at, 0x1b, span));
    /* what was printable stays so beside an escape */
    assert(printable_span(text + at, span) == span);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  char *text = malloc(size);
  if (!text)
    abort();
  memcpy(text, data + 1, size - 1);
  text[size - 1] = 0;
  switch (data[0] % 4) {
  case 0:
  case 1:
    limit(text, data[0] % 4);
    break;
  case 2:
    number(text);
    break;
  default:
    name(text, size - 1);
  }
  free(text);
  return 0;
}
