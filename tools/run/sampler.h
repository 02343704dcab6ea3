/* sampler.h - the curves of a program and of what it starts. */
#ifndef MEMPROF_SAMPLER_H
#define MEMPROF_SAMPLER_H

#include "processes.h"
#include "recording.h"

enum sampled_children {
  CHILDREN_LEFT_OUT,
  CHILDREN_SUMMED, /* into the program's curve */
  CHILDREN_APART   /* each has its own */
};

/* Zero-initialise; sampler_release frees all. */
struct sampler {
  struct recording *to;
  pid_t program;
  const char *command; /* of the program */
  enum sampled_children children;
  uint64_t started_ns, started_ticks, interval_ns;
  uint64_t rest_until;       /* CLOCK_MONOTONIC */
  struct sampled *processes; /* those that were there at the last sample */
  size_t count, capacity;
  struct pids pids, strangers; /* children that we had before */
};

/* Before the program is started: what is there already is not its. */
void sampler_init(struct sampler *sampler, enum sampled_children children,
                  uint64_t interval_ns);
/* The program runs: now is the time 0. The command stays the caller's. */
void sampler_start(struct sampler *sampler, struct recording *to, pid_t program,
                   const char *command);
/* A sample of each process that is there; none while it rests from one that
 * took long: the kernel walks all pages for it. */
void sampler_take(struct sampler *sampler);
void sampler_release(struct sampler *sampler);

uint64_t clock_ns(clockid_t clock);

#endif
