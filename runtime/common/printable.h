/* printable.h - which bytes of a text a terminal prints, and which it would
 * obey. Names, paths and source lines come from whoever wrote the program. */
#ifndef MEMPROF_COMMON_PRINTABLE_H
#define MEMPROF_COMMON_PRINTABLE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many bytes from the start of the text are printed and not obeyed. Not
 * among them: control characters (tab and newline too), DEL, and the C1
 * controls 0x80..0x9f, bare or as UTF-8. Other bytes that are no UTF-8 are
 * left: an old source in Latin-1 stays readable. */
size_t printable_span(const char *text, size_t length);
/* The same, but those of well-formed UTF-8 only, and what XML may hold: for
 * files that other programs read. */
size_t printable_utf8_span(const char *text, size_t length);

#ifdef __cplusplus
}
#endif
#endif
