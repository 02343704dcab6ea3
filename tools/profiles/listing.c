/* listing.c - finds profile files, and reads no more of them than is asked. */
#define _GNU_SOURCE
#include "listing.h"
#include "tool.h"
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- The files ---- */

static int compare_listed(const void *a, const void *b) {
  const struct listed *left = a, *right = b;
  uint64_t x = left->header.started_ns, y = right->header.started_ns;
  return x != y ? (x < y ? -1 : 1) : strcmp(left->path, right->path);
}

/* Returns false when memory runs out. */
static bool add_file(struct listing *listing, const char *path) {
  struct stat status;
  struct listed *item = &listing->items[listing->count];
  if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
      !input_peek(path, &item->header))
    return true;
  item->path = strdup(strncmp(path, "./", 2) == 0 ? path + 2 : path);
  item->size = (uint64_t)status.st_size;
  item->inode = status.st_ino;
  listing->count += item->path != NULL;
  return item->path != NULL;
}

/* The directory's name is no pattern. */
static char *pattern_of(const char *directory) {
  char *pattern = malloc(2 * strlen(directory) + sizeof "/*.mprof"), *to;
  if (!pattern)
    return NULL;
  for (to = pattern; *directory; *to++ = *directory++)
    if (strchr("*?[\\", *directory))
      *to++ = '\\';
  strcpy(to, "/*.mprof");
  return pattern;
}

bool listing_open(struct listing *listing, const char *directory) {
  glob_t found = {0};
  char *pattern = pattern_of(directory);
  int result = pattern ? glob(pattern, 0, NULL, &found) : GLOB_NOSPACE;
  bool is_whole = result != GLOB_NOSPACE;
  free(pattern);
  *listing = (struct listing){0};
  if (result == 0) {
    listing->items = calloc(found.gl_pathc, sizeof *listing->items);
    is_whole = listing->items != NULL;
    for (size_t i = 0; is_whole && i < found.gl_pathc; i++)
      is_whole = add_file(listing, found.gl_pathv[i]);
  }
  globfree(&found);
  if (listing->count)
    qsort(listing->items, listing->count, sizeof *listing->items,
          compare_listed);
  if (is_whole)
    return true;
  listing_close(listing);
  return error("out of memory for the list of profiles");
}

void listing_close(struct listing *listing) {
  for (size_t i = 0; i < listing->count; i++)
    free(listing->items[i].path);
  free(listing->items);
  *listing = (struct listing){0};
}

/* ---- By run ---- */

size_t listing_count_others(const char *path, uint64_t run) {
  struct listing listing;
  struct memprof_header own = {.pid = 0};
  size_t count = 0;
  char *directory = strdup(path),
       *slash = directory ? strrchr(directory, '/') : NULL;
  if (slash)
    slash[slash == directory] = '\0';
  input_peek(path, &own);
  if (directory && run && listing_open(&listing, slash ? directory : ".")) {
    for (size_t i = 0; i < listing.count; i++) {
      const struct memprof_header *other = &listing.items[i].header;
      count += other->run == run &&
               (other->pid != own.pid || other->started_ns != own.started_ns);
    }
    listing_close(&listing);
  }
  free(directory);
  return count;
}

void listing_say_rest(char *const *paths, size_t count) {
  uint64_t *runs = calloc(count + 1, sizeof *runs);
  struct memprof_header header;
  for (size_t i = 0; runs && i < count; i++)
    runs[i] = input_peek(paths[i], &header) ? header.run : 0;
  for (size_t i = 0; runs && i < count; i++) {
    size_t same = 0;
    for (size_t j = 0; j < count; j++)
      same += runs[j] == runs[i];
    size_t others = same == 1 ? listing_count_others(paths[i], runs[i]) : 0;
    if (others)
      error("'%s' is one of %zu processes of its run, and the only one that is "
            "compared",
            paths[i], others + 1);
  }
  free(runs);
}

/* ---- By number ---- */

bool is_index(const char *text) {
  text += *text == '-';
  return *text && !text[strspn(text, "0123456789")];
}

const struct listed *listing_at(const struct listing *listing,
                                const char *index) {
  char *end;
  errno = 0;
  long long at = is_index(index) ? strtoll(index, &end, 10) : -1;
  if (!is_index(index) || errno)
    return NULL;
  long long count = (long long)listing->count;
  if (*index == '-')
    at += count;
  return at >= 0 && at < count ? &listing->items[at] : NULL;
}

/* ---- What stands in them ---- */

static char *read_meta(int fd, const struct memprof_meta *meta, uint64_t at) {
  size_t size = meta->head.size - sizeof *meta;
  char *text = malloc(size + 1);
  if (!text)
    return NULL;
  ssize_t got = pread(fd, text, size, (off_t)(at + sizeof *meta));
  text[got > 0 ? got : 0] = '\0';
  return text;
}

/* From head to head: a profile of a gigabyte need not be read for it. */
static char *find_meta(int fd, const struct memprof_header *header,
                       enum memprof_meta_key key) {
  struct memprof_meta meta;
  for (uint64_t at = header->header_size;
       at < header->used && at <= INT64_MAX - sizeof meta;
       at += meta.head.size) {
    if (pread(fd, &meta, sizeof meta, (off_t)at) != sizeof meta ||
        meta.head.size < sizeof meta)
      return NULL;
    if (meta.head.kind == MEMPROF_KIND_META && meta.key == (uint32_t)key &&
        meta.head.size < 1 << 20)
      return read_meta(fd, &meta, at);
  }
  return NULL;
}

char *listed_meta(const struct listed *listed, enum memprof_meta_key key) {
  int fd = open(listed->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return NULL;
  char *text = find_meta(fd, &listed->header, key);
  close(fd);
  return text;
}

enum input_state listed_state(const struct listed *listed) {
  char *host = listed_meta(listed, MEMPROF_META_host);
  enum input_state state = input_state_of(&listed->header, host, listed->inode);
  free(host);
  return state;
}

bool is_profile(const char *path) {
  struct stat status;
  char magic[sizeof MEMPROF_MAGIC - 1];
  if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode))
    return false;
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return false;
  bool is_ours = pread(fd, magic, sizeof magic, 0) == sizeof magic &&
                 memcmp(magic, MEMPROF_MAGIC, sizeof magic) == 0;
  close(fd);
  return is_ours;
}
