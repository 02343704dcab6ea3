#!/bin/sh
# profiled-suite.sh MEMPROF OUT COMMAND...: runs a project's tests awake, each of
# their processes with a profile of its own, and merges these to OUT.
set -eu
memprof=$1 out=$2
shift 2
rm -rf "$out.parts"
mkdir "$out.parts"
printf '[profile]\nenable = true\nstream = none\noutput = %s/%%e-%%p.mprof\n' \
  "$out.parts" >"$out.ini"
PROFILE_MEMORY_CONFIG=$out.ini "$@" >"$out.log" 2>&1 || {
  cat "$out.log" >&2
  exit 1
}
"$memprof" merge -o "$out" "$out.parts"/*.mprof
