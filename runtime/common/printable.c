/* printable.c - tells printable text from what a terminal would obey. */
#include "printable.h"
#include <stdbool.h>

/* Bytes of the UTF-8 character that starts with this byte beyond ASCII; 0 when
 * none does. Over-long forms are none: some terminals decode them. */
static size_t character_length(const unsigned char *text, size_t length) {
  unsigned char first = text[0];
  size_t wanted = first < 0xc2   ? 0
                  : first < 0xe0 ? 2
                  : first < 0xf0 ? 3
                  : first < 0xf5 ? 4
                                 : 0;
  if (wanted == 0 || wanted > length)
    return 0;
  for (size_t i = 1; i < wanted; i++)
    if ((text[i] & 0xc0) != 0x80)
      return 0;
  if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xf0 && text[1] < 0x90) ||
      (first == 0xf4 && text[1] > 0x8f) || (first == 0xed && text[1] > 0x9f))
    return 0;
  return wanted;
}

/* Bytes of the first character if it may be printed, else 0. */
static size_t printable_first(const unsigned char *text, size_t length) {
  unsigned char first = text[0];
  if (first < 0x80)
    return first >= 0x20 && first != 0x7f;
  size_t wanted = character_length(text, length);
  if (wanted == 2 && first == 0xc2 && text[1] < 0xa0)
    return 0; /* C1 in UTF-8 */
  return wanted ? wanted : first >= 0xa0;
}

/* U+FFFE and U+FFFF: Unicode has them, XML does not. */
static bool is_no_character(const unsigned char *text, size_t length) {
  return length >= 3 && text[0] == 0xef && text[1] == 0xbf && text[2] >= 0xbe;
}

size_t printable_utf8_span(const char *text, size_t length) {
  const unsigned char *bytes = (const unsigned char *)text;
  size_t at = 0, step;
  while (at < length) {
    if (bytes[at] >= 0x20 && bytes[at] < 0x7f)
      at++;
    else if ((step = printable_first(bytes + at, length - at)) > 1 &&
             !is_no_character(bytes + at, length - at))
      at += step;
    else
      break;
  }
  return at;
}

size_t printable_span(const char *text, size_t length) {
  const unsigned char *bytes = (const unsigned char *)text;
  size_t at = 0, step;
  while (at < length) {
    if (bytes[at] >= 0x20 && bytes[at] < 0x7f)
      at++; /* nearly all */
    else if ((step = printable_first(bytes + at, length - at)) > 0)
      at += step;
    else
      break;
  }
  return at;
}
