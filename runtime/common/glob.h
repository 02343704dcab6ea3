/* glob.h - the one glob dialect: * ? [...], matched against a function's name.
 * No state, no heap. */
#ifndef MEMPROF_COMMON_GLOB_H
#define MEMPROF_COMMON_GLOB_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whole match of `text` against `pattern`: `*` any run, `?` any one character,
 * `[a-z]` and `[!a-z]` a set. A `[` without its `]` stands for itself. Linear
 * in strlen(pattern) * strlen(text). */
bool glob_match(const char *pattern, const char *text);

/* Matches a function: against its full signature if the glob has a `(`, else
 * its qualified name. */
bool glob_match_function(const char *pattern, const char *name,
                         const char *signature);

/* A list as in `functions=parse_*,!parse_debug`: globs with ',' between them
 * (not inside parentheses or sets), blanks around them ignored; `!` in front
 * excludes; the last match wins; no match is false. A list that starts with an
 * exclusion starts from `*`. */
bool glob_list_match(const char *list, const char *name, const char *signature);

#ifdef __cplusplus
}
#endif
#endif
