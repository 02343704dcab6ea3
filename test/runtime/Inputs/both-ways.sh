#!/bin/sh
# both-ways.sh PROGRAM KEY VALUE [ARGS...]: runs PROGRAM with KEY set in the ini
# and again with KEY set in PROFILE_MEMORY_OPTIONS, in the current directory,
# and prints what both print. Fails when they differ, when KEY changes nothing,
# and when a different value in the ini is not beaten by the variable.
set -u
program=$1 key=$2 value=$3
shift 3
[ "$key" = enable ] || export PROFILE_MEMORY=1

rm -f profile_config.ini
default=$("$program" "$@" 2>&1)
printf '[profile]\n%s = %s\n' "$key" "$value" >profile_config.ini
ini=$("$program" "$@" 2>&1)
variable=$(PROFILE_MEMORY_OPTIONS="$key='$value'" "$program" "$@" 2>&1)
rm profile_config.ini
alone=$(PROFILE_MEMORY_OPTIONS="$key='$value'" "$program" "$@" 2>&1)

fail() {
  echo "both-ways: $1"
  printf 'default:\n%s\nini:\n%s\nvariable:\n%s\n' "$default" "$ini" "$alone"
  exit 1
}
[ "$ini" = "$alone" ] || fail "the ini and the variable differ"
[ "$variable" = "$alone" ] || fail "the ini changes what the variable says"
[ "$ini" != "$default" ] || fail "'$key = $value' changes nothing"
printf '%s\n' "$ini"
