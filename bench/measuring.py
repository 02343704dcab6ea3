"""Runs programs and compares them, each run with a bare one right beside it."""

import os
import shutil
import statistics
import subprocess
from typing import NamedTuple

from building import Failed
from tools import CALL, TOOLS
from workload import Workload

# Slow tools may take this long for one run, in seconds.
PATIENCE = 120

# A tool that took longer for a workload, in seconds, need not make all pairs;
# one that took much longer makes no more.
SLOW, LEAST_PAIRS, TOO_SLOW = 4, 3, 15

# One whose pairs differ makes more, up to so many times the rounds asked for,
# until their median is known to about this.
MORE, UNSURE = 4, 0.02


def build_empty(workshop, workload, flavour):
    return workshop.compile("empty", flavour, workload, [workshop.source("empty.c")])


EMPTY = Workload(
    "empty", "a program that does nothing", CALL, build_empty, "main", (), ()
)


class Run(NamedTuple):
    """What one run of a program took."""

    cpu: float  # user and system time, seconds
    wall: float
    peak: int  # KiB
    written: int  # bytes of files


def size_of(directory):
    return sum(
        os.path.getsize(os.path.join(where, name))
        for where, _, names in os.walk(directory)
        for name in names
    )


class Bench:
    """Runs (workload, tool) pairs in one workshop."""

    def __init__(self, workshop):
        self.workshop = workshop
        self.out = os.path.join(workshop.directory, "out")
        self.starts = {}  # tool -> what it takes for a program that does nothing
        self.expected = {}  # (workload, short) -> the bare program's output

    def fill_in(self, text):
        return (
            text.replace("{out}", self.out)
            .replace("{work}", self.workshop.directory)
            .replace("{source}", self.workshop.source(""))
        )

    def environment(self, tool):
        """This process's, without what would wake or steer a tool."""
        steering = ("PROFILE_MEMORY", "MALLOC_", "MEMPROF_OPTIONS", "LD_PRELOAD")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(steering)}
        kept["LC_ALL"] = "C.UTF-8"
        kept.update((k, self.fill_in(v)) for k, v in tool.environment.items())
        return kept

    def start_program(self, prefix, workload, tool, short):
        """Runs the words of `prefix` with a tool's program after them, to its
        end, in `out`."""
        os.makedirs(self.out, exist_ok=True)
        words = prefix + (self.workshop.program(workload, tool.flavour),)
        words += workload.short if short else workload.full
        return subprocess.run(
            [self.fill_in(word) for word in words],
            cwd=self.out,
            env=self.environment(tool),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=PATIENCE,
        )

    def run(self, workload, tool, short):
        """One run. Fails if the program does, or does not print what it prints
        bare."""
        shutil.rmtree(self.out, ignore_errors=True)
        numbers = os.path.join(self.workshop.directory, "numbers")
        prefix = (self.workshop.measure, numbers) + tool.prefix
        done = self.start_program(prefix, workload, tool, short)
        if done.returncode != 0:
            raise Failed(done.stderr.strip())
        with open(numbers) as file:
            user, system, wall, peak, status = map(int, file.read().split())
        if status != 0:
            said = done.stderr.strip().splitlines() or [""]
            raise Failed("exit %d: %s" % (status, said[0]))
        self.check_output(workload, tool, short, workload.steady(done.stdout))
        return Run((user + system) / 1e6, wall / 1e6, peak, size_of(self.out))

    def check_output(self, workload, tool, short, output):
        expected = self.expected.setdefault((workload.name, short), output)
        if output != expected and not (tool.talks and expected in output):
            raise Failed("another output than bare: %r" % output[-200:])

    def compare(self, workload, chosen, short, rounds):
        """Runs tools beside bare: A B A B. Returns a row (below) for each."""
        self.run(workload, TOOLS[0], short)  # the first fills caches
        trials = [Trial(tool) for tool in chosen]
        while waiting := [trial for trial in trials if trial.goes_on(rounds)]:
            # One bare run stands between two tools, beside both. Bare has one
            # beside it too: the noise.
            for two in zip(waiting[::2], waiting[1::2] + [None]):
                before = self.attempt(workload, two[0], short)
                bare = self.run(workload, TOOLS[0], short)
                after = self.attempt(workload, two[1], short) if two[1] else None
                for trial, run in zip(two, (before, after)):
                    if run:
                        trial.pairs.append((bare, run))
        starts = {t.name: self.start(t) for t in chosen if t.short}
        return [
            row(workload, t.tool, short, t.pairs, t.missing, starts.get(t.tool.name))
            for t in trials
        ]

    def attempt(self, workload, trial, short):
        """A run, or None: then the trial says why."""
        try:
            return self.run(workload, trial.tool, short)
        except subprocess.TimeoutExpired:
            trial.missing = "more than %d s" % PATIENCE
        except Failed as failure:
            trial.missing = last_line(str(failure))

    def start(self, tool):
        """What a slow tool takes for a program that does nothing, so that a
        short input is not held against it: a Run, or None if it failed."""
        if tool.name not in self.starts:
            trial = Trial(tool)
            self.run(EMPTY, TOOLS[0], False)  # what it prints: nothing
            runs = [self.attempt(EMPTY, trial, False) for _ in range(3)]
            fastest = None if trial.missing else min(runs, key=lambda run: run.cpu)
            self.starts[tool.name] = fastest
        return self.starts[tool.name]


