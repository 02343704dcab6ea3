/* metadata.c - what is known about the process besides its counters: the run it
 * belongs to, and the META records. */
#define _GNU_SOURCE
#include "common/command.h"
#include "entry.h"
#include "object_at.h"
#include "runtime.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* ---- The run ---- */

uint64_t mprt_random(void) {
  uint64_t number = 0;
  if (getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    number = ((uint64_t)now.tv_nsec << 34 ^ (uint64_t)now.tv_sec << 20 ^
              (uint64_t)getpid()) *
             UINT64_C(0x9e3779b97f4a7c15);
  }
  return number ? number : 1;
}

static uint64_t run_inherited(void) {
  const char *text = getenv(MEMPROF_ENV_RUN);
  if (!text || strlen(text) != 16 ||
      strspn(text, "0123456789abcdef") != strlen(text))
    return 0;
  return strtoull(text, NULL, 16);
}

/* As putenv(), which would call malloc: the array is a copy with one more. */
static void environment_add(char *variable) {
  size_t count = 0;
  while (environ && environ[count])
    count++;
  char **larger = mprt_pages((count + 2) * sizeof *larger);
  if (!larger)
    return;
  larger[0] = variable;
  if (count)
    memcpy(larger + 1, environ, count * sizeof *larger);
  environ = larger;
}

uint64_t mprt_run_id(void) {
  static char variable[sizeof MEMPROF_ENV_RUN + 1 + 16];
  uint64_t run = run_inherited();
  if (run)
    return run;
  run = mprt_random();
  if (strcmp(mprt_config.output, "none") != 0) {
    snprintf(variable, sizeof variable, "%s=%016llx", MEMPROF_ENV_RUN,
             (unsigned long long)run);
    environment_add(variable);
  }
  return run;
}

/* ---- Records ---- */

struct fact {
  enum memprof_meta_key key;
  const char *text;
};

static void fill_meta(void *record, const void *context) {
  struct memprof_meta *meta = record;
  const struct fact *fact = context;
  meta->key = fact->key;
  strcpy(meta->text, fact->text);
}

static void write_fact(enum memprof_meta_key key, const char *text) {
  struct fact fact = {key, text};
  if (text && *text)
    mprt_arena_alloc(MEMPROF_KIND_META,
                     sizeof(struct memprof_meta) + strlen(text) + 1, fill_meta,
                     &fact);
}

/* ---- The command line ---- */

#define COMMAND_MAX 65536 /* bytes of it that are kept */

/* Words with a NUL behind each; those that do not fit are left out. */
static size_t read_words(char *out, size_t capacity) {
  size_t length = 0;
  int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return 0;
  ssize_t part;
  while (length < capacity &&
         (part = read(file, out + length, capacity - length)) > 0)
    length += (size_t)part;
  close(file);
  while (length && out[length - 1])
    length--;
  return length;
}

static void write_command(void) {
  const size_t size = 2 * COMMAND_MAX;
  char *words = mprt_pages(size);
  if (!words)
    return;
  char *text = words + COMMAND_MAX;
  command_text(text, COMMAND_MAX, words, read_words(words, COMMAND_MAX));
  write_fact(MEMPROF_META_command, text);
  munmap(words, size);
}

/* ---- The others ---- */

static void write_program(void) {
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length <= 0)
    return;
  path[length] = '\0';
  write_fact(MEMPROF_META_program, path);
}

/* Whose malloc is behind our entry point, or, where calls do not come to us,
 * the program's. A static program has no objects to name. */
static void write_allocator(void) {
  struct mprt_object object;
  const void *function = (const void *)malloc;
  const struct memprof_entries *entries = &__memprofpass_entries;
  if (entries && !__memprofpass_direct)
    function = entries->next(ENTRY_malloc);
  Dl_info info;
  bool is_named = mprt_object_find(&object, function) && *object.name;
  if (!is_named && function && dladdr(function, &info))
    object.name = info.dli_fname; /* the program's */
  write_fact(MEMPROF_META_allocator, object.name);
}

void mprt_metadata_write(void) {
  struct utsname system;
  int kept = errno;
  write_command();
  write_program();
  if (uname(&system) == 0)
    write_fact(MEMPROF_META_host, system.nodename);
  write_fact(MEMPROF_META_runtime, MPRT_VERSION);
  write_allocator();
  errno = kept;
}
