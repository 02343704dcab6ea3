/* config.h - what the user asked for: environment, options variable and ini,
 * read once. No heap. */
#ifndef MPRT_CONFIG_H
#define MPRT_CONFIG_H

#include "memprof_options.h"
#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* The field of a key: its name, but for `break`, which is a word of C. */
#define MPRT_CONFIG_NAME(KEY)                                                  \
  MPRT_CONFIG_SECOND(MPRT_CONFIG_NAME_OF_##KEY, KEY, )
#define MPRT_CONFIG_NAME_OF_break , break_at
#define MPRT_CONFIG_SECOND(...) MPRT_CONFIG_SECOND_(__VA_ARGS__)
#define MPRT_CONFIG_SECOND_(FIRST, SECOND, ...) SECOND

#define MPRT_CONFIG_BOOL(KEY) bool KEY;
#define MPRT_CONFIG_CHOICE(KEY) unsigned KEY;
#define MPRT_CONFIG_NUMBER(KEY) unsigned KEY;
#define MPRT_CONFIG_SIZE(KEY) uint64_t KEY;
#define MPRT_CONFIG_TEXT(KEY) char KEY[MEMPROF_TEXT_MAX];
#define MPRT_CONFIG_FIELD(KEY, TYPE, DEFAULT, VALUES, HELP)                    \
  MPRT_CONFIG_##TYPE(MPRT_CONFIG_NAME(KEY))
struct mprt_config {
  MEMPROF_OPTIONS(MPRT_CONFIG_FIELD)
};
#undef MPRT_CONFIG_FIELD

/* Fills *config: defaults, then ini, then options variable, then the switch.
 * Returns whether profiling is on from the start. When the switch says no,
 * nothing else is read, unless `whole`: the program itself asked for profiling
 * (memprof_enable). Then, and when none of the three is there, *config stays as
 * it is: nobody asks a process that sleeps for its settings, and the defaults
 * alone would take a tenth of its start. Reads files with open and read only,
 * says each bad input through mprt_message() with its place, keeps errno.
 * Set-uid and set-gid programs (AT_SECURE) get the defaults. Called from init,
 * one thread at a time. */
bool mprt_config_load(struct mprt_config *config, bool whole);

/* Sets one key from text, as the ini and the options variable do. Returns true,
 * or false with a message in `error` (lower case, names what is allowed). An
 * unknown key is an error. */
bool mprt_config_set(struct mprt_config *config, const char *key,
                     const char *value, char *error, unsigned capacity);

/* Sets the default of each key. */
void mprt_config_defaults(struct mprt_config *config);

/* Reads yes and no as PROFILE_MEMORY writes them. Returns false when it is
 * neither. */
bool mprt_config_bool(const char *text, bool *value);

/* The same settings from `path`, from text as in PROFILE_MEMORY_OPTIONS. */
void mprt_ini_load(struct mprt_config *config, const char *path,
                   bool must_exist);
/* The former in two steps: -1 when there is no ini, or after a message; closes
 * it. */
int mprt_ini_open(const char *path, bool must_exist);
void mprt_ini_read(struct mprt_config *config, const char *path, int fd);
void mprt_options_load(struct mprt_config *config, const char *text);

/* One line on stderr, "memprof: " in front, a newline behind; printf's %s %u %d
 * %zu only. Written with one write(2), no heap, errno kept. Thread-safe. */
void mprt_message(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* strerror() without a heap: glibc's may translate, musl's has none. */
#ifndef __GLIBC__
#define strerrordesc_np strerror
#endif

#pragma GCC visibility pop
#endif
