"""peak-memory.py FILE COMMAND...: runs the command with its output in the file
`out`; fails when it fails, or took three times the file's size in memory. What
a sanitizer's tool takes is the sanitizer's."""

import os
import resource
import subprocess
import sys

with open("out", "wb") as out:
    subprocess.run(sys.argv[2:], stdout=out, check=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
size = os.path.getsize(sys.argv[1])
with open(sys.argv[2], "rb") as tool:
    is_sanitized = b"__asan_init" in tool.read()
print("%s: %.2f times the file" % (" ".join(sys.argv[4:-1]), peak / size))
sys.exit(peak >= 3 * size and not is_sanitized)
