/* run_request.h - what one `memprof run` was asked for, and what its program is
 * told of it. */
#ifndef MEMPROF_RUN_REQUEST_H
#define MEMPROF_RUN_REQUEST_H

#include "config.h"
#include "options.h"
#include "sampler.h"
#include <limits.h>

struct run_request {
  char **argv; /* the program and its arguments */
  const char *program;
  uint64_t interval_ns, timeout_ns, kill_after_ns; /* timeout 0: none */
  enum sampled_children children;
  char library[PATH_MAX];        /* to preload; "": none */
  struct mprt_config config;     /* as the program will read it */
  char *items;                   /* of PROFILE_MEMORY_OPTIONS */
  char output[MEMPROF_TEXT_MAX]; /* the pattern of the profiles, absolute */
  uint64_t started_ns, run;
};

/* The options of the command. */
extern const struct option_row run_options[];

/* Reads argv, with what environment and ini say. Returns false when there is
 * nothing to run, with *status set. Either way: run_request_release(). */
bool run_request_read(struct run_request *request, int argc, char **argv,
                      enum status *status);
void run_request_release(struct run_request *request);

/* Whether there is a file for the samples: what cannot be written is said once,
 * and not by the runtime again. */
enum choice { WITH_FILE = 'f', WITHOUT_FILE = 'n' };

/* Sets the environment, in the program's process; the choice is an enum choice.
 * A launch_prepare. */
bool run_request_prepare(void *request, char choice);

#endif
