"""bad-input.py MEMPROF GOOD: each command that reads profiles, as `memprof help`
lists them, with each kind of file that it cannot read, with an output that
cannot be written, and with a reader that goes away.

Prints the number of commands, and a line for each that misbehaves.
"""
import os
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys

memprof, good = sys.argv[1], os.path.abspath(sys.argv[2])
complaints = 0

# What a command needs beside the profile.
NEEDS = {
    "check": ["--baseline", "../base"],
    "diff": [good],
    "export": ["--to", "folded"],
    "merge": ["-o", "out.mprof"],
}
# How it is told where to write, if not by --output; None: the profile has nothing for it to write.
OUTPUT = {"merge": [], "plot": None}
# `rm` takes away what begins as a profile does, in whatever state it is.
TAKES = {"rm": ["truncated", "flipped", "foreign", "newer"]}


def run(arguments, **more):
    return subprocess.run([memprof] + arguments, capture_output=True, stdin=subprocess.DEVNULL, **more)


def complain(arguments, what, result):
    global complaints
    complaints += 1
    print("memprof %s: %s: status %s, %r, %r" % (" ".join(arguments), what, result.returncode, (result.stdout or b"")[:200], result.stderr[:400]))


def usages():
    """The commands with profiles among their operands."""
    listed = run(["help"]).stdout.decode()
    for name in re.findall(r"^  ([a-z]+) ", listed, re.M):
        usage = run(["help", name]).stdout.decode()
        if re.match(r"usage: .*(FILE|PROFILE\.\.\.| A B)", usage):
            yield name, usage


def patched(image, changes):
    image = bytearray(image)
    for at, form, value in changes:
        struct.pack_into(form, image, at, value)
    return bytes(image)


def make_bad_files():
    image = open(good, "rb").read()
    first = struct.unpack_from("<I", image, 16)[0]
    files = {
        "empty": b"",
        "truncated": image[:100],
        "flipped": patched(image, [(first + 4, "<I", struct.unpack_from("<I", image, first + 4)[0] ^ 1)]),
        "foreign": patched(image, [(12, ">I", 0x01020304)]),
        "newer": patched(image, [(8, "<I", 0xFFFFFFFF)]),
        "text": b"text\n",
    }
    os.mkdir("bad")
    for name, content in files.items():
        open("bad/" + name, "wb").write(content)
    os.mkdir("bad/directory")
    return ["missing", "directory"] + list(files)


def tree():
    found = {}
    for folder, _, names in os.walk("."):
        found[folder] = None
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                found[os.path.join(folder, name)] = file.read()
    return found


def try_bad_files(name, kinds):
    for kind in set(kinds) - set(TAKES.get(name, [])):
        arguments = [name] + NEEDS.get(name, []) + [kind]
        before = tree()
        result = run(arguments)
        lines = result.stderr.decode().splitlines()
        if result.returncode != 2 or result.stdout or len(lines) != 1 or kind not in lines[0]:
            complain(arguments, "not one message, status 2", result)
        if tree() != before:
            complain(arguments, "it wrote", result)


def fill_disk():
    """What is written past the first byte of a file fails, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def try_full_disk(name, usage):
    output = OUTPUT.get(name, ["--output", "out"] if "--output FILE" in usage else None)
    if output is None:
        return
    arguments = [name] + NEEDS.get(name, []) + output + [good]
    before = tree()
    result = run(arguments, preexec_fn=fill_disk)
    if result.returncode != 2 or b"cannot write 'out" not in result.stderr:
        complain(arguments, "a full disk, unsaid", result)
    if tree() != before:
        complain(arguments, "half a file", result)


def try_closed_output(name):
    """As with `| head`: the reader is gone, which is nothing to talk about."""
    if name in ("merge", "rm"):
        return
    arguments = [name] + NEEDS.get(name, []) + [good]
    read_end, write_end = os.pipe()
    os.close(read_end)
    said = run(arguments).stderr
    result = subprocess.run([memprof] + arguments, stdout=write_end, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    os.close(write_end)
    if result.stderr != said:
        complain(arguments, "talk about a closed pipe", result)


subprocess.run([memprof, "check", good, "--baseline", "base", "--update"], check=True, stdout=subprocess.DEVNULL)
bad = make_bad_files()
os.chdir("bad")
tried = []
for command, usage in usages():
    tried.append(command)
    try_bad_files(command, bad)
    try_full_disk(command, usage)
    try_closed_output(command)
print(" ".join(tried))
sys.exit(complaints > 0)
