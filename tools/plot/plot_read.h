/* plot_read.h - takes a profile file into a plot, on the clock of its run. */
#ifndef MEMPROF_PLOT_READ_H
#define MEMPROF_PLOT_READ_H

#include "plot.h"

/* Adds the curves and calls of one file. Returns false after error(). */
bool plot_read_file(struct plot *plot, const char *path);

#endif
