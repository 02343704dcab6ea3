#!/bin/sh
# each-call-fails.sh PROGRAM OUTPUT CALL...: runs PROGRAM under failing.so, in
# which each call of each CALL that the runtime makes fails in turn, with each
# of the ERRNOS (ENOSPC, EIO, EMFILE, EACCES if not set), and demands the
# program's own output, its status 7, at most one message, and one where the
# older profile `grows.mprof` was not replaced by a readable one.
set -u
program=$1 output=$2 bad=0 runs=0
shift 2
$program >expected
export PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS="stream=report:output=$output"
PROFILE_MEMORY_OPTIONS=stream=none:output=older.mprof $program >/dev/null

fail() {
  echo "$call $at of $count, errno $errno: $1"
  cat out err
  bad=1
}

# Other messages than the report's head, which may stand there too.
messages() { grep '^memprof: ' err | grep -vc 'process peak'; }

for call; do
  cp older.mprof grows.mprof
  echo 0 >count
  FAIL_CALL=$call FAIL_AT=0 FAIL_COUNT=count LD_PRELOAD=./failing.so $program >/dev/null 2>&1
  count=$(cat count) at=0
  while [ $at -lt $count ]; do
    at=$((at + 1))
    for errno in ${ERRNOS:-28 5 24 13}; do
      rm -f report
      cp older.mprof grows.mprof
      FAIL_CALL=$call FAIL_AT=$at FAIL_ERRNO=$errno LD_PRELOAD=./failing.so $program >out 2>err
      status=$? runs=$((runs + 1))
      [ $status = 7 ] || fail "status $status"
      cmp -s out expected || fail "another output"
      [ $(messages) -le 1 ] || fail "$(messages) messages"
      [ $(messages) = 1 ] || [ "$output" = none ] || ! cmp -s grows.mprof older.mprof || fail "no word"
      PROFILE_MEMORY= memprof report grows.mprof >table 2>&1
      [ $? != 2 ] || fail "unreadable"
      # what is not in the tables was said, or is said there
      grep -q 'Function: deep' table || [ $(messages) = 1 ] || grep -q 'not measured\|not registered' table ||
        fail "no word of the loss"
      ! ls .memprof-* 2>/dev/null || fail "a file is left"
    done
  done
  echo "$call: $count calls"
done
echo "$runs runs"
exit $bad
