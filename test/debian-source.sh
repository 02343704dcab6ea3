#!/bin/sh
# debian-source.sh PACKAGE DIRECTORY: the source of a Debian package, patched as
# Debian builds it, unpacked to DIRECTORY.
#
# The download is kept in $MEMPROF_SOURCES (the build tree's sources/ when run by
# lit) and made once. It comes, checked by apt, from where this machine's own
# packages come from; apt's system-wide settings stay as they are, no root
# needed.
set -eu
package=$1 directory=$2
cache=${MEMPROF_SOURCES:?where to keep downloads}/$package
mkdir -p "$cache"

fail() {
  echo "debian-source: cannot get the source of '$package': $*" >&2
  exit 1
}

# Two tests may want the same source at once.
exec 9>"$cache.lock"
flock 9

# deb-src entries for this release, out of the deb entries of /etc/apt.
entries() { # DIRECTORY to write them to
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] || continue
    awk -v release="$release" 'BEGIN { RS = ""; FS = "\n" }
      $0 ~ "(^|\n)Suites:([^\n]* )?" release "([ \n]|$)" &&
      $0 !~ "(^|\n)Enabled: *no" {
        for (i = 1; i <= NF; i++) {
          if ($i ~ /^Types:/) $i = "Types: deb-src"
          if ($i ~ /^Suites:/) $i = "Suites: " release
          print $i
        }
        print ""
      }' "$file"
  done >"$1/release.sources"
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
    awk -v release="$release" '$1 == "deb" {
      for (i = 2; i <= NF; i++)
        if ($i == release) { sub(/^deb/, "deb-src"); print; break }
    }' >"$1/release.list"
  [ -s "$1/release.sources" ] || [ -s "$1/release.list" ] ||
    fail "no entry for '$release' in /etc/apt"
}

set -- "$cache"/*.dsc
if [ ! -e "$1" ]; then
  state=$(mktemp -d)
  trap 'rm -rf "$state"' EXIT
  mkdir -p "$state/parts" "$state/lists/partial" "$state/cache"
  entries "$state/parts"
  fetch() {
    apt-get -q -o Dir::Etc::sourcelist=/dev/null \
      -o Dir::Etc::sourceparts="$state/parts" \
      -o Dir::State::lists="$state/lists" -o Dir::Cache="$state/cache" "$@" \
      >"$state/log" 2>&1 || {
      cat "$state/log" >&2
      fail "apt-get $1 failed"
    }
  }
  fetch update
  mkdir "$state/download"
  cd "$state/download"
  fetch source --download-only "$package"
  # the .dsc last: it says that the rest is there
  for file in *; do
    case $file in *.dsc) ;; *) mv "$file" "$cache" ;; esac
  done
  mv ./*.dsc "$cache"
  cd "$cache"
  set -- "$cache"/*.dsc
fi

rm -rf "$directory"
dpkg-source --no-check -x "$1" "$directory" >"$cache.log" 2>&1 || {
  cat "$cache.log" >&2
  fail "dpkg-source failed"
}
