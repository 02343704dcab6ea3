/* cmd_functions.c - `memprof functions BINARY...`: what is marked in it. */
#include "binary.h"
#include "memprof_abi.h"
#include "options.h"
#include <getopt.h>
#include <stdio.h>

#define TEXT(FUNCTION, NAME)                                                   \
  marked_text(FUNCTION, offsetof(struct memprof_abi_record, NAME))
#define FIELD(FUNCTION, NAME)                                                  \
  marked_field(FUNCTION, offsetof(struct memprof_abi_record, NAME))

/* "parse.c:12: json::parse(char const*)  [peak=1MiB, allocs=10]" */
static void print_function(const struct marked *function, void *context) {
  unsigned *count = context;
  ++*count;
  const char *file = marked_file(function);
  print_name(stdout, *file ? file : "(no -g)");
  if (*file)
    printf(":%u", marked_line(function));
  fputs(": ", stdout);
  print_name(stdout, TEXT(function, signature));
  uint32_t limits = FIELD(function, limit_count);
  for (uint32_t k = 0; k < limits; k++) {
    fputs(k ? ", " : "  [", stdout);
    print_name(stdout, marked_limit(function, k));
  }
  if (limits)
    putchar(']');
  const char *reason = TEXT(function, reason);
  if (*reason) {
    fputs("  left out: ", stdout);
    print_name(stdout, reason);
  }
  putchar('\n');
}

static enum status list(const char *path) {
  unsigned count = 0;
  if (!binary_visit(path, print_function, &count))
    return STATUS_USAGE;
  if (count == 0) {
    error("'%s' has no marked functions; was it compiled with MemProf's flags?",
          path);
    return STATUS_NOTHING;
  }
  return STATUS_FINE;
}

static enum status run(int argc, char **argv) {
  struct options options;
  options_start(&options, &command_functions, argc, argv);
  options_next(&options);
  if (options.is_over)
    return options.status;
  if (optind == argc) {
    error("functions: no file is named");
    return usage_error("functions");
  }
  enum status worst = STATUS_FINE;
  bool several = argc - optind > 1;
  for (int i = optind; i < argc; i++) {
    if (several)
      printf("%s%s:\n", i > optind ? "\n" : "", argv[i]);
    enum status status = list(argv[i]);
    /* unreadable weighs more than empty */
    if (status != STATUS_FINE && worst != STATUS_USAGE)
      worst = status;
  }
  return worst;
}

const struct command command_functions = {
    .name = "functions",
    .operands = "BINARY...",
    .summary = "the marked functions of a program, library or object file",
    .details =
        "Prints file:line and name of each marked function, the limits of its\n"
        "mark, and, when it was left out of instrumentation, why. The binary "
        "is\n"
        "only read, not run. Exit status 3: it has no marked functions.\n",
    .run = run,
};
