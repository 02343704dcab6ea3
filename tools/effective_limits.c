/* effective_limits.c - which limits a run here would have, and for whom. */
#include "effective_limits.h"
#include "binary.h"
#include "memprof_abi.h"
#include "rules.h"
#include "tool.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define FIELD(NAME) offsetof(struct memprof_abi_record, NAME)

/* ---- The ini's sections ---- */

void limits_print_sections(void) {
  const struct mprt_rule *rule;
  const char *latest = NULL;
  for (size_t i = 0; (rule = mprt_rule_at(i)); i++) {
    char range[96];
    if (i == 0 || rule->section != latest) {
      fputs(rule->section ? "[limits " : "[limits", stdout);
      if (rule->section)
        print_name(stdout, rule->section);
      puts("]");
    }
    latest = rule->section;
    limit_range_text(range, sizeof range, &rule->limit);
    printf("%-10s = %-20s (", limit_metric_name(rule->limit.metric), range);
    print_name(stdout, rule->file);
    printf(":%u)\n", rule->line);
  }
}

/* ---- Functions of a binary ---- */

/* The mark's limit of a metric: the last one, as in the runtime. */
static bool mark_find(const struct marked *function, unsigned metric,
                      struct limit *found) {
  char ignored[8];
  bool is_found = false;
  for (uint32_t k = 0; k < marked_field(function, FIELD(limit_count)); k++) {
    struct limit limit;
    if (!limit_parse(marked_limit(function, k), false, &limit, ignored,
                     sizeof ignored) ||
        limit.metric != metric)
      continue;
    *found = limit;
    is_found = true;
  }
  return is_found;
}

static const char *origin_text(unsigned origin) {
  static const char *const texts[] = {
#define ORIGIN(KIND, NUMBER, TEXT) [NUMBER] = TEXT,
      MEMPROF_LIMIT_ORIGINS(ORIGIN)
#undef ORIGIN
  };
  return texts[origin];
}

/* Whoever holds has the function's name in front. */
static void print_limit(const char *name, const struct limit *limit,
                        unsigned origin, const char *file, unsigned line) {
  char range[96];
  limit_range_text(range, sizeof range, limit);
  if (name)
    print_name(stdout, name);
  printf("%s %s %s (%s", name ? "" : "    not",
         limit_metric_name(limit->metric), range, origin_text(origin));
  if (*file) {
    fputs(", ", stdout);
    print_name(stdout, file);
    printf(":%u", line);
  }
  puts(")");
}

static void print_metric(const struct marked *function, unsigned metric) {
  const char *name = marked_text(function, FIELD(name)),
             *signature = marked_text(function, FIELD(signature));
  const struct mprt_rule *best = mprt_rule_find(name, signature, metric), *rule;
  struct limit mark;
  bool has_mark = mark_find(function, metric, &mark);
  bool mark_holds =
      has_mark &&
      (!best || mprt_rule_origin(best, name, signature) > MEMPROF_LIMIT_MARK);
  if (mark_holds)
    print_limit(signature, &mark, MEMPROF_LIMIT_MARK, marked_file(function),
                marked_line(function));
  else if (best)
    print_limit(signature, &best->limit,
                mprt_rule_origin(best, name, signature), best->file,
                best->line);
  if (has_mark && !mark_holds)
    print_limit(NULL, &mark, MEMPROF_LIMIT_MARK, marked_file(function),
                marked_line(function));
  for (size_t i = 0; (rule = mprt_rule_at(i)); i++)
    if (rule->limit.metric == metric && (rule != best || mark_holds) &&
        mprt_rule_matches(rule, name, signature))
      print_limit(NULL, &rule->limit, mprt_rule_origin(rule, name, signature),
                  rule->file, rule->line);
}

static void print_function(const struct marked *function, void *unused) {
  (void)unused;
  for (unsigned metric = 0; metric < LIMIT_PROCESS_PEAK; metric++)
    print_metric(function, metric);
}

bool limits_print_functions(const char *path) {
  return binary_visit(path, print_function, NULL);
}
