/* sizes.c - reads and prints sizes, in integers only: what is printed is exact.
 */
#include "sizes.h"

struct unit {
  const char *name;
  uint64_t bytes;
};

/* Those that are printed come first, in the order of enum size_unit. */
static const struct unit units[] = {
    {"B", 1},
    {"KiB", UINT64_C(1) << 10},
    {"MiB", UINT64_C(1) << 20},
    {"GiB", UINT64_C(1) << 30},
    {"KB", 1000},
    {"MB", 1000000},
    {"GB", 1000000000},
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Not strcasecmp: the locale may not change what "MIB" means. */
static bool equal_any_case(const char *a, const char *b) {
  while (*a && to_lower(*a) == to_lower(*b)) {
    a++;
    b++;
  }
  return *a == *b;
}

/* The bytes of one unit, 0 when the name is unknown. */
static uint64_t unit_bytes(const char *name) {
  if (!*name)
    return 1;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (equal_any_case(name, units[i].name))
      return units[i].bytes;
  return 0;
}

/* Reads digits up to `*end`. Returns false when there are none or too many. */
static bool digits_parse(const char *text, const char **end, uint64_t *value) {
  uint64_t sum = 0;
  const char *at = text;
  for (; is_digit(*at); at++) {
    unsigned digit = (unsigned)(*at - '0');
    if (sum > (UINT64_MAX - digit) / 10)
      return false;
    sum = sum * 10 + digit;
  }
  *end = at;
  *value = sum;
  return at != text;
}

/* 0.digits * unit, as done by hand: multiplied from the last digit on, each
 * result digit behind the point must be 0. Returns false when one is not. */
static bool fraction_bytes(const char *digits, const char *end, uint64_t unit,
                           uint64_t *bytes) {
  uint64_t carry = 0;
  while (end != digits) {
    uint64_t product = (uint64_t)(*--end - '0') * unit + carry;
    if (product % 10)
      return false;
    carry = product / 10;
  }
  *bytes = carry;
  return true;
}

bool size_parse(const char *text, uint64_t *bytes) {
  uint64_t whole, part = 0;
  const char *at;
  if (!digits_parse(text, &at, &whole))
    return false;
  const char *fraction = at, *fraction_end = at;
  if (*at == '.') {
    fraction = ++at;
    while (is_digit(*at))
      at++;
    fraction_end = at;
    if (fraction == fraction_end)
      return false;
  }
  while (*at == ' ' || *at == '\t')
    at++;
  /* "5 " has a blank and nothing behind it: not a whole match */
  if (!*at && at != fraction_end)
    return false;
  uint64_t unit = unit_bytes(at);
  if (!unit || whole > UINT64_MAX / unit ||
      !fraction_bytes(fraction, fraction_end, unit, &part) ||
      whole * unit > UINT64_MAX - part)
    return false;
  *bytes = whole * unit + part;
  return true;
}

bool count_parse(const char *text, uint64_t *count) {
  const char *end;
  uint64_t value;
  if (!digits_parse(text, &end, &value) || *end)
    return false;
  *count = value;
  return true;
}

/* Text that is cut to its capacity. */
struct text {
  char *out;
  size_t capacity, length;
};

static void text_put(struct text *text, char c) {
  if (text->length + 1 < text->capacity)
    text->out[text->length++] = c;
}

static void text_number(struct text *text, uint64_t number, unsigned width) {
  char digits[20];
  unsigned count = 0;
  do
    digits[count++] = (char)('0' + number % 10);
  while (number /= 10);
  for (; width > count; width--)
    text_put(text, '0');
  while (count)
    text_put(text, digits[--count]);
}

size_t size_format(char *out, size_t capacity, int64_t bytes,
                   enum size_unit unit, unsigned precision) {
  struct text text = {out, capacity, 0};
  uint64_t magnitude = bytes < 0 ? -(uint64_t)bytes : (uint64_t)bytes;
  if (unit == SIZE_AUTO)
    for (unit = SIZE_GIB; unit != SIZE_B && magnitude < units[unit].bytes;)
      unit--;
  if (unit == SIZE_B)
    precision = 0;
  uint64_t one = units[unit].bytes, scale = 1;
  for (unsigned i = 0; i < precision; i++)
    scale *= 10;
  /* remainder < 2^30 and scale <= 10^9 < 2^30: the product fits */
  uint64_t whole = magnitude / one;
  uint64_t part = (magnitude % one * scale + one / 2) / one;
  whole += part / scale;
  part %= scale;
  /* what rounds to nothing has no sign */
  if (bytes < 0 && (whole || part))
    text_put(&text, '-');
  text_number(&text, whole, 1);
  if (precision) {
    text_put(&text, '.');
    text_number(&text, part, precision);
  }
  text_put(&text, ' ');
  for (const char *name = units[unit].name; *name; name++)
    text_put(&text, *name);
  if (capacity)
    out[text.length] = '\0';
  return text.length;
}
