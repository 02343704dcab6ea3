"""What is measured once, not under every tool: starting, fixed memory, compile
time and code size, the machine code of a loop. Each figure is a dictionary of
numbers; FIGURES at the end is the table of them."""

import concurrent.futures
import json
import os
import re
import statistics
import subprocess
import sys
import time
from typing import Callable, NamedTuple

import scaling
from building import ROOT, Failed, command
from measuring import EMPTY
from real import REAL_WORKLOADS
from tools import ALL, HOT, LOOP, PLAIN, TOOLS
from workloads import MICRO_WORKLOADS

# No pair of compilations begins after this time.
COMPILE_SECONDS = 45

# Of hooks.c: what goals are about.
HOOKS = ("call_inlined", "call_far", "under_pair", "outside_pair")

# Whose instructions are counted: a clock does not tell what is asleep from bare,
# nor whether a limit near what was measured is kept.
COUNTED = (
    (REAL_WORKLOADS, ("asleep", "asleep-all", "awake", "awake-main")),
    ([w for w in MICRO_WORKLOADS if w.kind == LOOP], ("asleep", "asleep-all", "awake")),
)

BY_WORKLOAD = {workload.name: workload for workload in MICRO_WORKLOADS}
BY_NAME = {tool.name: tool for tool in TOOLS}


def start_up(bench, rounds, quick):
    """Time and memory of an empty program over those of a bare one; files that
    it opens besides."""
    figure = {}
    times = 20 if quick else 200
    for name in ("asleep", "awake"):
        row = bench.compare(EMPTY, [BY_NAME[name]], False, times)[0]
        if "missing" in row:
            raise Failed(row["missing"])
        figure[name + "_us"] = row["wall_over_s"] * 1e6
        figure[name + "_over_kib"] = row["peak_over_kib"]
    bare, ours = (opened(bench, flavour) for flavour in (PLAIN, HOT))
    figure["opened"] = sorted(ours - bare)
    return figure


def opened(bench, flavour):
    """Files that an empty program opens or tries to, but for libraries."""
    program = bench.workshop.program(EMPTY, flavour)
    log = os.path.join(bench.workshop.directory, "strace")
    command(
        ["strace", "-f", "-e", "trace=open,openat,openat2", "-o", log, program],
        cwd=bench.workshop.directory,
        env=bench.environment(TOOLS[0]),
    )
    with open(log) as file:
        paths = set(re.findall(r'open(?:at2?)?\(.*?"(.*?)"', file.read()))
    return {path for path in paths if ".so" not in path}


def compile_time(bench, rounds, quick):
    """Compiling SQLite with every function selected, over plain clang."""
    workshop = bench.workshop
    source = workshop.debian_source("sqlite3")
    directory = os.path.join(workshop.directory, "amalgamation")
    os.makedirs(directory, exist_ok=True)
    clang = os.path.join(workshop.llvm_bin, "clang")
    words = ["make", "-s", "-f", source + "/main.mk", "TOP=" + source, "NAWK=awk"]
    command(words + ["TCC=" + clang, "BCC=" + clang, "sqlite3.c"], cwd=directory)
    seconds = {PLAIN: [], ALL: []}
    end = time.monotonic() + COMPILE_SECONDS
    while len(seconds[ALL]) < rounds and (not seconds[ALL] or time.monotonic() < end):
        for flavour in seconds:
            words = workshop.compiler(flavour, EMPTY) + ["-w", "-c", "sqlite3.c"]
            words += ["-O0"] if quick else []
            took = cpu_of(bench, words + ["-o", flavour + ".o"], directory)
            seconds[flavour].append(took)
    plain, every = (
        sections(os.path.join(directory, flavour + ".o")) for flavour in seconds
    )
    pairs = zip(seconds[ALL], seconds[PLAIN])
    return {
        "pairs": len(seconds[ALL]),
        "plain_s": statistics.median(seconds[PLAIN]),
        "ratio": statistics.median(ours / bare for ours, bare in pairs),
        "code_ratio": every[0] / plain[0],
        "data_ratio": every[1] / plain[1],
    }


