/* completion.c - what can stand where, in the words of three shells. */
#include "completion.h"
#include "options.h"
#include <ctype.h>
#include <string.h>

/* ---- What can stand there ---- */

enum kind {
  KIND_ANY,   /* nobody can know */
  KIND_WORDS, /* one of `words` */
  KIND_FILES,
  KIND_DIRECTORIES,
  KIND_COMMANDS, /* of memprof */
  KIND_PROGRAMS, /* of the system, then whatever they take */
};

struct expected {
  enum kind kind;
  char words[512]; /* blanks between them */
};

/* "text|json" or "[yes|no]" to "text json" or "yes no". */
static void put_words(struct expected *expected, const char *text) {
  size_t used = 0;
  expected->kind = KIND_WORDS;
  for (; *text && used + 1 < sizeof expected->words; text++)
    if (!strchr("[]", *text))
      expected->words[used++] = *text == '|' ? ' ' : *text;
  expected->words[used] = '\0';
}

static struct expected argument_of(const struct option_row *row) {
  struct expected expected = {.kind = KIND_ANY};
  if (!row->argument)
    return expected;
  if (strchr(row->argument, '|'))
    put_words(&expected, row->argument);
  else if (strstr(row->argument, "FILE"))
    expected.kind = KIND_FILES;
  else if (strstr(row->argument, "DIR"))
    expected.kind = KIND_DIRECTORIES;
  return expected;
}

static struct expected operands_of(const struct command *command) {
  static const struct {
    const char *word;
    enum kind kind;
  } kinds[] = {{"COMMAND", KIND_COMMANDS},
               {"PROGRAM", KIND_PROGRAMS},
               {"FILE", KIND_FILES},
               {"BINARY", KIND_FILES},
               {"A B", KIND_FILES}};
  struct expected expected = {.kind = KIND_ANY};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strstr(command->operands, kinds[i].word)) {
      expected.kind = kinds[i].kind;
      return expected;
    }
  if (islower((unsigned char)*command->operands) &&
      strchr(command->operands, '|'))
    put_words(&expected, command->operands);
  return expected;
}

static const struct option_row help = {"help", 'h', NULL, "how to use it", 0};

/* The options of a command, --help last; NULL behind it. */
static const struct option_row *option_at(const struct command *command,
                                          size_t index) {
  size_t count = 0;
  for (const struct option_row *row = command->options; row && row->name; row++)
    if (count++ == index)
      return row;
  return index == count ? &help : NULL;
}

/* A text between single quotes, on one line; `quote` stands for a quote in it.
 */
static void print_quoted(FILE *to, const char *text, const char *quote,
                         const char *escaped) {
  for (; *text; text++)
    if (*text == '\'')
      fputs(quote, to);
    else if (*text == '\n')
      fputc(' ', to);
    else if (strchr(escaped, *text))
      fprintf(to, "\\%c", *text);
    else
      fputc(*text, to);
}

static void print_names(FILE *to) {
  for (int i = 0; commands[i]; i++)
    fprintf(to, "%s%s", i ? " " : "", commands[i]->name);
}

/* ---- bash ---- */

static void bash_expected(FILE *to, const struct expected *expected) {
  static const char *const actions[] = {
      [KIND_ANY] = "",
      [KIND_FILES] = "files=file",
      [KIND_DIRECTORIES] = "files=directory",
      [KIND_PROGRAMS] = "files=command",
  };
  if (expected->kind == KIND_WORDS)
    fprintf(to, "words='%s'", expected->words);
  else if (expected->kind == KIND_COMMANDS)
    fputs("words=$commands", to);
  else
    fputs(actions[expected->kind], to);
}

/* "  report,--format= | report,--format | report,-f) words='text json' ;;" */
static void bash_argument(FILE *to, const struct command *command,
                          const struct option_row *row) {
  struct expected expected = argument_of(row);
  bool is_optional = row->argument && *row->argument == '[';
  if (!row->argument)
    return;
  fprintf(to, "  %s,--%s=", command->name, row->name);
  if (!is_optional) /* else the value cannot be the next word */
    fprintf(to, " | %s,--%s", command->name, row->name);
  if (row->letter && !is_optional)
    fprintf(to, " | %s,-%c", command->name, row->letter);
  fputs(") ", to);
  bash_expected(to, &expected);
  fputs(" ;;\n", to);
}

