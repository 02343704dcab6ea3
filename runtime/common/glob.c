/* glob.c - matches function names against globs, and lists of globs. */
#include "glob.h"
#include <stddef.h>
#include <string.h>

/* A glob inside a longer text: lists are matched in place, without copies. */
struct glob {
  const char *next, *end;
  const char *last_close; /* the last ']' before `end`, or NULL: a '[' after it
                             stands for itself, and is not searched twice */
};

static struct glob glob_make(const char *start, const char *end) {
  struct glob glob = {start, end, NULL};
  for (const char *at = end; at != start && !glob.last_close; at--)
    if (at[-1] == ']')
      glob.last_close = at - 1;
  return glob;
}

/* Past the end of the set that starts at `open`, or NULL when that '[' stands
 * for itself. "[]" is no set, so that `operator[]` needs no escape. */
static const char *set_end(const char *open, const char *last_close) {
  if (!last_close || last_close <= open + 1 || open[1] == ']')
    return NULL;
  const char *close = open + 1;
  while (*close != ']')
    close++;
  return close + 1;
}

/* Whether the set [open, end), brackets included, holds `c`. */
static bool set_holds(const char *open, const char *end, unsigned char c) {
  const char *at = open + 1, *close = end - 1;
  bool inverted = *at == '!' && at + 1 != close;
  bool found = false;
  if (inverted)
    at++;
  while (at != close) {
    unsigned char low = (unsigned char)*at++, high = low;
    if (close - at >= 2 && *at == '-') {
      high = (unsigned char)at[1];
      at += 2;
    }
    found |= low <= c && c <= high;
  }
  return found != inverted;
}

/* Matches one character, anything but '*'. Moves past the element on success.
 */
static bool element_match(struct glob *glob, unsigned char c) {
  const char *at = glob->next;
  const char *end = *at == '[' ? set_end(at, glob->last_close) : NULL;
  if (!end)
    end = at + 1;
  bool match = end - at > 1 ? set_holds(at, end, c)
                            : *at == '?' || (unsigned char)*at == c;
  if (match)
    glob->next = end;
  return match;
}

/* Only the latest '*' is ever tried again: an earlier one that took more could
 * only leave less for it. That keeps the time linear in the product of the
 * lengths. */
static bool range_match(const char *start, const char *end, const char *text) {
  struct glob glob = glob_make(start, end);
  const char *after_star = NULL, *retry = NULL;
  for (;;) {
    if (glob.next != glob.end && *glob.next == '*') {
      after_star = ++glob.next;
      retry = text;
    } else if (!*text) {
      return glob.next == glob.end;
    } else if (glob.next != glob.end &&
               element_match(&glob, (unsigned char)*text)) {
      text++;
    } else if (after_star) {
      glob.next = after_star;
      text = ++retry;
    } else {
      return false;
    }
  }
}

bool glob_match(const char *pattern, const char *text) {
  return range_match(pattern, pattern + strlen(pattern), text);
}

static bool range_match_function(const char *start, const char *end,
                                 const char *name, const char *signature) {
  bool in_full = memchr(start, '(', (size_t)(end - start)) != NULL;
  return range_match(start, end, in_full ? signature : name);
}

bool glob_match_function(const char *pattern, const char *name,
                         const char *signature) {
  return range_match_function(pattern, pattern + strlen(pattern), name,
                              signature);
}

/* The end of the item that starts at `start`: its ',' or the end of the list.
 */
static const char *item_end(const char *start) {
  const char *last_close = strrchr(start, ']');
  unsigned depth = 0;
  const char *at = start;
  while (*at && (*at != ',' || depth)) {
    const char *past_set = *at == '[' ? set_end(at, last_close) : NULL;
    if (*at == '(')
      depth++;
    if (*at == ')' && depth)
      depth--;
    at = past_set ? past_set : at + 1;
  }
  return at;
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool glob_list_match(const char *list, const char *name,
                     const char *signature) {
  bool live = false, first = true;
  for (const char *at = list;;) {
    const char *next = item_end(at), *end = next;
    while (at != end && is_blank(*at))
      at++;
    while (at != end && is_blank(end[-1]))
      end--;
    bool excludes = at != end && *at == '!';
    if (excludes)
      at++;
    if (first && at != end)
      live = excludes;
    first = first && at == end;
    if (at != end && range_match_function(at, end, name, signature))
      live = !excludes;
    if (!*next)
      return live;
    at = next + 1;
  }
}
