/* Limits: what is read, and what is said about what is not.
 * RUN: %unit %s -o %t && %t */
#include "common/limit.h"
#include "check.h"

static void reads(const char *text, const char *metric, uint64_t floor,
                  uint64_t ceiling) {
  char error[256] = "";
  struct limit limit;
  bool ok = limit_parse(text, true, &limit, error, sizeof error);
  CHECK_TEXT(error, "");
  if (!ok) {
    fprintf(stderr, "refused: %s\n", text);
    check_failures++;
    return;
  }
  CHECK_TEXT(limit_metric_name(limit.metric), metric);
  CHECK(limit.floor == floor && limit.ceiling == ceiling);
}

static void refuses(const char *text, const char *message) {
  char error[256] = "";
  struct limit limit = {7, 8, 9};
  CHECK(!limit_parse(text, false, &limit, error, sizeof error));
  CHECK_TEXT(error, message);
  CHECK(limit.metric == 7 && limit.floor == 8 && limit.ceiling == 9);
}

static const char *const not_limit =
    " is not a limit: expected metric=value, as in 'peak=1MiB' or "
    "'allocs=3..10'";
static const char *const not_size =
    " is not a size: a number of bytes, or with a unit of B KB KiB MB MiB GB "
    "GiB";
static const char *const not_count = " is not a count: decimal digits only";

static void refuses_with(const char *text, const char *quote,
                         const char *rest) {
  char message[256];
  snprintf(message, sizeof message, "'%s'%s", quote, rest);
  refuses(text, message);
}

int main(void) {
  reads("peak=1MiB", "peak", 0, 1048576);
  reads("  peak =\t1 MiB ", "peak", 0, 1048576);
  reads("allocs=0", "allocs", 0, 0);
  reads("allocs = 3..10", "allocs", 3, 10);
  reads("allocs = 3 .. 10 ", "allocs", 3, 10);
  reads("allocs=3..", "allocs", 3, UINT64_MAX);
  reads("bytes=1.5KiB..2KiB", "bytes", 1536, 2048);
  reads("frees=4..4", "frees", 4, 4);
  reads("kept=0", "kept", 0, 0);
  reads("leaked=10KB", "leaked", 0, 10000);
  reads("process.peak=1GiB", "process.peak", 0, 1073741824);

  refuses_with("", "", not_limit);
  refuses_with(" peak ", "peak", not_limit);
  refuses_with("peak=", "", not_size);
  refuses_with("peak=1M", "1M", not_size);
  refuses_with("peak=1MiB x", "1MiB x", not_size);
  refuses_with("peak=-1", "-1", not_size);
  refuses_with("peak=..", "", not_size);
  refuses_with("peak=..5", "", not_size);
  refuses_with("peak=1...5", ".5", not_size);
  refuses_with("allocs=1KiB", "1KiB", not_count);
  refuses_with("allocs=1.5", "1.5", not_count);
  refuses_with("allocs=5..x", "x", not_count);
  refuses("peak = 2KiB..1KiB",
          "'peak = 2KiB..1KiB' allows nothing: 2KiB is more than 1KiB");
  refuses("size=1", "unknown metric 'size', known are allocs, frees, bytes, "
                    "peak, kept, leaked");
  refuses("=1", "unknown metric '', known are allocs, frees, bytes, peak, "
                "kept, leaked");
  refuses("process.peak=1GiB",
          "'process.peak' is no limit of a function: it belongs into section "
          "[limits] of the ini");

  /* a long text is quoted in part, and the message stays within its room */
  char text[300] = "peak=", error[16];
  memset(text + 5, '9', sizeof text - 6);
  struct limit limit;
  CHECK(!limit_parse(text, true, &limit, error, sizeof error));
  CHECK_TEXT(error, "'99999999999999");

  CHECK(limit_metric_is_size(0) == false);
  CHECK(!limit_metric_name(7) && limit_metric_name(6));
  return CHECK_RESULT();
}
