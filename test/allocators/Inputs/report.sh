#!/bin/sh
# report.sh PROGRAM ARGS...: runs PROGRAM awake and prints its report, all
# columns in bytes, ordered, with what it says besides. Environment:
# LD_PRELOAD, for the program alone; OPTIONS, more options.
set -eu
allocator=${LD_PRELOAD:-}
unset LD_PRELOAD
exec env ${allocator:+LD_PRELOAD="$allocator"} PROFILE_MEMORY=1 \
  PROFILE_MEMORY_OPTIONS="unit=B:columns=all:${OPTIONS:-}" "$@" 2>&1
