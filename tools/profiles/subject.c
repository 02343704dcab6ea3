/* subject.c - files to a report. */
#include "subject.h"
#include "gather.h"
#include "tool.h"

static bool read_one(struct subject *subject, const char *path) {
  if (!input_open(&subject->input, path))
    return false;
  subject->name = path;
  input_say_state(&subject->input);
  return true;
}

/* As `merge` would have written them. */
static bool read_many(struct subject *subject, char **paths, size_t count) {
  char what[256];
  if (!gather(&subject->combined, paths, count))
    return false;
  subject->name = "the sum";
  return profile_open(&subject->input.profile, subject->combined.image,
                      combined_size(&subject->combined),
                      &subject->input.scratch, what, sizeof what) ||
         error("cannot add the files up: %s", what);
}

static bool read_files(struct subject *subject) {
  return subject->path_count == 1
             ? read_one(subject, subject->paths[0])
             : read_many(subject, subject->paths, subject->path_count);
}

static bool find_newest(struct subject *subject) {
  subject->path_count = input_find_newest(&subject->found);
  subject->paths = subject->found;
  return subject->path_count;
}

static bool add_up(struct subject *subject, unsigned parts) {
  bool by_thread = parts & SUBJECT_THREADS;
  subject->profile = &subject->input.profile;
  subject->scratch = &subject->input.scratch;
  if (by_thread && subject->profile->header->merged)
    error("'%s' has the threads of its parts added up", subject->name);
  return (report_build(&subject->report, subject->profile, by_thread,
                       subject->scratch) &&
          (!(parts & (SUBJECT_CONTEXTS | SUBJECT_CONTEXT_SUMS)) ||
           contexts_build(&subject->contexts, subject->profile,
                          &subject->report, parts & SUBJECT_CONTEXTS,
                          subject->scratch))) ||
         error("out of memory for the tables of '%s'", subject->name);
}

bool subject_open(struct subject *subject, char **paths, size_t count,
                  unsigned parts) {
  *subject = (struct subject){.paths = paths, .path_count = count};
  if ((count || find_newest(subject)) && read_files(subject) &&
      add_up(subject, parts))
    return true;
  subject_close(subject);
  return false;
}

void subject_close(struct subject *subject) {
  input_close(&subject->input);
  combined_release(&subject->combined);
  if (subject->found)
    input_free_paths(subject->found, subject->path_count);
  subject->found = NULL;
}