class Trial:
    """A tool on a workload, as far as it went."""

    def __init__(self, tool):
        self.tool = tool
        self.pairs = []  # (bare, tool), each a Run
        self.missing = None  # why it does not go on

    def goes_on(self, rounds):
        took = sum(run.wall for _, run in self.pairs)
        if self.missing or took > (SLOW if len(self.pairs) >= LEAST_PAIRS else TOO_SLOW):
            return False
        return len(self.pairs) < rounds or (
            len(self.pairs) < MORE * rounds and self.is_unsure()
        )

    def is_unsure(self):
        """Whether the median of the ratios may be off: by its standard error,
        which is close to this of the quartiles."""
        if len(self.pairs) < LEAST_PAIRS:
            return False
        ratios = [run.cpu / bare.cpu for bare, run in self.pairs]
        low, median, high = statistics.quantiles(ratios, n=4)
        return high - low > UNSURE * median * len(ratios) ** 0.5


def last_line(text):
    return (text.strip().splitlines() or [""])[-1]


def row(workload, tool, short, pairs, missing=None, start=None):
    """A line of the table, and an entry of the JSON: what `tool` took for
    `workload`. `missing` says why nothing else is there; `start` is the Run of
    a program that does nothing."""
    line = {"workload": workload.name, "tool": tool.name, "short": short}
    if missing or not pairs:
        return dict(line, missing=missing or "not run")
    for name in ("cpu", "wall"):
        ratios = [getattr(b, name) / getattr(a, name) for a, b in pairs]
        line[name + "_ratio"] = statistics.median(ratios)
        line[name + "_spread"] = [min(ratios), max(ratios)]
        line[name + "_s"] = statistics.median(getattr(b, name) for a, b in pairs)
        # Seconds over bare: the median of differences, as the ratio is of ratios.
        over = [getattr(b, name) - getattr(a, name) for a, b in pairs]
        line[name + "_over_s"] = statistics.median(over)
        line[name + "_start_s"] = getattr(start, name) if start else 0
    line["peak_ratio"] = statistics.median(b.peak / a.peak for a, b in pairs)
    line["peak_over_kib"] = statistics.median(b.peak - a.peak for a, b in pairs)
    line["peak_kib"] = max(b.peak for a, b in pairs)
    line["written_bytes"] = max(b.written for a, b in pairs)
    line["pairs"] = len(pairs)
    if workload.events and not short:
        line["ns_over_bare"] = line["cpu_over_s"] * 1e9 / workload.events
    return line
