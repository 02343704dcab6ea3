#!/bin/sh
# demo.sh PROGRAM RED GREEN: a framework's demo fails the test that broke a limit,
# and no other.
#
# PROGRAM is a demo of examples/frameworks; RED and GREEN are regular expressions
# of what its runner prints when the first and when the second of its tests
# fails. Green asleep, whatever the function takes; green awake, with each limit
# exactly met; red with one block, one allocation, one byte too many.
set -eu
program=$1 red=$2 green=$3
out=$program.out

fail() { # WHAT
  cat "$out"
  echo "demo.sh: $1"
  exit 1
}

is_red() {
  ! "$program" >"$out" 2>&1
}

has() { # REGULAR-EXPRESSION
  grep -qaE -- "$1" "$out"
}

! DEMO=leak is_red || fail "asleep, it is red"
export PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=stream=none
! is_red || fail "awake, with every limit met, it is red"
! has "$red" || fail "what is green looks red"
for DEMO in leak:kept alloc:allocs peak:peak; do
  metric=${DEMO#*:} DEMO=${DEMO%:*}
  export DEMO
  is_red || fail "with DEMO=$DEMO it is green"
  has "$red" || fail "with DEMO=$DEMO the test is not told"
  ! has "$green" || fail "with DEMO=$DEMO another test is red, too"
  has "count_words.*$metric|$metric.*count_words" ||
    fail "with DEMO=$DEMO the reason is not told"
done
echo "demo.sh: fine"
