/* command.c - see command.h. */
#include "command.h"
#include <string.h>

struct text {
  char *out;
  size_t length, capacity;
};

static void text_add(struct text *text, const char *what, size_t length) {
  if (length >= text->capacity - text->length)
    length = text->capacity - text->length - 1;
  memcpy(text->out + text->length, what, length);
  text->length += length;
}

static void text_add_quoted(struct text *text, const char *word) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (*word && !word[strspn(word, plain)]) {
    text_add(text, word, strlen(word));
    return;
  }
  text_add(text, "'", 1);
  for (; *word; word++)
    if (*word == '\'')
      text_add(text, "'\\''", 4);
    else
      text_add(text, word, 1);
  text_add(text, "'", 1);
}

void command_text(char *out, size_t capacity, const char *words,
                  size_t length) {
  struct text text = {out, 0, capacity};
  for (size_t at = 0; at < length; at += strlen(words + at) + 1) {
    if (at)
      text_add(&text, " ", 1);
    text_add_quoted(&text, words + at);
  }
  out[text.length] = '\0';
}
