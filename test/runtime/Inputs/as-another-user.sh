#!/bin/sh
# as-another-user.sh PROGRAM: runs the set-uid program as a user who does not own
# it, in a folder that this user may enter, with profile_config.ini beside it and
# profiling and a profile file asked for. Fails when anything was made there.
set -e
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cp "$1" profile_config.ini "$place"
chmod 755 "$place"
cd "$place"
chmod 4755 "$1"
export PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=nonsense:output=profile.mprof
if [ "$(id -u)" = 0 ]; then
  setpriv --reuid=65534 --clear-groups "./$1"
else
  "./$1"
fi
[ "$(ls -A)" = "profile_config.ini
$1" ]
