/* sampler.c - one sample of each process at a time. */
#define _GNU_SOURCE
#include "sampler.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* After a sample it rests so many times as long as that took. */
enum { COMMAND_MAX = 4096, REST = 4 };

/* A process that is sampled. */
struct sampled {
  pid_t pid;
  ino_t executable; /* another after exec */
  struct live live;
  struct curve curve; /* of CHILDREN_SUMMED only the program's is used */
  char *command;      /* of the curve */
  bool is_there;
  bool was_nameless; /* in the midst of exec, or for ever */
};

uint64_t clock_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void sampler_init(struct sampler *sampler, enum sampled_children children,
                  uint64_t interval_ns) {
  const struct pids none = {0};
  *sampler = (struct sampler){.children = children, .interval_ns = interval_ns};
  processes_below(&sampler->strangers, &none);
}

void sampler_start(struct sampler *sampler, struct recording *to, pid_t program,
                   const char *command) {
  sampler->to = to;
  sampler->command = command;
  sampler->program = program;
  sampler->started_ns = clock_ns(CLOCK_REALTIME);
  sampler->started_ticks = clock_ns(CLOCK_MONOTONIC);
}

/* ---- Who is sampled ---- */

static void sampled_release(struct sampled *process) {
  live_close(&process->live);
  free(process->command);
}

/* Another program runs in it: its name and its profile are others. In the midst
 * of exec it has no command line; then it is asked for again. */
static void look_at_program(const struct sampler *sampler,
                            struct sampled *process) {
  char command[COMMAND_MAX];
  ino_t executable = process_executable(process->pid);
  bool is_same = process->command && (executable == process->executable ||
                                      !executable /* about to end */);
  if (is_same && *process->command)
    return;
  process_command(process->pid, command, sizeof command);
  if (!*command && !process->command && process->pid == sampler->program)
    snprintf(command, sizeof command, "%s", sampler->command);
  if (is_same && !*command)
    return;
  char *copy = strdup(command);
  if (!copy)
    return;
  free(process->command);
  process->command = copy;
  process->executable = executable;
  process->curve.command = copy;
  process->curve.at = 0;
  live_close(&process->live);
}

static struct sampled *find(struct sampler *sampler, pid_t pid) {
  for (size_t i = 0; i < sampler->count; i++)
    if (sampler->processes[i].pid == pid)
      return &sampler->processes[i];
  return NULL;
}

/* NULL when memory runs out. */
static struct sampled *add(struct sampler *sampler, pid_t pid) {
  if (sampler->count == sampler->capacity) {
    size_t capacity = sampler->capacity ? 2 * sampler->capacity : 16;
    struct sampled *longer =
        realloc(sampler->processes, capacity * sizeof *longer);
    if (!longer)
      return NULL;
    sampler->processes = longer;
    sampler->capacity = capacity;
  }
  struct sampled *process = &sampler->processes[sampler->count++];
  *process = (struct sampled){
      .pid = pid,
      .live.fd = -1,
      .curve = {.pid = (uint32_t)pid,
                .parent = (uint32_t)process_parent(pid),
                .command = "",
                .started_ns = sampler->started_ns,
                .started_ticks = sampler->started_ticks,
                .interval_ns = sampler->interval_ns},
  };
  return process;
}

static void forget_those_gone(struct sampler *sampler) {
  size_t kept = 0;
  for (size_t i = 0; i < sampler->count; i++)
    if (sampler->processes[i].is_there)
      sampler->processes[kept++] = sampler->processes[i];
    else
      sampled_release(&sampler->processes[i]);
  sampler->count = kept;
}

/* ---- A sample ---- */

/* NULL: it is gone. */
static struct sampled *sample(struct sampler *sampler, pid_t pid,
                              struct memprof_sample *now) {
  struct sampled *process = find(sampler, pid);
  if (!process)
    process = add(sampler, pid);
  if (!process)
    return NULL;
  look_at_program(sampler, process);
  /* the live bytes before the pages in which they lie: seldom more than these
   */
  now->live = process_live(pid, sampler->to->run, &process->live);
  now->at_ns = clock_ns(CLOCK_MONOTONIC) - sampler->started_ticks;
  process->is_there = process_sample(pid, now);
  return process->is_there ? process : NULL;
}

static void sum(struct memprof_sample *all, const struct memprof_sample *one) {
  all->rss += one->rss;
  all->pss += one->pss;
  all->uss += one->uss;
  if (one->live != MEMPROF_UNKNOWN)
    all->live = one->live + (all->live == MEMPROF_UNKNOWN ? 0 : all->live);
}

/* One that has no name yet has it at the next sample, and is recorded then. */
static void record(struct sampler *sampler, struct sampled *process,
                   const struct memprof_sample *now) {
  bool is_new = !*process->curve.command && !process->was_nameless;
  process->was_nameless |= is_new;
  if (!is_new)
    recording_add(sampler->to, &process->curve, now);
}

static void take_one(struct sampler *sampler, pid_t pid,
                     struct memprof_sample *all) {
  struct memprof_sample now;
  struct sampled *process = sample(sampler, pid, &now);
  if (process && sampler->children == CHILDREN_SUMMED)
    sum(all, &now);
  else if (process)
    record(sampler, process, &now);
}

static void take_all(struct sampler *sampler, uint64_t now) {
  struct memprof_sample all = {.at_ns = now - sampler->started_ticks,
                               .live = MEMPROF_UNKNOWN};
  for (size_t i = 0; i < sampler->count; i++)
    sampler->processes[i].is_there = false;
  if (sampler->children == CHILDREN_LEFT_OUT)
    take_one(sampler, sampler->program, &all);
  else if (processes_below(&sampler->pids, &sampler->strangers))
    for (size_t i = 0; i < sampler->pids.count; i++)
      take_one(sampler, sampler->pids.pids[i], &all);
  struct sampled *program = find(sampler, sampler->program);
  if (sampler->children == CHILDREN_SUMMED && program && program->is_there)
    record(sampler, program, &all);
  forget_those_gone(sampler);
}

void sampler_take(struct sampler *sampler) {
  uint64_t begin = clock_ns(CLOCK_MONOTONIC);
  if (begin < sampler->rest_until)
    return;
  take_all(sampler, begin);
  uint64_t end = clock_ns(CLOCK_MONOTONIC);
  sampler->rest_until = end + REST * (end - begin);
}

void sampler_release(struct sampler *sampler) {
  for (size_t i = 0; i < sampler->count; i++)
    sampled_release(&sampler->processes[i]);
  free(sampler->processes);
  free(sampler->pids.pids);
  free(sampler->strangers.pids);
  *sampler = (struct sampler){0};
}
