#!/bin/sh
# mapped.sh PROGRAM: what it maps, as its report says.
PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS='track=heap,mmap:unit=B:columns=mapped,unmapped' \
  "$1" 2>&1