static void bash_command(FILE *to, const struct command *command) {
  const struct option_row *row;
  struct expected expected = operands_of(command);
  for (size_t i = 0; (row = option_at(command, i)); i++)
    bash_argument(to, command, row);
  fprintf(to, "  %s,*)\n    options='", command->name);
  for (size_t i = 0; (row = option_at(command, i)); i++) {
    bool is_optional = row->argument && *row->argument == '[';
    fprintf(to, "%s--%s%s", i ? " " : "", row->name, is_optional ? "=" : "");
  }
  fputs("'\n    ", to);
  bash_expected(to, &expected);
  fputs("\n    ;;\n", to);
}

void completion_bash(FILE *to) {
  fputs("# bash completion for memprof; made by 'memprof completion bash'\n"
        "_memprof() {\n"
        "  local current=${COMP_WORDS[COMP_CWORD]} "
        "previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
        "  local commands='",
        to);
  print_names(to);
  fputs("'\n"
        "  local words='' options='' files=''\n"
        "  # bash splits at '='\n"
        "  if [[ $current == '=' ]]; then\n"
        "    previous=$previous= current=''\n"
        "  elif [[ $previous == '=' ]]; then\n"
        "    previous=${COMP_WORDS[COMP_CWORD - 2]}=\n"
        "  fi\n"
        "  COMPREPLY=()\n"
        "  if ((COMP_CWORD == 1)); then\n"
        "    COMPREPLY=($(compgen -W \"$commands --help --version\" -- "
        "\"$current\"))\n"
        "    return\n"
        "  fi\n"
        "  case ${COMP_WORDS[1]},$previous in\n",
        to);
  for (int i = 0; commands[i]; i++)
    bash_command(to, commands[i]);
  fputs("  esac\n"
        "  if [[ -n $options && $current == -* ]]; then\n"
        "    COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
        "    [[ ${COMPREPLY-} == *= ]] && compopt -o nospace 2>/dev/null\n"
        "  elif [[ -n $files ]]; then\n"
        "    compopt -o filenames 2>/dev/null\n"
        "    mapfile -t COMPREPLY < <(compgen -A \"$files\" -- \"$current\")\n"
        "  else\n"
        "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
        "  fi\n"
        "}\n"
        "complete -F _memprof memprof\n",
        to);
}

/* ---- zsh ---- */

static void zsh_text(FILE *to, const char *text) {
  print_quoted(to, text, "'\\''", ":[]\\");
}

static void zsh_expected(FILE *to, const struct expected *expected) {
  static const char *const actions[] = {
      [KIND_ANY] = " ",
      [KIND_FILES] = "_files",
      [KIND_DIRECTORIES] = "_files -/",
      [KIND_COMMANDS] = "_memprof_commands",
      [KIND_PROGRAMS] = "_normal",
  };
  if (expected->kind == KIND_WORDS)
    fprintf(to, "(%s)", expected->words);
  else
    fputs(actions[expected->kind], to);
}

/* "    '(-f --format)'{-f,--format=}'[the format]:words:(text json)' \" */
static void zsh_option(FILE *to, const struct option_row *row) {
  struct expected expected = argument_of(row);
  bool is_optional = row->argument && *row->argument == '[';
  const char *equals = !row->argument ? "" : is_optional ? "=-" : "=";
  fputs("      ", to);
  if (row->letter)
    fprintf(to, "'(-%c --%s)'{-%c,--%s%s}'[", row->letter, row->name,
            row->letter, row->name, equals);
  else
    fprintf(to, "'--%s%s[", row->name, equals);
  zsh_text(to, row->help);
  fputc(']', to);
  if (row->argument) {
    fputs(is_optional ? "::" : ":", to);
    zsh_text(to, expected.kind == KIND_WORDS ? row->name : row->argument);
    fputc(':', to);
    zsh_expected(to, &expected);
  }
  fputs("' \\\n", to);
}

