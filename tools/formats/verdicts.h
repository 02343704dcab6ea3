/* verdicts.h - the limits of a profile, and whether they held. */
#ifndef MEMPROF_VERDICTS_H
#define MEMPROF_VERDICTS_H

#include "views.h"

/* X(state, word) */
#define VERDICTS(X)                                                            \
  X(HELD, "held")                                                              \
  X(BROKEN, "broken")                                                          \
  X(UNCHECKED, "unchecked") /* no call of the function finished */

#define ENUM_VERDICT(STATE, WORD) VERDICT_##STATE,
enum verdict_state { VERDICTS(ENUM_VERDICT) VERDICT_COUNT };
#undef ENUM_VERDICT

extern const char *const verdict_words[VERDICT_COUNT];

struct verdict {
  const struct memprof_limit *limit;
  const struct function_rows *rows; /* NULL: the process */
  const char *metric;
  bool is_size;                      /* the values are bytes */
  const char *where, *origin, *test; /* NULL: unknown, or none */
  enum verdict_state state;
};

struct verdicts {
  struct verdict *list; /* by function as marked; the process's last */
  size_t count;
  size_t counts[VERDICT_COUNT];
};

/* Those of the functions wanted; the process's only when all are. Returns false after error(). */
bool verdicts_list(struct verdicts *verdicts, const struct view *view);

/* What is allowed, as a limit is written: "peak=1048576", "allocs=3..10". */
void verdict_limit_text(const struct verdict *verdict, char *out,
                        size_t capacity);
/* "peak of 1024 bytes in call 1 breaks the limit peak=1000 (3 of 3)": calls, or
 * values of the run. */
void verdict_text(const struct verdict *verdict, char *out, size_t capacity);

#endif
