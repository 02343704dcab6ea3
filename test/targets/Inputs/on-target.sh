#!/bin/sh
# on-target.sh DIRECTORY CLANG PLUGIN SOURCES TARGET "FLAGS" "EMULATOR" PROGRAM...:
# the host's pass, the runtime compiled for another target.
#
# Compiles the runtime's sources for TARGET with FLAGS, without inih and libmd
# (stand-ins.c: settings from the environment), links each PROGRAM.c with it at
# -O0 and at -O2, runs it awake in EMULATOR, and compares with the numbers that
# stand in PROGRAM.c.
set -eu
directory=$1 clang=$2 plugin=$3 sources=$4 target=$5 flags=$6 emulator=$7
shift 7
inputs=${0%/*}
rm -rf "$directory"
mkdir -p "$directory"
cp /usr/include/ini.h /usr/include/md5.h "$directory"
compiler="$clang --target=$target -fuse-ld=lld $flags"
(
  cd "$directory"
  ls "$sources"/runtime/*.c "$sources"/runtime/report/*.c \
    "$sources"/runtime/common/*.c "$inputs/stand-ins.c" | grep -v /deepbind.c |
    xargs -P 2 -n 12 $compiler -c -std=gnu11 -O1 -w -fPIC -fvisibility=hidden \
      -ftls-model=initial-exec -fno-builtin -I . \
      -DMPRT_VERSION='"0"' -I "$sources/runtime"
  $compiler -shared ./*.o -Wl,-soname,libmemprof.so.0 -o libmemprof.so.0 \
    ${LIBRARIES:-}
)
for program; do
  for level in 0 2; do
    $compiler -g -O$level "-fpass-plugin=$plugin" -DMEMPROF_ENABLED \
      -I "$sources/runtime" "$program" "$directory/libmemprof.so.0" \
      -Wl,-rpath,"$directory" -o "$directory/program"
    PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B:columns=all \
      $emulator "$directory/program" >"$directory/report" 2>&1 || {
      cat "$directory/report"
      echo "on-target: $program failed at -O$level"
      exit 1
    }
    sed -i '/^source changed since/d' "$directory/report"
    FileCheck "$program" <"$directory/report"
  done
done
