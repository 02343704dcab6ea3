/* ini.c - reads profile_config.ini, line by line, so that each bad line has its
 * number and the rest still counts.
 *
 * inih takes `key = value` lines apart. What it lacks is done here: numbers of
 * lines, lines that are too long, binary bytes, and section names of any length
 * that may hold a ']' ([limits f[0-9]]). Indentation has no meaning.
 */
#define _GNU_SOURCE
#include "common/limit.h"
#include "config.h"
#include "rules.h"
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096 };

enum section { NO_SECTION, PROFILE, LIMITS, UNKNOWN_SECTION };

struct ini {
  struct mprt_config *config;
  const char *path;
  unsigned line; /* 1-based */
  enum section section;
  char glob[LINE_MAX_BYTES]; /* of [limits GLOB]; empty in [limits] */
  bool binary;               /* a line with binary bytes has been named */
  bool has_pair;             /* inih has found a key and a value on this line */
};

static void complain(const struct ini *ini, const char *text) {
  mprt_message("%s:%u: %s", ini->path, ini->line, text);
}

/* ---- Sections ---- */

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static char *trim(char *text) {
  while (is_blank(*text))
    text++;
  size_t length = strlen(text);
  while (length && is_blank(text[length - 1]))
    text[--length] = '\0';
  return text;
}

/* Ends the text where a comment starts, as inih does: a ';' after a blank. */
static void cut_comment(char *text) {
  for (char *at = strchr(text, ';'); at; at = strchr(at + 1, ';'))
    if (at != text && is_blank(at[-1])) {
      *at = '\0';
      return;
    }
}

static void enter_section(struct ini *ini, char *header) {
  char error[128];
  cut_comment(header);
  header = trim(header);
  size_t length = strlen(header);
  ini->section = UNKNOWN_SECTION;
  if (header[length - 1] != ']') {
    complain(ini, "a section has no ']', its lines are ignored");
    return;
  }
  header[length - 1] = '\0';
  char *name = trim(header + 1);
  if (strcmp(name, MEMPROF_CONFIG_SECTION) == 0) {
    ini->section = PROFILE;
  } else if (strncmp(name, "limits", 6) == 0 &&
             (!name[6] || is_blank(name[6]))) {
    ini->section = LIMITS;
    snprintf(ini->glob, sizeof ini->glob, "%s", trim(name + 6));
  } else {
    snprintf(error, sizeof error,
             "unknown section '%.40s', known are [%s], [limits] and [limits "
             "GLOB]",
             name, MEMPROF_CONFIG_SECTION);
    complain(ini, error);
  }
}

/* ---- Keys ---- */

static void take_limit(struct ini *ini, const char *metric, const char *value) {
  bool whole_process = !*ini->glob;
  char text[256], error[256];
  struct limit limit;
  int length = snprintf(text, sizeof text, "%s=%s", metric, value);
  if (length >= (int)sizeof text)
    complain(ini, "a limit is too long");
  else if (!limit_parse(text, whole_process, &limit, error, sizeof error))
    complain(ini, error);
  else if (!mprt_rule_add(whole_process ? NULL : ini->glob, ini->path,
                          ini->line, &limit))
    complain(ini, "no room for more limits, this one is ignored");
}

static int take_pair(void *user, const char *unused, const char *key,
                     const char *value) {
  struct ini *ini = user;
  char error[256];
  (void)unused;
  ini->has_pair = true;
  switch (ini->section) {
  case NO_SECTION:
    snprintf(error, sizeof error,
             "'%.60s' stands before any section, put [%s] "
             "above it",
             key, MEMPROF_CONFIG_SECTION);
    complain(ini, error);
    break;
  case PROFILE:
    if (!mprt_config_set(ini->config, key, value, error, sizeof error))
      complain(ini, error);
    break;
  case LIMITS:
    take_limit(ini, key, value);
    break;
  case UNKNOWN_SECTION: /* named at its header */
    break;
  }
  return 1;
}

