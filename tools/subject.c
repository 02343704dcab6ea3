/* subject.c - files to a report. */
#include "subject.h"
#include "gather.h"
#include "tool.h"
#include <string.h>

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

static bool read_named(struct subject *subject, char **paths, size_t count) {
  return count == 1 ? read_one(subject, paths[0])
                    : read_many(subject, paths, count);
}

/* NULL when memory runs out. */
static const char *copy_text(struct scratch *scratch, const char *text) {
  char *copy = scratch_alloc(scratch, strlen(text) + 1, 1);
  return copy ? strcpy(copy, text) : NULL;
}

static bool read_newest(struct subject *subject) {
  char **paths;
  size_t count = input_find_newest(&paths);
  bool is_read = count && read_named(subject, paths, count);
  if (is_read && count == 1) /* the name outlives the list */
    subject->name = copy_text(&subject->input.scratch, paths[0]);
  input_free_paths(paths, count);
  return is_read;
}

static bool add_up(struct subject *subject, unsigned parts) {
  bool by_thread = parts & SUBJECT_THREADS;
  subject->profile = &subject->input.profile;
  subject->scratch = &subject->input.scratch;
  if (by_thread && subject->profile->header->merged)
    error("'%s' has the threads of its parts added up", subject->name);
  return (report_build(&subject->report, subject->profile, by_thread,
                       subject->scratch) &&
          (!(parts & SUBJECT_CONTEXTS) ||
           contexts_build(&subject->contexts, subject->profile,
                          &subject->report, subject->scratch))) ||
         error("out of memory for the tables of '%s'", subject->name);
}

bool subject_open(struct subject *subject, char **paths, size_t count,
                  unsigned parts) {
  *subject = (struct subject){0};
  if ((count ? read_named(subject, paths, count) : read_newest(subject)) &&
      add_up(subject, parts))
    return true;
  subject_close(subject);
  return false;
}

void subject_close(struct subject *subject) {
  input_close(&subject->input);
  combined_release(&subject->combined);
}
