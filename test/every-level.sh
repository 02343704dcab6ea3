#!/bin/sh
# every-level.sh PREFIX COMPILER SOURCE... [-- PROGRAM ARGS...]: the same report
# at every level.
#
# Builds SOURCE with -g at each of LEVELS (O0 O1 O2 O3 lto; lto is -O2 -flto),
# runs each program awake with all columns in bytes, and prints its standard
# output and the report once. Fails, with a diff, if a level differs from the
# first. In the environment OPTIONS adds options of the runtime, CFLAGS flags of
# the compiler, LEVELS chooses; PEAK_RACES leaves the process's peak out, which
# depends on who ran beside whom.
set -eu
prefix=$1 compiler=$2
shift 2
sources=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  sources="$sources $1"
  shift
done
[ $# -eq 0 ] || shift
: "${LEVELS:=O0 O1 O2 O3 lto}"
first=${LEVELS%% *}
for level in $LEVELS; do
  case $level in
  lto) flags="-O2 -flto -fuse-ld=lld" ;;
  *) flags="-$level" ;;
  esac
  # shellcheck disable=SC2086 # lists of words by design
  $compiler -g $flags ${CFLAGS:-} $sources -o "$prefix.$level"
  PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS="unit=B:columns=all:${OPTIONS:-}" \
    "$prefix.$level" "$@" >"$prefix.$level.txt" 2>&1 || {
    cat "$prefix.$level.txt"
    echo "every-level: the program built at $level failed"
    exit 1
  }
  [ -z "${PEAK_RACES:-}" ] || sed -i '/^memprof: process peak /d' "$prefix.$level.txt"
  diff -u "$prefix.$first.txt" "$prefix.$level.txt" || {
    echo "every-level: $level differs from $first"
    exit 1
  }
done
cat "$prefix.$first.txt"
