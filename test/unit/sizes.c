/* Sizes: what is read, what is refused, and how they print.
 * RUN: %unit %s -o %t && %t */
#include "common/sizes.h"
#include "check.h"

#define READS(TEXT, BYTES)                                                     \
  do {                                                                         \
    uint64_t bytes = 77;                                                       \
    CHECK(size_parse(TEXT, &bytes) && bytes == (BYTES));                       \
  } while (0)
#define REFUSES(TEXT)                                                          \
  do {                                                                         \
    uint64_t bytes = 77;                                                       \
    CHECK(!size_parse(TEXT, &bytes) && bytes == 77);                           \
  } while (0)

static void reading(void) {
  READS("0", 0);
  READS("17", 17);
  READS("17B", 17);
  READS("1KB", 1000);
  READS("1KiB", 1024);
  READS("1.5 KiB", 1536);
  READS("1.50MB", 1500000);
  READS("2\t mib", 2097152);
  READS("3GB", 3000000000);
  READS("1gib", 1073741824);
  READS("0.000000000931322574615478515625GiB", 1);
  READS("1.00000000000000000000000000000000000B", 1);
  READS("18446744073709551615", UINT64_MAX);
  READS("17179869183.5GiB", 18446744073172680704u);
  REFUSES("");
  REFUSES("MiB");
  REFUSES(".5MiB");
  REFUSES("1.");
  REFUSES("1.MiB");
  REFUSES("-1");
  REFUSES("+1");
  REFUSES(" 1");
  REFUSES("1 ");
  REFUSES("1.5 ");
  REFUSES("1M");
  REFUSES("1K");
  REFUSES("1KiBs");
  REFUSES("1 KiB ");
  REFUSES("0x10");
  REFUSES("1,5KiB");
  REFUSES("0.3B");
  REFUSES("0.3");
  REFUSES("1.0001KiB");
  REFUSES("18446744073709551616");
  REFUSES("17179869184GiB");
  REFUSES("99999999999999999999999999");
}

static void counts(void) {
  uint64_t count = 77;
  CHECK(count_parse("0", &count) && count == 0);
  CHECK(count_parse("18446744073709551615", &count) && count == UINT64_MAX);
  count = 77;
  CHECK(!count_parse("", &count));
  CHECK(!count_parse("1.0", &count));
  CHECK(!count_parse("1B", &count));
  CHECK(!count_parse("-1", &count));
  CHECK(!count_parse(" 1", &count));
  CHECK(!count_parse("18446744073709551616", &count));
  CHECK(count == 77);
}

static void prints(int64_t bytes, enum size_unit unit, unsigned precision,
                   const char *expected) {
  char out[64];
  size_t length = size_format(out, sizeof out, bytes, unit, precision);
  CHECK_TEXT(out, expected);
  CHECK(length == strlen(expected));
}

static void printing(void) {
  prints(24000000, SIZE_MIB, 3, "22.888 MiB");
  prints(24000000, SIZE_B, 3, "24000000 B");
  prints(-512, SIZE_KIB, 3, "-0.500 KiB");
  prints(0, SIZE_MIB, 3, "0.000 MiB");
  prints(1536, SIZE_KIB, 0, "2 KiB");
  prints(1535, SIZE_KIB, 0, "1 KiB");
  prints(-1536, SIZE_KIB, 0, "-2 KiB");
  prints(1, SIZE_GIB, 9, "0.000000001 GiB");
  prints(-1, SIZE_MIB, 3, "0.000 MiB");
  prints(1048575, SIZE_MIB, 3, "1.000 MiB");
  prints(INT64_MAX, SIZE_GIB, 9, "8589934591.999999999 GiB");
  prints(INT64_MAX, SIZE_GIB, 8, "8589934592.00000000 GiB");
  prints(INT64_MIN, SIZE_B, 0, "-9223372036854775808 B");
  prints(1023, SIZE_AUTO, 1, "1023 B");
  prints(1024, SIZE_AUTO, 1, "1.0 KiB");
  prints(1048575, SIZE_AUTO, 1, "1024.0 KiB");
  prints(-1048576, SIZE_AUTO, 2, "-1.00 MiB");
  prints(0, SIZE_AUTO, 2, "0 B");

  char out[8] = "xxxxxxx";
  CHECK(size_format(out, 5, 24000000, SIZE_MIB, 3) == 4);
  CHECK_TEXT(out, "22.8");
  CHECK(size_format(out, 0, 1, SIZE_MIB, 3) == 0);
}

int main(void) {
  reading();
  counts();
  printing();
  return CHECK_RESULT();
}
