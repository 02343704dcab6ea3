"""Runs programs and compares them, each run with a bare one right beside it."""

import os
import shutil
import statistics
import subprocess
from typing import NamedTuple

from building import Failed
from tools import TOOLS

# Slow tools may take this long for one run, in seconds.
PATIENCE = 120


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

    def run(self, workload, tool, short):
        """One run. Fails if the program does, or does not print what it prints
        bare."""
        program = self.workshop.program(workload, tool.flavour)
        shutil.rmtree(self.out, ignore_errors=True)
        os.makedirs(self.out)
        numbers = os.path.join(self.workshop.directory, "numbers")
        arguments = workload.short if short else workload.full
        words = [self.workshop.measure, numbers]
        words += [self.fill_in(word) for word in tool.prefix]
        words += [program] + [self.fill_in(word) for word in arguments]
        done = subprocess.run(
            words,
            cwd=self.out,
            env=self.environment(tool),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=PATIENCE,
        )
        if done.returncode != 0:
            raise Failed(done.stderr.strip())
        with open(numbers) as file:
            user, system, wall, peak, status = map(int, file.read().split())
        if status != 0:
            raise Failed("exit %d: %s" % (status, last_line(done.stderr)))
        self.check_output(workload, tool, short, workload.steady(done.stdout))
        return Run((user + system) / 1e6, wall / 1e6, peak, size_of(self.out))

    def check_output(self, workload, tool, short, output):
        expected = self.expected.setdefault((workload.name, short), output)
        if output != expected and not (tool.talks and expected in output):
            raise Failed("another output than bare: %r" % output[-200:])

    def compare(self, workload, chosen, short, rounds):
        """Runs tools beside bare: A B A B. Returns a row (below) for each."""
        bare = TOOLS[0]
        pairs = {tool.name: [] for tool in chosen}
        failed = {}
        self.run(workload, bare, short)  # the first fills caches
        for _ in range(rounds):
            for tool in chosen:
                if tool.name in failed:
                    continue
                try:
                    # Bare has a bare run beside it too: the noise.
                    beside = self.run(workload, bare, short)
                    pairs[tool.name].append((beside, self.run(workload, tool, short)))
                except subprocess.TimeoutExpired:
                    failed[tool.name] = "more than %d s" % PATIENCE
                except Failed as failure:
                    failed[tool.name] = last_line(str(failure))
        return [
            row(workload, tool, short, pairs[tool.name], failed.get(tool.name))
            for tool in chosen
        ]


def last_line(text):
    return (text.strip().splitlines() or [""])[-1]


def row(workload, tool, short, pairs, missing=None):
    """A line of the table, and an entry of the JSON: what `tool` took for
    `workload`. `missing` says why nothing else is there."""
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
    line["peak_ratio"] = statistics.median(b.peak / a.peak for a, b in pairs)
    line["peak_over_kib"] = statistics.median(b.peak - a.peak for a, b in pairs)
    line["peak_kib"] = max(b.peak for a, b in pairs)
    line["written_bytes"] = max(b.written for a, b in pairs)
    line["pairs"] = len(pairs)
    if workload.events and not short:
        line["ns_over_bare"] = line["cpu_over_s"] * 1e9 / workload.events
    return line
