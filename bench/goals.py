"""The goals, one table: what is asked, and how the figures of a run answer.

A judge takes the results of a run and returns what was measured and whether
that is enough; None where this run measured too little to tell.
"""

from tools import ALLOC, CALL, REAL
from workloads import WORKLOADS

# What two runs of the same program differ by.
NOISE = 0.05

PEERS = ("heaptrack", "massif", "dhat", "memory-profile")


def find(results, workload, tool, short=False):
    for row in results["rows"]:
        if (row["workload"], row["tool"], row["short"]) == (workload, tool, short):
            return None if "missing" in row else row
    return None


def names(kind):
    return [workload.name for workload in WORKLOADS if workload.kind == kind]


def at_most(limit, unit, measured, digits=2):
    """Judges the worst of {label: value}."""
    if not measured:
        return None
    worst = max(measured, key=measured.get)
    text = "%.*f%s" % (1 if unit else digits, measured[worst], unit)
    if len(measured) > 1:
        text += " (the worst of %d: %s)" % (len(measured), worst)
    return text, measured[worst] <= limit


def ratios(tool, workloads, limit, key):
    """At most `limit` times bare on each of the workloads."""

    def judge(results):
        rows = {name: find(results, name, tool) for name in workloads}
        return at_most(limit, "", {n: r[key] for n, r in rows.items() if r})

    return judge


def is_near(ratio, limit):
    """Whether noise may decide; of a program that seems to be faster for being
    profiled it is all noise."""
    return abs(max(ratio, 1) - limit) < NOISE * limit


def times(tool, workloads, limit):
    """The same of processor time; where that is near the limit, instructions
    decide."""
    by_time = ratios(tool, workloads, limit, "cpu_ratio")

    def judge(results):
        answer = by_time(results)
        if not answer:
            return None
        found = results["figures"].get("instructions")
        found = found if isinstance(found, dict) else {}
        counts, over = {}, []
        for name in workloads:
            row, count = find(results, name, tool), found.get(name, {}).get(tool)
            if count is not None:
                counts[name] = count
            if not row:
                continue
            if count is not None and is_near(row["cpu_ratio"], limit):
                if count > limit:
                    over.append("%s by instructions, %.3f" % (name, count))
            elif row["cpu_ratio"] > limit:
                over.append("%s by time, %.2f" % (name, row["cpu_ratio"]))
        text = answer[0]
        if counts:
            text += "; instructions " + at_most(limit, "", counts, 3)[0]
        if over and len(workloads) > 1:
            text += "; more: " + ", ".join(over)
        return text, not over

    return judge


def nanoseconds(tool, workloads, limit):
    """At most `limit` ns over bare per event on each of the workloads."""

    def judge(results):
        rows = {name: find(results, name, tool) for name in workloads}
        over = {n: r["ns_over_bare"] for n, r in rows.items() if r}
        return at_most(limit, " ns", over)

    return judge


def call_asleep(results):
    """At most 1 ns over bare, or 3 instructions."""
    answer = nanoseconds("asleep", names(CALL), 1)(results)
    found = results["figures"].get("instructions")
    if not answer or not isinstance(found, dict):
        return answer
    added = max(found[hook]["asleep"] for hook in found if hook.startswith("call of"))
    return "%s; %.1f instructions" % (answer[0], added), answer[1] or added <= 3


def over_interposer(tool, workload, limit):
    def judge(results):
        ours = find(results, workload, tool)
        floor = find(results, workload, "interposer")
        if ours and floor:
            return at_most(limit, "", {"": ours["cpu_ratio"] / floor["cpu_ratio"]})

    return judge


def figure(name, *checks):
    """Each check of a figure, (text of the value, whether it is enough)."""

    def judge(results):
        found = results["figures"].get(name)
        if not isinstance(found, dict):
            return None
        answers = [check(found) for check in checks]
        return ", ".join(text for text, _ in answers), all(ok for _, ok in answers)

    return judge


def overhead(row):
    """What a tool adds, in bare runs, without what it takes to start; of its
    two times the better one."""
    return min(
        (row[clock + "_over_s"] - row[clock + "_start_s"])
        / (row[clock + "_s"] - row[clock + "_over_s"])
        for clock in ("cpu", "wall")
    )


def beside_peers(results, kinds):
    """For each workload: name, our overhead, that of the best peer, the peer."""
    for name in (name for kind in kinds for name in names(kind)):
        ours = find(results, name, "awake", True)
        peers = {peer: find(results, name, peer, True) for peer in PEERS}
        peers = {peer: overhead(row) for peer, row in peers.items() if row}
        if ours and peers:
            best = min(peers, key=peers.get)
            yield name, ours["cpu_ratio"] - 1, peers[best], best


def peers_on(kinds, factor):
    """Our overhead at most a `factor`-th of the best peer's, or noise."""

    def judge(results):
        found = list(beside_peers(results, kinds))
        if not found:
            return None
        behind = []
        for name, ours, theirs, peer in found:
            if ours < NOISE or theirs >= factor * ours:
                continue
            # noise is no overhead, and is divided by nothing
            less = "noise" if theirs < NOISE else "%.1f times ours" % (theirs / ours)
            behind.append("%s: %s's is %s" % (name, peer, less))
        text = "%d of %d" % (len(found) - len(behind), len(found))
        return "; ".join([text] + behind), not behind

    return judge


