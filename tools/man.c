/* man.c - prints manual pages. */
#include "man.h"
#include "memprof_options.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- The language ---- */

/* A piece of a line: nothing in it is a request or an escape. */
static void man_text(FILE *to, const char *text, size_t length,
                     bool starts_line) {
  if (starts_line && length && strchr(".'", *text))
    fputs("\\&", to);
  for (size_t i = 0; i < length; i++)
    if (text[i] == '\\')
      fputs("\\e", to);
    else if (text[i] == '-')
      fputs("\\-", to);
    else if (text[i] == '|')
      fputs("|\\:", to); /* a long list of words may be broken here */
    else
      fputc(text[i], to);
}

/* A piece of a paragraph, in lines that are no longer than they should be. */
static void man_filled(FILE *to, const char *text, size_t length) {
  enum { WIDTH = 72 };
  for (size_t used = 0; length;) {
    size_t word = strcspn(text, " \n");
    word = word < length ? word : length;
    bool is_new_line = used == 0 || used + word > WIDTH;
    if (used)
      fputc(is_new_line ? '\n' : ' ', to);
    man_text(to, text, word, is_new_line);
    used = is_new_line ? word + 1 : used + word + 1;
    word += strspn(text + word, " ");
    word = word < length ? word : length;
    text += word;
    length -= word;
  }
}

static void man_words(FILE *to, const char *text) {
  man_filled(to, text, strlen(text));
  fputc('\n', to);
}

/* In an argument of a macro, between double quotes. */
static void man_argument(FILE *to, const char *text) {
  for (; *text; text++)
    if (*text == '"')
      fputs("\\(dq", to);
    else
      man_text(to, text, 1, false);
}

/* Paragraphs as -h shows them: filled but for lines that are set in. */
static void man_paragraphs(FILE *to, const char *text) {
  bool is_set_in = false, is_after_gap = false;
  for (const char *line = text; *line;) {
    size_t length = strcspn(line, "\n");
    bool sets_in = length && *line == ' ';
    if (sets_in != is_set_in)
      fputs(!sets_in ? ".fi\n" : line == text ? ".nf\n" : ".PP\n.nf\n", to);
    if (length && !sets_in && (is_after_gap || is_set_in))
      fputs(".PP\n", to);
    is_after_gap = !length;
    is_set_in = sets_in;
    if (sets_in)
      man_text(to, line, length, true);
    else
      man_filled(to, line, length);
    if (length)
      fputc('\n', to);
    line += length + (line[length] == '\n');
  }
  if (is_set_in)
    fputs(".fi\n", to);
}

/* ---- The parts of a page ---- */

static void man_head(FILE *to, const char *page, const char *summary) {
  const char *epoch = getenv("SOURCE_DATE_EPOCH"); /* of a reproducible build */
  time_t now = epoch && *epoch ? (time_t)strtoll(epoch, NULL, 10) : time(NULL);
  char date[16] = "1970-01-01";
  struct tm utc;
  if (gmtime_r(&now, &utc))
    strftime(date, sizeof date, "%Y-%m-%d", &utc);
  fprintf(to, ".TH ");
  for (const char *c = page; *c; c++)
    fputc(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c, to);
  fprintf(to, " 1 %s \"MemProf " MEMPROF_VERSION "\" \"MemProf\"\n", date);
  fputs(".SH NAME\n", to);
  man_text(to, page, strlen(page), true);
  fputs(" \\- ", to);
  man_text(to, summary, strlen(summary), false);
  fputc('\n', to);
}

static void man_option(FILE *to, const struct option_row *row) {
  const char *argument = row->argument ? row->argument : "";
  fputs(".TP\n", to);
  if (row->letter)
    fprintf(to, "\\fB\\-%c\\fR, ", row->letter);
  fputs("\\fB\\-\\-", to);
  man_text(to, row->name, strlen(row->name), false);
  fputs("\\fR", to);
  if (*argument == '[')
    fputs("[=\\fI", to);
  else if (*argument)
    fputs(" \\fI", to);
  argument += *argument == '[';
  size_t length = strcspn(argument, "]");
  man_text(to, argument, length, false);
  fprintf(to, "%s%s\n", length ? "\\fR" : "", argument[length] ? "]" : "");
  man_paragraphs(to, row->help);
}

