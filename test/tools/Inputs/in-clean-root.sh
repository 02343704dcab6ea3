#!/bin/sh
# in-clean-root.sh ROOT PACKAGE...: installs the packages with apt in ROOT, which
# debootstrap makes a minimal Debian if it is none yet, uses them as an ordinary
# user there, and removes them again. As root.
set -eu
root=$1
shift
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
[ -e "$root/etc/debian_version" ] ||
  debootstrap --variant=minbase "$release" "$root" >&2
# newer LLVMs come from Debian's updates
if [ -e /etc/apt/sources.list.d/debian.sources ]; then
  cp /etc/apt/sources.list.d/debian.sources "$root/etc/apt/sources.list.d"
  rm -f "$root/etc/apt/sources.list"
fi
cp /etc/resolv.conf "$root/etc"
rm -rf "$root/packages"
mkdir "$root/packages"
cp "$@" "$root/packages"
mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT

as_root() {
  chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 sh -ec "$1"
}
as_root 'apt-get -q update
  apt-get -q install -y --no-install-recommends /packages/*.deb' >&2

chroot --userspec=65534:65534 "$root" env -i PATH=/usr/bin:/bin sh -ec '
  cd "$(mktemp -d)"
  cat >main.c <<END
#include <memprof.h>
#include <stdlib.h>
MEMPROF_PROFILE void *work(void) {
  return malloc(100);
}
int main(void) {
  free(work());
  return 0;
}
END
  memprof-clang main.c -o main
  PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=unit=B ./main
  memprof-clang++ -x c++ main.c -o main
  PROFILE_MEMORY=1 PROFILE_MEMORY_OPTIONS=stream=none:output=main.mprof ./main
  memprof report --unit B
  memprof functions main' 2>&1

as_root 'apt-get -q purge -y "*memprof*"' >&2
echo "left behind:"
find "$root/usr" "$root/etc" "$root/var/lib/dpkg/info" -iname '*memprof*'
