#!/bin/sh
# with-little-memory.sh COMMAND...: runs it in a control group of 64 MiB without
# swap, or says that there can be none.
cgroup=/sys/fs/cgroup
if [ -w $cgroup/memory/memory.limit_in_bytes ] || [ -d $cgroup/memory ]; then
  group=$cgroup/memory/memprof-test-$$ limit=memory.limit_in_bytes
else
  group=$cgroup/memprof-test-$$ limit=memory.max
fi
if ! mkdir $group 2>/dev/null || ! echo 67108864 2>/dev/null >$group/$limit; then
  rmdir $group 2>/dev/null
  echo "no control group"
  exit 0
fi
echo 0 2>/dev/null >$group/memory.swap.max
echo 67108864 2>/dev/null >$group/memory.memsw.limit_in_bytes
sh -c "echo \$\$ >$group/cgroup.procs && exec \"\$@\"" sh "$@"
status=$?
rmdir $group
exit $status
