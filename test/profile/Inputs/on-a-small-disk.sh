#!/bin/sh
# on-a-small-disk.sh SIZE COMMAND...: runs it in a file system of that size,
# mounted on ./disk for it alone, or says that there can be none.
size=$1
shift
mkdir -p disk
for how in -m -rm; do
  if unshare $how mount -t tmpfs -o size=$size tmpfs disk 2>/dev/null; then
    exec unshare $how sh -c "mount -t tmpfs -o size=$size tmpfs disk && exec \"\$@\"" sh "$@"
  fi
done
echo "no mount"
