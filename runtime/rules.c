/* rules.c - the limits that the ini and the program set: kept in a fixed place,
 * of which only what is used is ever touched. */
#include "rules.h"
#include "common/glob.h"
#include <string.h>

enum { RULES_MAX = 8192, TEXT_BYTES = 1 << 20 };

static struct mprt_rule rules[RULES_MAX];
static size_t rule_count;
static char text[TEXT_BYTES];
static size_t text_used;

/* A copy, or an equal text of the latest rule: sections have many lines. */
static const char *text_keep(const char *wanted, const char *latest) {
  size_t size = strlen(wanted) + 1;
  if (latest && strcmp(latest, wanted) == 0)
    return latest;
  if (size > sizeof text - text_used)
    return NULL;
  char *copy = memcpy(text + text_used, wanted, size);
  text_used += size;
  return copy;
}

bool mprt_rule_add(const char *section, const char *file, unsigned line,
                   const struct limit *limit) {
  const struct mprt_rule *latest = rule_count ? &rules[rule_count - 1] : NULL;
  struct mprt_rule rule = {.line = line, .limit = *limit};
  if (rule_count == RULES_MAX)
    return false;
  if (section &&
      !(rule.section = text_keep(section, latest ? latest->section : NULL)))
    return false;
  if (file && !(rule.file = text_keep(file, latest ? latest->file : NULL)))
    return false;
  rules[rule_count++] = rule;
  return true;
}

void mprt_rules_clear(void) {
  size_t left = 0;
  for (size_t i = 0; i < rule_count; i++)
    if (!rules[i].file)
      rules[left++] = rules[i];
  rule_count = left;
  if (!left)
    text_used = 0;
}

struct mprt_rule *mprt_rule_at(size_t index) {
  return index < rule_count ? &rules[index] : NULL;
}

static bool is_exact(const struct mprt_rule *rule, const char *name,
                     const char *signature) {
  return rule->section && (strcmp(rule->section, name) == 0 ||
                           (strchr(rule->section, '(') &&
                            strcmp(rule->section, signature) == 0));
}

bool mprt_rule_matches(const struct mprt_rule *rule, const char *name,
                       const char *signature) {
  return !rule->section || is_exact(rule, name, signature) ||
         glob_match_function(rule->section, name, signature);
}

unsigned mprt_rule_origin(const struct mprt_rule *rule, const char *name,
                          const char *signature) {
  if (!rule->file)
    return MEMPROF_LIMIT_CODE;
  if (!rule->section)
    return MEMPROF_LIMIT_ALL;
  return is_exact(rule, name, signature) ? MEMPROF_LIMIT_EXACT
                                         : MEMPROF_LIMIT_GLOB;
}

/* How much of the section is literal; all of it counts more than any prefix. */
static size_t literal_prefix(const struct mprt_rule *rule, const char *name,
                             const char *signature) {
  if (!rule->section)
    return 0;
  return is_exact(rule, name, signature) ? SIZE_MAX
                                         : strcspn(rule->section, "*?[");
}

static const struct mprt_rule *process_rule(void) {
  const struct mprt_rule *found = NULL;
  for (size_t i = 0; i < rule_count; i++)
    if (!rules[i].section && rules[i].limit.metric == LIMIT_PROCESS_PEAK &&
        (!found || found->file || !rules[i].file))
      found = &rules[i];
  return found;
}

const struct mprt_rule *mprt_rule_find(const char *name, const char *signature,
                                       unsigned metric) {
  const struct mprt_rule *found = NULL;
  if (!name)
    return metric == LIMIT_PROCESS_PEAK ? process_rule() : NULL;
  for (size_t i = 0; i < rule_count; i++) {
    const struct mprt_rule *rule = &rules[i];
    if (rule->limit.metric != metric ||
        !mprt_rule_matches(rule, name, signature))
      continue;
    unsigned origin = mprt_rule_origin(rule, name, signature),
             best = found ? mprt_rule_origin(found, name, signature) : 0;
    if (!found || origin < best ||
        (origin == best && literal_prefix(rule, name, signature) >=
                               literal_prefix(found, name, signature)))
      found = rule;
  }
  return found;
}
