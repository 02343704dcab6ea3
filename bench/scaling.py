"""The curves: what an event costs as threads, functions and live blocks grow."""

import os

from building import Failed
from measuring import last_line
from tools import ALLOC, TOOLS
from workload import Workload
from workloads import MICRO_WORKLOADS, build_micro, ring_words

FUNCTIONS, FILES = 10000, 10
AWAKE = next(tool for tool in TOOLS if tool.name == "awake")

# Pairs of malloc and free of a point of a curve, besides those of its live
# blocks; a tenth when quick.
PAIRS = 2000000

# Pairs of runs: the largest points take seconds each.
ROUNDS = 3


def write_functions(directory):
    """10,000 functions in ten files, and a table of them."""
    os.makedirs(directory, exist_ok=True)
    sources = []
    for start in range(0, FUNCTIONS, FUNCTIONS // FILES):
        sources.append(os.path.join(directory, "replace-%d.c" % start))
        with open(sources[-1], "w") as file:
            file.write("#include <stdlib.h>\n")
            for n in range(start, start + FUNCTIONS // FILES):
                file.write(
                    "void *replace_%d(void *block, size_t size) {\n"
                    "  free(block);\n"
                    "  return malloc(size);\n"
                    "}\n" % n
                )
    table = os.path.join(directory, "functions.c")
    with open(table, "w") as file:
        file.write("#include <stddef.h>\ntypedef void *replace(void *, size_t);\n")
        for n in range(FUNCTIONS):
            file.write("replace replace_%d;\n" % n)
        file.write("replace *const functions[] = {\n")
        file.writelines("  replace_%d,\n" % n for n in range(FUNCTIONS))
        file.write("};\n")
    return sources + [table]


def build_functions(workshop, workload, flavour):
    sources = write_functions(os.path.join(workshop.directory, "functions"))
    objects = workshop.objects(flavour, workload, sources)
    objects.append(workshop.source("functions.c"))
    return workshop.compile("functions", flavour, workload, objects)


def with_functions(count, pairs):
    return Workload(
        "functions",
        "%d marked functions" % count,
        ALLOC,
        build_functions,
        "replace_*",
        (str(count), str(pairs)),
        (),
        events=pairs,
    )


def with_blocks(count, pairs):
    # Blocks of 16..64 bytes: ten million of 512 would need 3 GiB.
    return Workload(
        "blocks",
        "%d live blocks" % count,
        ALLOC,
        build_micro,
        "ring_thread",
        ring_words(1, count, 64, pairs),
        (),
        events=count + pairs,
    )


def with_threads(count, pairs):
    rings = {workload.name: workload for workload in MICRO_WORKLOADS}
    return rings["ring"]._replace(
        name="threads",
        full=ring_words(count, 1024, 512, pairs),
        events=count * (1024 + pairs),
    )


# What grows, its points, the workload of a point.
CURVES = (
    ("threads", (1, 2), with_threads),
    ("marked functions", (10, 100, 1000, 10000), with_functions),
    ("live blocks", (1000, 10000, 100000, 1000000, 10000000), with_blocks),
)


def curve(bench, values, make, rounds, quick):
    """The points of one curve: time per event bare and awake, in ns."""
    points = []
    for value in values:
        pairs = PAIRS // 10 if quick else PAIRS
        workload = make(value, pairs)
        bench.expected.pop((workload.name, False), None)
        bare, awake = bench.compare(
            workload, [TOOLS[0], AWAKE], False, min(rounds, ROUNDS)
        )
        if "missing" in awake:
            raise Failed(awake["missing"])
        to_ns = 1e9 / workload.events
        points.append(
            {
                "at": value,
                "bare_ns": bare["cpu_s"] * to_ns,
                "awake_ns": awake["cpu_s"] * to_ns,
                "ratio": awake["cpu_ratio"],
            }
        )
    return points


def curves(bench, rounds, quick):
    """Every curve: name -> points, or why there is none."""
    found = {}
    for name, values, make in CURVES:
        try:
            found[name] = curve(bench, values, make, rounds, quick)
        except Failed as failure:
            found[name] = last_line(str(failure))
    return found
