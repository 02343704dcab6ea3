/* functions.h - what registry.c asks of functions.c, under its lock. */
#ifndef MPRT_FUNCTIONS_H
#define MPRT_FUNCTIONS_H

#include "runtime.h"

#pragma GCC visibility push(hidden)

/* The id of the record's function, a new one if need be; 0: no room. */
uint32_t mprt_function_id(const struct memprof_abi_record *record,
                          memprof_ref module);
/* Applies the option `functions` to all of them. */
void mprt_functions_select(void);
/* A text of the record; "" when absent. */
const char *mprt_record_text(const struct memprof_abi_record *record,
                             uint32_t offset);

#pragma GCC visibility pop
#endif
