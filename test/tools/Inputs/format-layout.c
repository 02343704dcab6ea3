/* format-layout.c - every struct of the profile format, for the debug info. */
#include "memprof_format.h"

#define VARIABLE(NAME) struct NAME NAME##_layout;
#define RECORD(KIND, NUMBER, STRUCT) VARIABLE(STRUCT)
VARIABLE(memprof_header)
VARIABLE(memprof_room)
VARIABLE(memprof_head)
VARIABLE(memprof_stat)
VARIABLE(memprof_frame)
VARIABLE(memprof_span)
VARIABLE(memprof_sample)
VARIABLE(memprof_abi_record)
VARIABLE(memprof_abi_line)
VARIABLE(memprof_abi_file)
VARIABLE(memprof_abi_unit)
MEMPROF_RECORD_KINDS(RECORD)

int main(void) { return 0; }
