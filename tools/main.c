/* main.c - the tool: one table of commands, and what they have in common. */
#include "common/distance.h"
#include "common/printable.h"
#include "tool.h"
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct command *const commands[] = {
#define COMMAND(NAME) &command_##NAME,
    COMMANDS(COMMAND)
#undef COMMAND
        NULL};

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
  for (int i = 0; commands[i]; i++)
    if (strcmp(name, commands[i]->name) == 0)
      return commands[i];
  return NULL;
}

enum status usage_error(const char *command) {
  if (command)
    error("'memprof help %s' shows how to use it", command);
  else
    error("'memprof help' lists the commands");
  return STATUS_USAGE;
}

enum status unknown_command(const char *name) {
  struct nearest nearest = {.distance = NEAREST_SLIP};
  for (int i = 0; commands[i]; i++)
    nearest_offer(&nearest, name, commands[i]->name);
  if (nearest.name)
    error("unknown command '%s', did you mean '%s'?", name, nearest.name);
  else
    error("unknown command '%s'", name);
  return usage_error(NULL);
}

void commands_print(FILE *to) {
  fputs("usage: memprof COMMAND [ARGUMENTS]\n"
        "       memprof --version\n\n",
        to);
  for (int i = 0; commands[i]; i++)
    fprintf(to, "  %-11s %s\n", commands[i]->name, commands[i]->summary);
  fputs("\n'memprof help COMMAND' says more. Exit status: 0 fine, 1 a limit or "
        "a regression,\n2 usage or unreadable input, 3 nothing was measured.\n",
        to);
}

static enum status run(const struct command *command, int argc, char **argv) {
  char name[64];
  snprintf(name, sizeof name, "memprof %s", command->name);
  argv[0] = name;
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
    commands_print(stdout);
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
    commands_print(stderr);
    return STATUS_USAGE;
  }
  const struct command *command = command_find(argv[optind]);
  if (!command)
    return unknown_command(argv[optind]);
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
