/* profile.c - libFuzzer: any bytes as a profile: read, added up, printed; merged
 * with itself, which gives a profile again. */
#include "../../tools/profiles/combine.h"
#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a profile says is no reason to open files for long: none is found. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
static int null_fd;
int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc;
  (void)argv;
  null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
  return null_fd < 0;
}

static void render(const struct profile *profile, bool by_thread,
                   struct scratch *scratch) {
  static struct sink sink;
  struct report report;
  bool is_built = report_build(&report, profile, by_thread, scratch);
  assert(is_built);
  struct report_style style = {.unit = SIZE_AUTO,
                               .precision = 3,
                               .columns = "all,temporary,at_peak",
                               .sort = 5};
  sink_init(&sink, null_fd);
  render_text(&report, &style, scratch, &sink);
  sink_flush(&sink);
}

static void merge(const struct profile *profile) {
  static struct combined combined;
  struct scratch scratch = {0};
  struct profile merged;
  char error[256] = "";
  bool is_added = combined_add(&combined, profile, "a") &&
                  combined_add(&combined, profile, "b");
  assert(is_added);
  bool is_open = profile_open(&merged, combined.image, combined_size(&combined),
                              &scratch, error, sizeof error);
  assert(is_open && !merged.cut_off);
  render(&merged, true, &scratch);
  scratch_release(&scratch);
  combined_release(&combined);
}

static void use(const struct profile *profile, struct scratch *scratch) {
  render(profile, false, scratch);
  render(profile, true, scratch);
  merge(profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct scratch scratch = {0};
  struct profile profile;
  char error[256] = "";
  void *copy; /* as long as the input: ASan sees a read behind it */
  if (posix_memalign(&copy, MEMPROF_UNIT, size ? size : 1) != 0)
    abort();
  memcpy(copy, data, size);
  if (profile_open(&profile, copy, size, &scratch, error, sizeof error))
    use(&profile, &scratch);
  else
    assert(strncmp(error, "byte ", 5) == 0);
  scratch_release(&scratch);
  free(copy);
  return 0;
}
