/* output.h - what arena.c and output.c ask of each other. */
#ifndef MPRT_OUTPUT_H
#define MPRT_OUTPUT_H

#include "memprof_format.h"
#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* The profile file that the option `output` names, mapped for
 * header->capacity bytes, with the header in it; *room bytes may be used. NULL
 * when none is asked for, or, after a message, when there can be none. */
unsigned char *mprt_output_open(const struct memprof_header *header,
                                uint64_t *room);
/* Makes room for `needed` bytes. Returns what may be used now; 0, after a
 * message, when there is no more, and without one when there is no file or its
 * capacity is reached. Under the arena's lock. */
uint64_t mprt_output_grow(uint64_t room, uint64_t needed);
/* Cuts the file to what is used. No new record comes after this. */
void mprt_output_close(uint64_t used);

/* Whether the image is a file, which a forked child would share. */
bool mprt_output_is_shared(void);

/* Another memory lies at the image's place, in which so much may be used. */
void mprt_arena_set_room(uint64_t room);

#pragma GCC visibility pop
#endif
