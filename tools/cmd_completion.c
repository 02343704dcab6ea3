/* cmd_completion.c - `memprof completion`: a shell learns the commands. */
#include "completion.h"
#include "options.h"
#include <getopt.h>
#include <string.h>

static const struct shell {
  const char *name;
  void (*print)(FILE *to);
} shells[] = {
#define SHELL(NAME) {#NAME, completion_##NAME},
    SHELLS(SHELL)
#undef SHELL
};

static enum status run(int argc, char **argv) {
  struct options options;
  options_start(&options, &command_completion, argc, argv);
  options_next(&options);
  if (options.is_over)
    return options.status;
  if (argc - optind != 1) {
    error("completion: %s",
          argc == optind ? "no shell is named" : "one shell at a time");
    return usage_error("completion");
  }
  for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
    if (strcmp(argv[optind], shells[i].name) == 0) {
      shells[i].print(stdout);
      return STATUS_FINE;
    }
  error("completion: no script for the shell '%s'", argv[optind]);
  return usage_error("completion");
}

#define SHELL_WORD(NAME) "|" #NAME
const struct command command_completion = {
    .name = "completion",
    .operands = &(SHELLS(SHELL_WORD))[1],
    .summary = "a script with which a shell completes memprof's words",
    .details =
        "Prints the script, which knows each command, option and choice.\n"
        "Installed with MemProf, shells find it by themselves. By hand:\n\n"
        "  bash: source <(memprof completion bash)\n"
        "  zsh:  source <(memprof completion zsh), after compinit\n"
        "  fish: memprof completion fish | source\n",
    .run = run,
};
#undef SHELL_WORD