def cpu_of(bench, words, directory):
    numbers = os.path.join(bench.workshop.directory, "numbers")
    command([bench.workshop.measure, numbers] + words, cwd=directory)
    with open(numbers) as file:
        user, system, _, _, status = map(int, file.read().split())
    if status != 0:
        raise Failed("%s: exit %d" % (" ".join(words), status))
    return (user + system) / 1e6


def sections(path):
    """Bytes of code, and of all else that is loaded, of an object file."""
    code, rest = 0, 0
    kinds = r"^ *\d+ \S+ +([0-9a-f]+) .*\n +(.*)$"
    for size, flags in re.findall(kinds, command(["objdump", "-h", path]), re.M):
        if "CODE" in flags:
            code += int(size, 16)
        elif "ALLOC" in flags:
            rest += int(size, 16)
    return code, rest


def machine_code(bench, rounds, quick):
    """Whether the loop's code asleep is that of bare, with the dispatch in
    front, and whether a small marked function is still inlined."""
    workshop, paths = bench.workshop, {}
    for name in ("product", "calls"):
        for flavour in (PLAIN, HOT):
            path = os.path.join(workshop.directory, "%s-%s.o" % (name, flavour))
            words = workshop.compiler(flavour, BY_WORKLOAD[name])
            command(words + ["-c", workshop.source("micro.c"), "-o", path])
            paths[name, flavour] = path
    script = os.path.join(ROOT, "test", "e2e", "Inputs", "same-code.py")
    objdump = os.path.join(workshop.llvm_bin, "llvm-objdump")
    same = subprocess.run(
        [sys.executable, script, objdump, paths["product", PLAIN]]
        + [paths["product", HOT], "--dispatched", "multiply"],
        stdout=subprocess.DEVNULL,
    )
    code = command([objdump, "-d", "-r", paths["calls", HOT]])
    return {
        "loop_is_same": same.returncode == 0,
        "is_inlined": not re.search(r"call.*<step>|R_X86_64_PLT32\tstep\b", code),
    }


def instructions(bench, rounds, quick):
    """Instructions over bare's, which no noise changes: of hooks, and of whole
    programs as a ratio."""
    words = [sys.executable, bench.workshop.source("hooks"), "--json"]
    environment = dict(os.environ, MEMPROF_BUILD=bench.workshop.tree)
    hooks = command(words + ["--only", ",".join(HOOKS)], env=environment)
    found = {
        row["hook"]: {state: row[state] for state in ("asleep", "awake")}
        for row in json.loads(hooks)
    }
    jobs = [
        (workload, tool)
        for workloads, tools in (() if quick else COUNTED)
        for workload in workloads
        for tool in ("bare",) + tools
    ]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        counts = dict(zip(jobs, pool.map(lambda job: counted(bench, *job), jobs)))
    for (workload, tool), count in counts.items():
        bare = counts[workload, "bare"]
        if tool != "bare" and bare and count:
            found.setdefault(workload.name, {})[tool] = count / bare
    return found


def counted(bench, workload, name):
    """Instructions of a short run, or None."""
    words = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
    try:
        done = bench.start_program(words, workload, BY_NAME[name], True)
    except (Failed, subprocess.TimeoutExpired):
        return None
    collected = re.search(r"Collected : (\d+)", done.stderr)
    return int(collected.group(1)) if done.returncode == 0 and collected else None


class Figure(NamedTuple):
    name: str
    text: str  # what the table says of it
    measure: Callable  # (bench, rounds, quick) -> a dictionary, or Failed


FIGURES = (
    Figure("instructions", "of hooks and programs, over bare", instructions),
    Figure("start-up", "starting an empty program, and its memory", start_up),
    Figure("compile-time", "compiling SQLite with every function marked", compile_time),
    Figure("machine-code", "the code of a loop and of a small function", machine_code),
    Figure("scaling", "curves over threads, functions and live blocks", scaling.curves),
)
