"""Prints the series of profiles, one line each: command, live bytes at most,
and what has to hold for all of them: times ascend, sizes are in order.

usage: series.py FILE...
"""
import struct
import sys

UNKNOWN = -(2**63)


def records(image):
    (at,) = struct.unpack_from("<I", image, 16)
    (used,) = struct.unpack_from("<Q", image, 24)
    while at < used:
        kind, size = struct.unpack_from("<II", image, at)
        yield kind, at
        at += size
    assert at == used, "records end at %d, not at %d" % (at, used)


def text(image, unit):
    start = unit * 16 + 8
    return image[start : image.index(b"\0", start)].decode() if unit else ""


for path in sys.argv[1:]:
    with open(path, "rb") as file:
        image = file.read()
    parts = {}
    for kind, at in records(image):
        if kind != 12:
            continue
        pid, parent, command, count = struct.unpack_from("<IIII", image, at + 8)
        (interval,) = struct.unpack_from("<Q", image, at + 40)
        key = (pid, text(image, command), interval)
        samples = parts.setdefault(key, [])
        for i in range(count):
            samples.append(struct.unpack_from("<QQQQq", image, at + 48 + 40 * i))
    for (pid, command, interval), samples in parts.items():
        times = [s[0] for s in samples]
        assert times == sorted(set(times)), times
        assert all(s[1] >= s[2] >= s[3] for s in samples), samples
        live = max(s[4] for s in samples)
        print("%s | every %g s | live %s" % (command, interval / 1e9, "unknown" if live == UNKNOWN else live))
