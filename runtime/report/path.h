/* path.h - paths of source files, made comparable. */
#ifndef MEMPROF_REPORT_PATH_H
#define MEMPROF_REPORT_PATH_H

#include "scratch.h"

#pragma GCC visibility push(hidden)

/* `directory`/`name`, or `name` alone where directory is "", without empty
 * parts, `.` and `..`: equal for "/src/lib/../inc/a.h" and "/src/inc/a.h". NULL
 * when memory runs out. */
const char *path_make(const char *directory, const char *name,
                      struct scratch *scratch);

#pragma GCC visibility pop
#endif
