/* words.h - what the tests of each framework test. */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many words, parted by blanks, the text has. Marked, and limited: exactly
 * what it takes for texts of up to 39 letters. The environment variable DEMO
 * makes it take more: `leak` keeps a block, `alloc` allocates once more, `peak`
 * takes one byte more. */
size_t count_words(const char *text);

/* Marked, with limits of its own: never takes more. */
size_t longest_word(const char *text);

#ifdef __cplusplus
}
#endif
#endif