def flat(curve, limit):
    """What the last point of a curve adds to bare, over the first's; cold
    memory is no part of it, as bare touches it too."""

    def judge(results):
        points = (results["figures"].get("scaling") or {}).get(curve)
        if not isinstance(points, list) or not points:
            return None
        over = [point["awake_ns"] - point["bare_ns"] for point in points]
        ends = "%.0f ns over bare at %s, %.0f at %s" % (
            over[0],
            format(points[0]["at"], ","),
            over[-1],
            format(points[-1]["at"], ","),
        )
        return ends, over[-1] <= limit * max(over[0], 1)

    return judge


def opened(found):
    besides = [p for p in found["opened"] if not p.endswith("profile_config.ini")]
    return ", ".join(besides) or "no other file", not besides


RINGS = ("ring", "ring-2-threads")

# What, the goal, the judge.
GOALS = (
    ("asleep, real programs, hot functions marked", "≤ 1.01", times("asleep", names(REAL), 1.01)),
    ("asleep, real programs, every function marked", "≤ 1.03", times("asleep-all", names(REAL), 1.03)),
    ("asleep, marked function of a few instructions, per call", "≤ 1 ns or 3 instructions", call_asleep),
    (
        "asleep: such a function is still inlined; a loop's code is that of bare",
        "both",
        figure(
            "machine-code",
            lambda found: ("inlined" if found["is_inlined"] else "a call", found["is_inlined"]),
            lambda found: ("the same" if found["loop_is_same"] else "another", found["loop_is_same"]),
        ),
    ),
    ("asleep, loop-bound marked function", "1.00", times("asleep", ("product",), 1.005)),
    ("asleep, per pair of malloc and free", "≤ 2 ns", nanoseconds("asleep", RINGS, 2)),
    ("awake, allocations outside marked functions", "≤ 1.10", times("awake-outside", RINGS, 1.10)),
    ("awake, allocations under a marked function, 1,024 live blocks, 1 thread", "≤ 1.5", times("awake", RINGS[:1], 1.5)),
    ("the same, 2 threads", "≤ 1.5", times("awake", RINGS[1:], 1.5)),
    ("the same, 1,000,000 live blocks", "≤ 1.6", times("awake", ("live-1m",), 1.6)),
    (
        "awake, 1,000,000 live blocks outside marked functions",
        "≤ 1.15 × the interposer",
        over_interposer("awake-outside", "live-1m", 1.15),
    ),
    ("awake, per call of a marked function", "≤ 10 ns", nanoseconds("awake", names(CALL), 10)),
    ("awake, loop-bound marked function", "≤ 1.10", times("awake", ("product",), 1.10)),
    ("awake, real programs, hot functions marked", "≤ 1.10", times("awake", names(REAL), 1.10)),
    ("awake, real programs, every function marked", "≤ 2.0", times("awake-all", names(REAL), 2.0)),
    ("awake, real programs, `main` marked", "≤ 1.25", times("awake-main", names(REAL), 1.25)),
    ("overhead of the best peer, allocations", "≥ 10 times ours", peers_on((ALLOC,), 10)),
    ("overhead of the best peer, all workloads", "≥ ours", peers_on((ALLOC, CALL, "loop", REAL), 1)),
    (
        "peak memory, 1,000,000 live blocks of 16..512 bytes",
        "≤ 1.3",
        ratios("awake", ("live-1m",), 1.3, "peak_ratio"),
    ),
    (
        "peak memory, 1,000,000 live blocks of 16..64 bytes",
        "≤ 1.5",
        ratios("awake", ("live-1m-small",), 1.5, "peak_ratio"),
    ),
    (
        "fixed memory, awake",
        "≤ 4 MiB",
        figure(
            "start-up",
            lambda found: ("%.1f MiB" % (found["awake_over_kib"] / 1024), found["awake_over_kib"] <= 4096),
        ),
    ),
    ("scaling, 1 to 2 threads", "flat (≤ 1.2 ×)", flat("threads", 1.2)),
    ("scaling, 10 to 10,000 marked functions", "flat but for caches (≤ 3 ×)", flat("marked functions", 3)),
    ("scaling, 1 thousand to 10 million live blocks", "flat but for caches (≤ 3 ×)", flat("live blocks", 3)),
    (
        "compiling SQLite, every function selected",
        "≤ 1.05",
        figure(
            "compile-time",
            lambda found: ("%.2f" % found["ratio"], found["ratio"] <= 1.05),
            lambda found: ("code %.2f ×" % found["code_ratio"], True),
        ),
    ),
    (
        "starting, asleep",
        "≤ 200 µs, no file but the ini",
        figure(
            "start-up",
            lambda found: ("%.0f µs" % found["asleep_us"], found["asleep_us"] <= 200),
            opened,
        ),
    ),
)


def judged(results):
    """A row for each goal: what, goal, measured, met / not met / not run."""
    rows = []
    for what, goal, judge in GOALS:
        answer = judge(results)
        measured, verdict = "", "not run"
        if answer:
            measured, verdict = answer[0], "met" if answer[1] else "**not met**"
        rows.append({"what": what, "goal": goal, "measured": measured, "verdict": verdict})
    return rows