/* inih's reader: hands out one line. */
static char *read_once(char *out, int capacity, void *stream) {
  const char **line = stream;
  if (!*line)
    return NULL;
  snprintf(out, (size_t)capacity, "%s", *line);
  *line = NULL;
  return out;
}

static bool is_pair(struct ini *ini, const char *line) {
  ini->has_pair = false;
  return ini_parse_stream(read_once, &line, take_pair, ini) == 0 ||
         ini->has_pair;
}

static bool is_text(const char *line, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (((unsigned char)line[i] < 0x20 && !is_blank(line[i])) ||
        line[i] == 0x7f)
      return false;
  return true;
}

/* One line without its newline; `length` may be more than fits. */
static void take_line(struct ini *ini, char *line, size_t length) {
  char error[128];
  ini->line++;
  if (!is_text(line, length < LINE_MAX_BYTES ? length : LINE_MAX_BYTES - 1)) {
    if (!ini->binary)
      complain(ini, "binary bytes, such lines are ignored");
    ini->binary = true;
    return;
  }
  if (length >= LINE_MAX_BYTES) {
    snprintf(error, sizeof error, "longer than %d bytes, the line is ignored",
             LINE_MAX_BYTES - 1);
    complain(ini, error);
    return;
  }
  line[length] = '\0';
  if (ini->line == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0)
    line += 3; /* the byte order mark of an editor */
  line = trim(line);
  if (*line == '[')
    enter_section(ini, line);
  else if (!is_pair(ini, line) && !ini->binary)
    complain(ini, "expected key = value");
}

/* ---- The file ---- */

/* Splits the file into lines. Returns 0, or the errno of a failed read. */
static int read_lines(struct ini *ini, int fd) {
  static char chunk[4096], line[LINE_MAX_BYTES];
  size_t length = 0;
  for (;;) {
    ssize_t got = read(fd, chunk, sizeof chunk);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return errno;
    if (got == 0)
      break;
    for (ssize_t i = 0; i < got; i++) {
      if (chunk[i] == '\n') {
        take_line(ini, line, length);
        length = 0;
      } else if (length++ < LINE_MAX_BYTES - 1) {
        line[length - 1] = chunk[i];
      }
    }
  }
  if (length)
    take_line(ini, line, length);
  return 0;
}

/* Only files end: a terminal or a FIFO would hold the program's start. Of
 * devices, /dev/null is what people write for "none". */
static int check_kind(int fd) {
  struct stat status;
  if (fstat(fd, &status) != 0)
    return errno;
  if (S_ISDIR(status.st_mode))
    return EISDIR;
  return S_ISREG(status.st_mode) ? 0 : EINVAL;
}

int mprt_ini_open(const char *path, bool must_exist) {
  if (strcmp(path, "/dev/null") == 0)
    return -1;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  int error = fd < 0 ? errno : check_kind(fd);
  if (!error)
    return fd;
  if (fd >= 0)
    close(fd);
  if (error == EINVAL)
    mprt_message("cannot read '%s': not a file", path);
  else if (must_exist || error != ENOENT)
    mprt_message("cannot read '%s': %s", path, strerrordesc_np(error));
  return -1;
}

void mprt_ini_read(struct mprt_config *config, const char *path, int fd) {
  static struct ini ini; /* too big for a small stack */
  ini = (struct ini){.config = config, .path = path};
  mprt_rules_clear();
  if (fd < 0)
    return;
  /* inih's defaults are Debian's variables; the guest may use it too */
  int guests_max_line = ini_max_line;
  ini_max_line = LINE_MAX_BYTES + 2;
  int error = read_lines(&ini, fd);
  ini_max_line = guests_max_line;
  close(fd);
  if (error)
    mprt_message("cannot read '%s': %s", path, strerrordesc_np(error));
}

void mprt_ini_load(struct mprt_config *config, const char *path,
                   bool must_exist) {
  mprt_ini_read(config, path, mprt_ini_open(path, must_exist));
}
