#!/bin/sh
# unprivileged.sh COMMAND...: runs it with file modes that bind. Root keeps its
# name, so that it may enter the build tree wherever that is, and loses what
# overrides the modes.
overrides=-dac_override,-dac_read_search
[ "$(id -u)" != 0 ] ||
  set -- setpriv --bounding-set=$overrides --inh-caps=$overrides "$@"
exec "$@"