static void zsh_command(FILE *to, const struct command *command) {
  const struct option_row *row;
  struct expected expected = operands_of(command);
  fprintf(to, "  %s)\n    _arguments -s \\\n", command->name);
  for (size_t i = 0; (row = option_at(command, i)); i++)
    zsh_option(to, row);
  fputs("      '*:", to);
  fputs(expected.kind == KIND_PROGRAMS ? ":program:" : "operand:", to);
  zsh_expected(to, &expected);
  fputs("'\n    ;;\n", to);
}

void completion_zsh(FILE *to) {
  fputs("#compdef memprof\n"
        "# zsh completion for memprof; made by 'memprof completion zsh'\n"
        "_memprof_commands() {\n"
        "  local -a commands\n"
        "  commands=(\n",
        to);
  for (int i = 0; commands[i]; i++) {
    fprintf(to, "    '%s:", commands[i]->name);
    zsh_text(to, commands[i]->summary);
    fputs("'\n", to);
  }
  fputs("  )\n"
        "  _describe command commands\n"
        "}\n"
        "_memprof() {\n"
        "  if ((CURRENT == 2)); then\n"
        "    _memprof_commands\n"
        "    return\n"
        "  fi\n"
        "  local command=$words[2]\n"
        "  shift words\n"
        "  ((CURRENT--))\n"
        "  case $command in\n",
        to);
  for (int i = 0; commands[i]; i++)
    zsh_command(to, commands[i]);
  fputs("  esac\n"
        "}\n"
        "# sourced, or loaded from a directory of $fpath\n"
        "if [[ $funcstack[1] == _memprof ]]; then\n"
        "  _memprof \"$@\"\n"
        "else\n"
        "  compdef _memprof memprof\n"
        "fi\n",
        to);
}

/* ---- fish ---- */

static void fish_text(FILE *to, const char *text) {
  print_quoted(to, text, "\\'", "\\");
}

/* The start of a rule that holds once the command's name was typed. */
static void fish_rule(FILE *to, const struct command *command) {
  fprintf(to, "complete -c memprof -n '__fish_seen_subcommand_from %s'",
          command->name);
}

static void fish_expected(FILE *to, const struct expected *expected) {
  static const char *const actions[] = {
      [KIND_ANY] = "",
      [KIND_FILES] = " -F",
      [KIND_DIRECTORIES] = " -f -a '(__fish_complete_directories)'",
      [KIND_COMMANDS] = "",
      [KIND_PROGRAMS] = " -f -a '(__fish_complete_subcommand)'",
  };
  if (expected->kind == KIND_WORDS) {
    fprintf(to, " -f -a '%s'", expected->words);
  } else if (expected->kind == KIND_COMMANDS) {
    fputs(" -f -a '", to);
    print_names(to);
    fputc('\'', to);
  } else {
    fputs(actions[expected->kind], to);
  }
}

static void fish_command(FILE *to, const struct command *command) {
  const struct option_row *row;
  struct expected operands = operands_of(command);
  for (size_t i = 0; (row = option_at(command, i)); i++) {
    struct expected expected = argument_of(row);
    fish_rule(to, command);
    fprintf(to, " -l %s", row->name);
    if (row->letter)
      fprintf(to, " -s %c", row->letter);
    fputs(" -d '", to);
    fish_text(to, row->help);
    fputc('\'', to);
    if (row->argument && *row->argument != '[')
      fputs(" -r", to);
    if (row->argument)
      fish_expected(to, &expected);
    fputc('\n', to);
  }
  if (operands.kind == KIND_ANY)
    return;
  fish_rule(to, command);
  fish_expected(to, &operands);
  fputc('\n', to);
}

void completion_fish(FILE *to) {
  fputs("# fish completion for memprof; made by 'memprof completion fish'\n"
        "complete -c memprof -f\n",
        to);
  for (int i = 0; commands[i]; i++) {
    fprintf(to, "complete -c memprof -n __fish_use_subcommand -a %s -d '",
            commands[i]->name);
    fish_text(to, commands[i]->summary);
    fputs("'\n", to);
  }
  for (int i = 0; commands[i]; i++)
    fish_command(to, commands[i]);
}