static void man_statuses(FILE *to) {
  fputs(".SH EXIT STATUS\n"
        ".TP\n0\nfine\n"
        ".TP\n1\na limit or a regression\n"
        ".TP\n2\nwrong usage, or input that cannot be read\n"
        ".TP\n3\nnothing was measured\n",
        to);
}

static void man_see_also(FILE *to, const struct command *self) {
  const char *before = "";
  fputs(".SH SEE ALSO\n", to);
  if (self) {
    fputs(".BR memprof (1)\n", to);
    return;
  }
  for (int i = 0; commands[i]; i++) {
    fputs(before, to);
    fputs(".BR memprof\\-", to);
    man_text(to, commands[i]->name, strlen(commands[i]->name), false);
    fputs(" (1)", to);
    before = " ,\n";
  }
  fputc('\n', to);
}

/* ---- The pages ---- */

void man_print_command(FILE *to, const struct command *command) {
  static const struct option_row help = {"help", 'h', NULL, "print a help text",
                                         0};
  char page[64];
  snprintf(page, sizeof page, "memprof-%s", command->name);
  man_head(to, page, command->summary);
  fputs(".SH SYNOPSIS\n.B memprof ", to);
  man_text(to, command->name, strlen(command->name), false);
  fputc('\n', to);
  if (command->options)
    fputs("[\\fIOPTION\\fR...]\\&\n", to);
  if (*command->operands)
    man_words(to, command->operands);
  fputs(".SH DESCRIPTION\n", to);
  if (*command->details)
    man_paragraphs(to, command->details);
  else
    man_words(to, command->summary);
  fputs(".SH OPTIONS\n", to);
  for (const struct option_row *row = command->options; row && row->name; row++)
    man_option(to, row);
  man_option(to, &help);
  man_statuses(to);
  man_see_also(to, command);
}

static void man_settings(FILE *to) {
  static const struct {
    const char *name, *help, *values;
  } rows[] = {
#define ROW(KEY, TYPE, DEFAULT, VALUES, HELP)                                  \
  {#KEY " = " DEFAULT, HELP, VALUES},
      MEMPROF_OPTIONS(ROW)
#undef ROW
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    fputs(".TP\n.B \"", to);
    man_argument(to, rows[i].name);
    fputs("\"\n", to);
    man_words(to, rows[i].help);
    if (*rows[i].values) {
      fputs(".br\n", to);
      man_words(to, rows[i].values);
    }
  }
}

void man_print_tool(FILE *to) {
  man_head(to, "memprof",
           "line-by-line memory profiles of marked C and C++ functions");
  fputs(".SH SYNOPSIS\n"
        ".B memprof\n\\fICOMMAND\\fR [\\fIARGUMENTS\\fR]\n.br\n"
        ".B memprof \\-\\-version\n"
        ".SH DESCRIPTION\n"
        "Runs programs whose functions are marked, and shows, compares\n"
        "and exports what they measured.\n"
        "Data goes to standard output, talk to standard error.\n"
        ".SH COMMANDS\n",
        to);
  for (int i = 0; commands[i]; i++) {
    fputs(".TP\n.B ", to);
    man_text(to, commands[i]->name, strlen(commands[i]->name), false);
    fputc('\n', to);
    man_words(to, commands[i]->summary);
  }
  man_statuses(to);
  fputs(".SH ENVIRONMENT\n"
        ".TP\n.B PROFILE_MEMORY\n"
        "1, yes, true or on: a program of a test build measures itself.\n"
        ".TP\n.B PROFILE_MEMORY_OPTIONS\n"
        "settings of one run: key=value, ':' between them.\n"
        ".TP\n.B PROFILE_MEMORY_CONFIG\n"
        "the file with settings, instead of profile_config.ini.\n"
        ".TP\n.B NO_COLOR\n"
        "no colours on a terminal.\n"
        ".SH FILES\n"
        ".TP\n.I profile_config.ini\n"
        "settings of the runs in this directory, in a section [profile]:\n"
        ".RS\n",
        to);
  man_settings(to);
  fputs(".RE\n", to);
  man_see_also(to, NULL);
}
