#!/bin/sh
# totals.sh PROGRAM ALLOCATIONS BYTES: runs PROGRAM awake and fails unless its
# one marked function made so many allocations, of so many bytes, and released
# them all, and the run said nothing else. Environment: LD_PRELOAD.
set -u
report=$(PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS="unit=B:columns=allocs,bytes,kept:sort=marked" "$1" 2>&1)
status=$?
totals=$(printf '%s\n' "$report" | sed -n '/^=====/,/^$/p' |
  awk '{ for (i = 2; i <= NF; i++) if ($i == "B") { a += $2; b += $3; k += $5; break } } END { print a, b, k }')
[ $status = 0 ] && [ "$totals" = "$2 $3 0" ] &&
  ! printf '%s\n' "$report" | grep 'memprof: ' | grep -v 'process peak' && exit 0
printf '%s\nexit status %s, allocations, bytes, kept: %s, expected %s\n' "$report" $status "$totals" "$2 $3 0"
exit 1
