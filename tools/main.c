/* main.c - the tool: one table of commands, and what they have in common. */
#include "common/printable.h"
#include "tool.h"
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command commands[] = {
    {"config", "[--describe]", "the settings that a run here would have",
     "Prints each key of [profile] with its value and where it comes from:\n"
     "default, the ini, PROFILE_MEMORY_OPTIONS or PROFILE_MEMORY. Something\n"
     "wrong in these is said, and the exit status is 2.\n\n"
     "  -d, --describe   what each key does, what it allows and its default\n",
     cmd_config},
    {"functions", "BINARY...",
     "the marked functions of a program, library or object file",
     "Prints file:line and name of each marked function, the limits of its\n"
     "mark, and, when it was left out of instrumentation, why. The binary is\n"
     "only read, not run. Exit status 3: it has no marked functions.\n",
     cmd_functions},
    {"merge", "-o OUT FILE...", "many profiles added up to one",
     "Adds up profiles of processes, shards, repeated runs or machines: sums\n"
     "add, maxima take the maximum, what is latest comes from the process "
     "that\n"
     "started last. The parts stay named in the metadata. OUT appears when it\n"
     "is whole. Exit status 2: a file cannot be read, or OUT not be "
     "written.\n\n"
     "  -o, --output OUT  the new profile; an older profile is replaced\n",
     cmd_merge},
    {"report", "[OPTION...] [FILE...]", "the tables of a profile",
     "Prints the tables that the run printed at its end, or would have. "
     "Without\n"
     "a file: those of the newest run in the current directory (*.mprof).\n"
     "Exit status 2: a file cannot be read; 3: nothing was measured.\n\n"
     "  --meta           what is known of the process, instead of the tables\n"
     "  --peak           which lines' blocks were live at the process's peak\n"
     "  --sizes          how large the blocks were that each function "
     "allocated\n"
     "  --function GLOB  only these functions: globs, ',' between them\n"
     "  --threads        a table for each thread of a function\n"
     "  --columns, --precision, --sort, --top, --unit VALUE\n"
     "                   as in profile_config.ini: 'memprof config "
     "--describe'\n",
     cmd_report},
    {"help", "[COMMAND]", "this list, or how to use a command", "", cmd_help},
};
enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

bool error(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  say(format, arguments);
  va_end(arguments);
  return false;
}

void say(const char *format, va_list arguments) {
  char text[4096];
  int wanted = vsnprintf(text, sizeof text, format, arguments);
  fflush(stdout);
  fputs("memprof: ", stderr);
  print_name(stderr, wanted < 0 ? format : text);
  fputc('\n', stderr);
}

void print_name(FILE *to, const char *text) {
  for (size_t length = strlen(text); length;) {
    size_t span = printable_span(text, length);
    fwrite(text, 1, span, to);
    if (span < length)
      fprintf(to, "\\x%02X", (unsigned char)text[span++]);
    text += span;
    length -= span;
  }
}

const struct command *command_find(const char *name) {
  for (int i = 0; i < COMMAND_COUNT; i++)
    if (strcmp(name, commands[i].name) == 0)
      return &commands[i];
  return NULL;
}

void command_print_help(const struct command *command) {
  printf("usage: memprof %s %s\n\n%s\n", command->name, command->arguments,
         command->summary);
  if (*command->details)
    printf("\n%s", command->details);
}

enum status usage_error(const char *command) {
  if (command)
    error("'memprof help %s' shows how to use it", command);
  else
    error("'memprof help' lists the commands");
  return STATUS_USAGE;
}

static void print_commands(FILE *to) {
  fputs("usage: memprof COMMAND [ARGUMENTS]\n"
        "       memprof --version\n\n",
        to);
  for (int i = 0; i < COMMAND_COUNT; i++)
    fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].summary);
  fputs("\n'memprof help COMMAND' says more. Exit status: 0 fine, 1 a limit or "
        "a regression,\n2 usage or unreadable input, 3 nothing was measured.\n",
        to);
}

enum status cmd_help(int argc, char **argv) {
  if (argc == 1) {
    print_commands(stdout);
    return STATUS_FINE;
  }
  if (argc > 2) {
    error("help: one command at a time");
    return STATUS_USAGE;
  }
  const struct command *command = command_find(argv[1]);
  if (!command) {
    error("unknown command '%s'", argv[1]);
    return usage_error(NULL);
  }
  command_print_help(command);
  return STATUS_FINE;
}

static enum status run(const struct command *command, int argc, char **argv) {
  char name[64];
  snprintf(name, sizeof name, "memprof %s", command->name);
  argv[0] = name;
  optind = 0; /* glibc: start anew, with the command's own options */
  return command->run(argc, argv);
}

static enum status dispatch(int argc, char **argv) {
  static const struct option options[] = {
      {"help", no_argument, NULL, 'h'},
      {"version", no_argument, NULL, 'V'},
      {NULL, 0, NULL, 0},
  };
  argv[0] = "memprof";
  /* '+': what follows the command belongs to it */
  switch (getopt_long(argc, argv, "+hV", options, NULL)) {
  case 'h':
    print_commands(stdout);
    return STATUS_FINE;
  case 'V':
    puts("memprof " MEMPROF_VERSION);
    return STATUS_FINE;
  case -1:
    break;
  default:
    return usage_error(NULL);
  }
  if (optind == argc) {
    print_commands(stderr);
    return STATUS_USAGE;
  }
  const struct command *command = command_find(argv[optind]);
  if (!command) {
    error("unknown command '%s'", argv[optind]);
    return usage_error(NULL);
  }
  return run(command, argc - optind, argv + optind);
}

int main(int argc, char **argv) {
  enum status status = argc > 0 ? dispatch(argc, argv) : STATUS_USAGE;
  if (fflush(stdout) != 0 || ferror(stdout)) {
    error("cannot write to standard output: %s", strerror(errno));
    return STATUS_USAGE;
  }
  return status;
}
