#!/bin/sh
# same-report.sh PREFIX COMPILER SOURCE FLAGS...: the report does not change when
# SOURCE is compiled with FLAGS.
#
# Builds it without and with FLAGS at -O0 and at -O2, runs each awake, and fails,
# with a diff, when reports differ. Prints what the program with FLAGS wrote, and
# its report, at each level. In the environment LINK adds flags to both builds,
# STATUS is the exit status expected of the second (0).
set -eu
prefix=$1 compiler=$2 source=$3
shift 3

# TSan and ASan of old clangs do not know the address spaces of kernels with
# many random bits; some containers forbid the cure, and do not need it.
fixed=
! setarch "$(uname -m)" -R true 2>/dev/null || fixed="setarch $(uname -m) -R"

run() { # PROGRAM STATUS
  rm -f "$1.report"
  status=0
  PROFILE_MEMORY=1 \
    PROFILE_MEMORY_OPTIONS="unit=B:columns=all:stream=$1.report" \
    $fixed "$1" >"$1.out" 2>&1 || status=$?
  [ $status -eq "$2" ] || {
    cat "$1.out"
    echo "same-report: $1 ended with $status"
    exit 1
  }
}

for level in O0 O2; do
  # shellcheck disable=SC2086 # lists of words by design
  $compiler -g -$level "$source" ${LINK:-} -o "$prefix.plain"
  # shellcheck disable=SC2086
  $compiler -g -$level "$@" "$source" ${LINK:-} -o "$prefix.with"
  run "$prefix.plain" 0
  run "$prefix.with" "${STATUS:-0}"
  diff -u "$prefix.plain.report" "$prefix.with.report" || {
    echo "same-report: -$level $* differs"
    exit 1
  }
  echo "== -$level"
  cat "$prefix.with.out" "$prefix.with.report"
done
