/* rules.h - the limits that the ini and the program set, and which of several
 * holds for a function. The runtime obeys them, `memprof config` shows them. No
 * heap, no lock: the caller has one. */
#ifndef MPRT_RULES_H
#define MPRT_RULES_H

#include "common/limit.h"
#include "memprof_format.h"

#pragma GCC visibility push(hidden)

/* A limit and for whom it is. */
struct mprt_rule {
  const char *section; /* a name, or a glob; NULL: every marked function, and
                          the process */
  const char *file;    /* the ini; NULL: memprof_limit_set */
  unsigned line;       /* in the ini, 1-based */
  bool has_matched;    /* a function of the section's has been seen */
  struct limit limit;
};

/* Adds one; the texts are copied. False when there is no room for more. */
bool mprt_rule_add(const char *section, const char *file, unsigned line,
                   const struct limit *limit);
/* Forgets those of the ini. */
void mprt_rules_clear(void);
/* The index-th, in the order in which they were added; NULL past the last. */
struct mprt_rule *mprt_rule_at(size_t index);

/* Whether the rule is for a function with these names. */
bool mprt_rule_matches(const struct mprt_rule *rule, const char *name,
                       const char *signature);
/* How a rule that matches ranks: enum memprof_limit_origin. */
unsigned mprt_rule_origin(const struct mprt_rule *rule, const char *name,
                          const char *signature);
/* The rule that holds for a function and a metric; NULL when there is none.
 * Program before exact name before glob (the longest literal prefix) before
 * [limits]; of equals the last. The mark stands between exact name and glob.
 * `name` NULL: the process. */
const struct mprt_rule *mprt_rule_find(const char *name, const char *signature,
                                       unsigned metric);

#pragma GCC visibility pop
#endif
