#!/bin/sh
# limits.sh PREFIX COMPILER SOURCE [ARGS...]: builds SOURCE at -O0 and at -O2,
# runs it awake, and prints what it says itself, what is said of its limits, and
# its exit status, once: both must be the same. In the environment OPTIONS adds
# options of the runtime, CFLAGS flags of the compiler; RACES leaves the numbers
# of calls out, where threads decide which comes first.
set -eu
prefix=$1 compiler=$2 source=$3
shift 3
for level in O0 O2; do
  # shellcheck disable=SC2086 # a list of words by design
  $compiler -g -$level ${CFLAGS:-} "$source" -o "$prefix.$level"
  status=0
  PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS="show_limits=yes:${OPTIONS:-}" \
    "$prefix.$level" "$@" >"$prefix.out" 2>"$prefix.err" || status=$?
  [ -z "${RACES:-}" ] || sed -i 's/in call [0-9]*/in a call/' "$prefix.err"
  {
    cat "$prefix.out"
    sed -n '/^limits: /,$p' "$prefix.err"
    echo "status $status"
  } >"$prefix.$level.txt"
done
diff -u "$prefix.O0.txt" "$prefix.O2.txt"
cat "$prefix.O0.txt"
