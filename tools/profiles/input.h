/* input.h - profile files as the commands read them.
 *
 * A file is read into memory, not mapped: it may belong to a process that still
 * writes to it, or cuts it off under us. */
#ifndef MEMPROF_INPUT_H
#define MEMPROF_INPUT_H

#include "report/report.h"
#include <stdbool.h>
#include <sys/types.h>

/* One profile file. Zero-initialise; input_close owns all of it. */
struct input {
  const char *path;
  unsigned char *image;   /* a copy of what was in use */
  size_t size, mapped;    /* bytes of it, and of the memory that it stands in */
  ino_t inode;            /* of the file */
  struct scratch scratch; /* what the profile's lists stand in */
  struct profile profile;
};

enum input_state {
  INPUT_ENDED, /* the process said how it ended, or the file is a merged one */
  INPUT_RUNNING, /* it still writes */
  INPUT_KILLED,  /* it is gone and said nothing: killed, or replaced by exec */
  INPUT_UNKNOWN, /* it ran on another machine */
};

/* Reads and checks a file. Returns false after error(), which names the byte
 * that is wrong. */
bool input_open(struct input *input, const char *path);
void input_close(struct input *input);

enum input_state input_state(const struct input *input);
/* The same of a header, the host of its metadata (NULL: unknown) and the inode
 * of its file. */
enum input_state input_state_of(const struct memprof_header *header,
                                const char *host, ino_t inode);
/* On stderr, what a reader has to know about a file that is not whole. */
void input_say_state(const struct input *input);

/* The header alone. False when the file has none that could be ours. */
bool input_peek(const char *path, struct memprof_header *header);

/* The profile files of the newest run in the current directory, sorted; their
 * number. 0 after error() when there is none. Free with input_free_paths(). */
size_t input_find_newest(char ***paths);
/* The files that a command is given; those of the newest run when it is given
 * none. Else as above. */
size_t input_take(char **given, size_t count, char ***paths);
void input_free_paths(char **paths, size_t count);

#endif
