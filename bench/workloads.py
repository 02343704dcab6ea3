"""The workloads, one table."""

from real import REAL_WORKLOADS
from tools import ALLOC, CALL, LOOP
from workload import Workload


def build_micro(workshop, workload, flavour):
    return workshop.compile(
        "micro", flavour, workload, [workshop.source("micro.c")], ["-pthread"]
    )


def ring_words(*numbers):
    return ("ring",) + tuple(map(str, numbers))


def ring(name, text, threads, live, largest, pairs):
    """A short one has a tenth of it all, but not fewer than 1,024 live blocks."""
    return Workload(
        name,
        text,
        ALLOC,
        build_micro,
        "ring_thread",
        ring_words(threads, live, largest, pairs),
        ring_words(threads, max(live // 10, 1024), largest, pairs // 10),
        events=threads * (live + pairs),
    )


MICRO_WORKLOADS = (
    ring("ring", "1,024 live blocks of 16..512 bytes", 1, 1024, 512, 10000000),
    ring("ring-2-threads", "the same in each of two threads", 2, 1024, 512, 10000000),
    ring("live-1m", "1,000,000 live blocks of 16..512 bytes", 1, 1000000, 512, 2000000),
    ring("live-1m-small", "1,000,000 live blocks of 16..64 bytes", 1, 1000000, 64, 2000000),
    Workload(
        "crossed",
        "two threads, each releases the other's blocks",
        ALLOC,
        build_micro,
        "side_thread",
        ("crossed", "200"),
        ("crossed", "20"),
        events=2 * 8192 * 200,
    ),
    Workload(
        "calls",
        "calls of a function of five instructions that is inlined",
        CALL,
        build_micro,
        "step",
        ("calls", "100000000"),
        ("calls", "10000000"),
        events=100000000,
    ),
    Workload(
        "far-calls",
        "calls of such a function that is not inlined",
        CALL,
        build_micro,
        "far_step",
        ("far-calls", "100000000"),
        ("far-calls", "10000000"),
        events=100000000,
    ),
    Workload(
        "product",
        "a product of matrices, in a marked function without calls",
        LOOP,
        build_micro,
        "multiply",
        ("product", "100"),
        ("product", "10"),
    ),
)

WORKLOADS = MICRO_WORKLOADS + REAL_WORKLOADS
