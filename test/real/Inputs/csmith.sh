#!/bin/sh
# csmith.sh CLANG MCLANG MEMPROF SEEDS DIRECTORY [OPTION...]: random programs
# stay what they are.
#
# For each of the seeds 1 to SEEDS, csmith writes a program (with OPTIONs of
# its own) that prints a checksum of its variables. It is built at -O0 and -O2,
# plain and with every function selected, and run plain, asleep and awake: the
# same output each time, nothing on stderr asleep, and a report awake. A program
# that does not end by itself, plain, within some seconds of processor time is
# skipped. Says at the end what was compared.
set -eu
clang=$1 mclang=$2 memprof=$3 seeds=$4 directory=$5
shift 5
mkdir -p "$directory"
cd "$directory"
compared=0 skipped=0 functions=0 left_out=0

fail() { # WHAT
  echo "csmith: seed $seed at -$level, options '$options': $1; see $PWD" >&2
  exit 1
}

runs() { # SECONDS PROGRAM OUT ERR
  (
    ulimit -c 0
    ulimit -t "$1"
    exec "./$2" >"$3" 2>"$4"
  ) 2>/dev/null
}

options=$*
seed=1
while [ "$seed" -le "$seeds" ]; do
  csmith --seed "$seed" --output program.c "$@"
  for level in O0 O2; do
    flags="-w -$level -I/usr/include/csmith program.c"
    $clang $flags -o plain
    if ! runs 2 plain plain.txt plain.err; then
      skipped=$((skipped + 1))
      break
    fi
    grep -q '^checksum = ' plain.txt || fail "no checksum"
    $mclang $flags -mllvm -profile-memory-functions='*' -o all ||
      fail "does not compile"
    runs 300 all asleep.txt asleep.err || fail "asleep, it does not end well"
    cmp -s plain.txt asleep.txt || fail "asleep, its output is another"
    [ ! -s asleep.err ] || fail "asleep, it says something"
    rm -f report.txt
    export PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=stream=report.txt
    runs 300 all awake.txt awake.err || fail "awake, it does not end well"
    unset PROFILE_MEMORY PROFILE_MEMORY_OPTIONS
    cmp -s plain.txt awake.txt || fail "awake, its output is another"
    [ ! -s awake.err ] || fail "awake, it says something"
    grep -q '^Function: main (1 call, ' report.txt || fail "no table of main"
    [ $level = O2 ] || continue
    compared=$((compared + 1))
    $memprof functions all >functions.txt
    functions=$((functions + $(grep -vc '  left out: ' functions.txt)))
    left_out=$((left_out + $(grep -c '  left out: ' functions.txt || :)))
  done
  seed=$((seed + 1))
done
echo "csmith: $compared programs compared, $skipped skipped," \
  "$functions functions instrumented, $left_out left out"
