/* source.c - finds a source file, reads it and says whether it is stale. */
#include "source.h"
#include "path.h"
#include <fcntl.h>
#include <md5.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST_SOURCE = 256 * 1024 * 1024 }; /* nobody wrote a larger one */

/* A file that was read. */
struct copy {
  const char *path;
  char *text;
  size_t size;
  struct timespec changed;
};

static bool copy_fill(struct copy *copy, int fd, struct scratch *scratch) {
  struct stat status;
  /* a FIFO or a device would block or never end */
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < 0)
    return false;
  copy->changed = status.st_mtim;
  copy->text = scratch_alloc(scratch, (size_t)status.st_size + 1, 1);
  if (!copy->text)
    return false;
  while (copy->size < (size_t)status.st_size) {
    ssize_t got =
        read(fd, copy->text + copy->size, (size_t)status.st_size - copy->size);
    if (got < 0)
      return false;
    if (got == 0)
      break;
    copy->size += (size_t)got;
  }
  return true;
}

static bool copy_read(struct copy *copy, const char *path,
                      struct scratch *scratch) {
  *copy = (struct copy){.path = path};
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return false;
  bool is_read = copy_fill(copy, fd, scratch);
  close(fd);
  return is_read;
}

static bool is_newer(const struct copy *copy, const char *module) {
  struct stat status;
  if (!module || stat(module, &status) != 0)
    return false;
  if (copy->changed.tv_sec != status.st_mtim.tv_sec)
    return copy->changed.tv_sec > status.st_mtim.tv_sec;
  return copy->changed.tv_nsec > status.st_mtim.tv_nsec;
}

static enum source_state copy_state(const struct copy *copy,
                                    const struct source_file *file) {
  if (!file->md5)
    return is_newer(copy, file->module) ? SOURCE_NEWER : SOURCE_FOUND;
  MD5_CTX context;
  unsigned char digest[16];
  MD5Init(&context);
  MD5Update(&context, (const unsigned char *)copy->text, copy->size);
  MD5Final(digest, &context);
  return memcmp(digest, file->md5, sizeof digest) ? SOURCE_CHANGED
                                                  : SOURCE_FOUND;
}

/* Where the next line starts; the size behind the last one. */
static size_t next_line(const struct copy *copy, size_t start) {
  const char *end = memchr(copy->text + start, '\n', copy->size - start);
  return end ? (size_t)(end - copy->text) + 1 : copy->size;
}

static bool source_index(struct source *source, const struct copy *copy,
                         struct scratch *scratch) {
  size_t lines = 0;
  for (size_t i = 0; i < copy->size; i = next_line(copy, i))
    lines++;
  source->starts = scratch_alloc(scratch, lines + 1, sizeof *source->starts);
  if (!source->starts)
    return false;
  for (size_t i = 0; i < copy->size; i = next_line(copy, i))
    source->starts[source->line_count++] = i;
  source->starts[source->line_count] = copy->size;
  source->path = copy->path;
  source->text = copy->text;
  return true;
}

static const char *join(const char *directory, const char *name,
                        struct scratch *scratch) {
  size_t size = strlen(directory) + strlen(name) + 2;
  char *joined = scratch_alloc(scratch, size, 1);
  if (joined)
    snprintf(joined, size, "%s/%s", directory, name);
  return joined;
}

/* A source on its way to being found. */
struct search {
  const struct source_file *file;
  struct scratch *scratch;
  enum source_state state;
  struct copy best;
};

/* Whether the search is over. */
static bool search_at(struct search *search, const char *path) {
  struct copy copy;
  if (!path || !copy_read(&copy, path, search->scratch))
    return false;
  enum source_state state = copy_state(&copy, search->file);
  if (search->state == SOURCE_MISSING || state == SOURCE_FOUND) {
    search->state = state;
    search->best = copy;
  }
  return state == SOURCE_FOUND;
}

/* A tree that stands elsewhere: /build/pkg/src/a.c is root/build/pkg/src/a.c,
 * root/pkg/src/a.c, root/src/a.c or root/a.c. */
static bool search_below(struct search *search, const char *root) {
  const struct source_file *file = search->file;
  const char *end = path_make(file->directory ? file->directory : "",
                              file->name, search->scratch);
  for (; end; end = strchr(end, '/')) {
    end += strspn(end, "/");
    if (search_at(search, join(root, end, search->scratch)))
      return true;
  }
  return false;
}

static bool source_open(struct source *source, const struct source_file *file,
                        const struct source_cache *cache) {
  struct search search = {
      .file = file, .scratch = cache->scratch, .state = SOURCE_MISSING};
  const char *compiled = file->directory
                             ? join(file->directory, file->name, cache->scratch)
                             : file->name;
  if (!(cache->root && search_below(&search, cache->root)) &&
      !search_at(&search, compiled) && file->directory)
    search_at(&search, file->name); /* moved since it was built */
  *source = (struct source){.state = search.state};
  return search.state == SOURCE_MISSING ||
         source_index(source, &search.best, cache->scratch);
}

struct cached_source {
  struct cached_source *older;
  struct source_file file;
  struct source source;
};

/* The module counts too: the same file may be newer than one program only. */
static bool is_same_file(const struct source_file *a,
                         const struct source_file *b) {
  return !strcmp(a->name, b->name) && !a->directory == !b->directory &&
         (!a->directory || !strcmp(a->directory, b->directory)) &&
         !a->md5 == !b->md5 && (!a->md5 || !memcmp(a->md5, b->md5, 16)) &&
         a->module == b->module;
}

const struct source *source_find(struct source_cache *cache,
                                 const struct source_file *file) {
  static const struct source none = {.state = SOURCE_MISSING};
  for (struct cached_source *c = cache->newest; c; c = c->older)
    if (is_same_file(&c->file, file))
      return &c->source;
  struct cached_source *cached =
      scratch_alloc(cache->scratch, 1, sizeof *cached);
  if (!cached || !source_open(&cached->source, file, cache))
    return &none;
  cached->file = *file;
  cached->older = cache->newest;
  cache->newest = cached;
  return &cached->source;
}

const char *source_line(const struct source *source, size_t line,
                        size_t *length) {
  if (!source->text || line == 0 || line > source->line_count)
    return NULL;
  size_t start = source->starts[line - 1], end = source->starts[line];
  while (end > start &&
         (source->text[end - 1] == '\n' || source->text[end - 1] == '\r'))
    end--;
  *length = end - start;
  return source->text + start;
}

static size_t indentation(const char *text, size_t length) {
  size_t count = 0;
  while (count < length && (text[count] == ' ' || text[count] == '\t'))
    count++;
  return count;
}

/* Whether a line begins with a brace at this indentation. */
static bool is_brace_at(const struct source *source, size_t line,
                        size_t indent) {
  size_t length;
  const char *text = source_line(source, line, &length);
  return text && indentation(text, length) == indent && indent < length &&
         text[indent] == '}';
}

static bool ends_with_brace(const char *text, size_t length) {
  while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
    length--;
  return length && text[length - 1] == '}';
}

bool source_is_closed_after(const struct source *source, size_t definition,
                            size_t last) {
  size_t length;
  const char *text = source_line(source, definition, &length);
  if (!text || (last == definition && ends_with_brace(text, length)))
    return false;
  size_t indent = indentation(text, length);
  return !is_brace_at(source, last, indent) &&
         is_brace_at(source, last + 1, indent);
}
