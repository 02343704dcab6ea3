"""The workloads, one table."""

from real import REAL_WORKLOADS
from tools import ALLOC, CALL, LOOP
from workload import Workload


def build_micro(workshop, workload, flavour):
    return workshop.compile(
        "micro", flavour, workload, [workshop.source("micro.c")], ["-pthread"]
    )


def ring(name, text, threads, live, largest, pairs, short):
    words = ("ring", str(threads), str(live), str(largest))
    return Workload(
        name,
        text,
        ALLOC,
        build_micro,
        "ring_thread",
        words + (str(pairs),),
        words + (str(short),),
        events=threads * pairs,
    )


MICRO_WORKLOADS = (
    ring("ring", "1,024 live blocks of 16..512 bytes", 1, 1024, 512, 15000000, 1000000),
    ring("ring-2-threads", "the same in each of two threads", 2, 1024, 512, 15000000, 1000000),
    ring("live-1m", "1,000,000 live blocks of 16..512 bytes", 1, 1000000, 512, 2000000, 200000),
    ring("live-1m-small", "1,000,000 live blocks of 16..64 bytes", 1, 1000000, 64, 2000000, 200000),
    Workload(
        "crossed",
        "two threads, each releases the other's blocks",
        ALLOC,
        build_micro,
        "side_thread",
        ("crossed", "300"),
        ("crossed", "30"),
        events=2 * 8192 * 300,
    ),
    Workload(
        "calls",
        "calls of a function of five instructions that is inlined",
        CALL,
        build_micro,
        "step",
        ("calls", "200000000"),
        ("calls", "20000000"),
        events=200000000,
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
        ("product", "150"),
        ("product", "15"),
    ),
)

WORKLOADS = MICRO_WORKLOADS + REAL_WORKLOADS
