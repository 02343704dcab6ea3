"""The tools that programs run under, one table: how the program is built for
each, how it is run, and what it leaves behind.

In `prefix` and `environment` the word {out} stands for the directory that a run
may write to; what lies there afterwards is the size of its output.
"""

import ctypes.util
import os
import shutil
import subprocess
from typing import Callable, NamedTuple

# How a program is built (building.py): with which compiler, which functions
# marked.
PLAIN, HOT, ALL, MAIN, OUTSIDE, LLVM = (
    "plain",  # Debian's clang, nothing of ours
    "hot",  # the workload's hot functions
    "all",  # every function
    "main",  # main alone: every allocation is under a marked function
    "outside",  # a function that allocates one block
    "memory-profile",  # clang -fmemory-profile
)

# Kinds of workloads (workloads.py).
ALLOC, CALL, LOOP, REAL = "allocations", "calls", "loop", "real program"
EVERY = (ALLOC, CALL, LOOP, REAL)


class Tool(NamedTuple):
    name: str
    text: str  # what the table says of it
    flavour: str  # the build that it runs
    kinds: tuple  # the workloads that it is for
    prefix: tuple = ()  # words before the program's own
    environment: dict = {}
    short: bool = False  # takes the short input: compared with a short bare run
    talks: bool = False  # prints lines of its own around the program's output
    # Why it cannot run here, or None; of a workshop (building.py).
    missing: Callable = lambda workshop: None


def ours(name, text, flavour, kinds, awake=True):
    environment = {}
    if awake:
        environment["PROFILE_MEMORY"] = "1"
        environment["PROFILE_MEMORY_OPTIONS"] = (
            "output='{out}/run.mprof':stream='{out}/report.txt':require=yes"
        )
    return Tool(name, text, flavour, kinds, environment=environment)


def program(name, package):
    """A tool that is there if a program is."""

    def missing(workshop):
        if not shutil.which(name):
            return "no '%s'; .ci/install bench (package %s)" % (name, package)

    return missing


def no_llvm_runtime(workshop):
    return workshop.try_flavour(LLVM)


def no_jemalloc(workshop):
    path = ctypes.util.find_library("jemalloc")
    if not path:
        return "no libjemalloc; .ci/install bench (package libjemalloc2)"
    said = subprocess.run(
        ["/bin/true"],
        env=dict(os.environ, LD_PRELOAD=path, MALLOC_CONF="prof:true"),
        stderr=subprocess.PIPE,
        text=True,
    ).stderr
    if "Invalid conf pair" in said:
        return "this libjemalloc is built without profiling"


JEMALLOC = ctypes.util.find_library("jemalloc") or ""

TOOLS = (
    Tool("bare", "the program as it is", PLAIN, EVERY),
    ours("asleep", "MemProf, asleep: hot functions marked", HOT, EVERY, False),
    ours("asleep-all", "MemProf, asleep: every function marked", ALL, EVERY, False),
    ours("awake", "MemProf, awake: hot functions marked", HOT, EVERY),
    ours("awake-all", "MemProf, awake: every function marked", ALL, EVERY),
    ours("awake-main", "MemProf, awake: `main` marked", MAIN, (REAL,)),
    ours(
        "awake-outside",
        "MemProf, awake, but what is measured is outside of marked functions",
        OUTSIDE,
        (ALLOC,),
    ),
    Tool(
        "interposer",
        "a preloaded `malloc` that only counts: the floor",
        PLAIN,
        (ALLOC, REAL),
        environment={"LD_PRELOAD": "{work}/interposer.so"},
    ),
    Tool(
        "heaptrack",
        "heaptrack",
        PLAIN,
        EVERY,
        prefix=("heaptrack", "-o", "{out}/heaptrack"),
        short=True,
        talks=True,
        missing=program("heaptrack", "heaptrack"),
    ),
    Tool(
        "massif",
        "valgrind --tool=massif",
        PLAIN,
        EVERY,
        prefix=("valgrind", "-q", "--tool=massif", "--massif-out-file={out}/massif"),
        short=True,
        missing=program("valgrind", "valgrind"),
    ),
    Tool(
        "dhat",
        "valgrind --tool=dhat",
        PLAIN,
        EVERY,
        prefix=("valgrind", "-q", "--tool=dhat", "--dhat-out-file={out}/dhat"),
        short=True,
        missing=program("valgrind", "valgrind"),
    ),
    Tool(
        "memory-profile",
        "clang -fmemory-profile",
        LLVM,
        EVERY,
        environment={"MEMPROF_OPTIONS": "log_path={out}/memprof"},
        short=True,
        missing=no_llvm_runtime,
    ),
    Tool(
        "jemalloc",
        "jemalloc in place of the allocator, no profile",
        PLAIN,
        (ALLOC, REAL),
        environment={"LD_PRELOAD": JEMALLOC},
        short=True,
        missing=no_jemalloc,
    ),
    Tool(
        "jemalloc-prof",
        "jemalloc with profiling: a sample each 512 KiB",
        PLAIN,
        (ALLOC, REAL),
        environment={
            "LD_PRELOAD": JEMALLOC,
            "MALLOC_CONF": "prof:true,prof_final:true,prof_prefix:{out}/jemalloc",
        },
        short=True,
        missing=no_jemalloc,
    ),
)
