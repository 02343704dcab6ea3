/* cmd_help.c - `memprof help`: how to use the tool and each command. */
#include "man.h"
#include "options.h"
#include <getopt.h>
#include <string.h>

/* "  -o, --output FILE" */
static int option_text(char *out, size_t capacity,
                       const struct option_row *row) {
  char letter[8] = "    ";
  const char *argument = row->argument ? row->argument : "";
  if (row->letter)
    snprintf(letter, sizeof letter, "-%c, ", row->letter);
  if (argument[0] == '[') /* --name[=ARGUMENT] */
    return snprintf(out, capacity, "  %s--%s[=%s", letter, row->name,
                    argument + 1);
  return snprintf(out, capacity, "  %s--%s%s%s", letter, row->name,
                  row->argument ? " " : "", argument);
}

/* Its help beside it, or below when it is long. */
static void print_option(const struct option_row *row) {
  enum { COLUMN = 26 };
  char text[256];
  int length = option_text(text, sizeof text, row);
  fputs(text, stdout);
  if (length > COLUMN - 2) {
    putchar('\n');
    length = 0;
  }
  printf("%*s", COLUMN - length, "");
  for (const char *c = row->help; *c; c++) {
    putchar(*c);
    if (*c == '\n')
      printf("%*s", COLUMN, "");
  }
  putchar('\n');
}

void command_print_help(const struct command *command) {
  static const struct option_row help = {"help", 'h', NULL, "this text", 0};
  printf("usage: memprof %s%s%s%s\n\n%s\n", command->name,
         command->options ? " [OPTION...]" : "", *command->operands ? " " : "",
         command->operands, command->summary);
  if (*command->details)
    printf("\n%s", command->details);
  putchar('\n');
  for (const struct option_row *row = command->options; row && row->name; row++)
    print_option(row);
  print_option(&help);
}

enum { MAN = 1 };

static const struct option_row options[] = {
    {"man", 0, NULL, "as a manual page: memprof(1), or the command's", MAN},
    {0},
};

static enum status print_all(bool is_man) {
  if (is_man)
    man_print_tool(stdout);
  else
    commands_print(stdout);
  return STATUS_FINE;
}

static enum status run(int argc, char **argv) {
  struct options walk;
  bool is_man = false;
  options_start(&walk, &command_help, argc, argv);
  while (options_next(&walk))
    is_man = true;
  if (walk.is_over)
    return walk.status;
  if (optind == argc)
    return print_all(is_man);
  if (argc - optind > 1) {
    error("help: one command at a time");
    return STATUS_USAGE;
  }
  const struct command *command = command_find(argv[optind]);
  if (!command)
    return unknown_command(argv[optind]);
  if (is_man)
    man_print_command(stdout, command);
  else
    command_print_help(command);
  return STATUS_FINE;
}

const struct command command_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .summary = "this list, or how to use a command",
    .details = "",
    .options = options,
    .run = run,
};
