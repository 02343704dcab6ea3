"""What was measured, as markdown and as JSON."""

import json

HEADINGS = (
    "workload",
    "tool",
    "time",
    "spread",
    "wall",
    "ns over bare",
    "peak memory",
    "output",
    "pairs",
)


def size(bytes_):
    for unit in ("B", "KiB", "MiB", "GiB"):
        if bytes_ < 1024 or unit == "GiB":
            return "%.*f %s" % (0 if unit == "B" else 1, bytes_, unit)
        bytes_ /= 1024


def cells(row):
    name = row["workload"] + (" (short)" if row["short"] else "")
    if "missing" in row:
        return (name, row["tool"], row["missing"], "", "", "", "", "", "")
    if row["tool"] == "bare":
        time, wall = "%.3f s" % row["cpu_s"], "%.3f s" % row["wall_s"]
        peak = size(row["peak_kib"] * 1024)
    else:
        time, wall = "%.2f" % row["cpu_ratio"], "%.2f" % row["wall_ratio"]
        peak = "%.2f" % row["peak_ratio"]
    over = row.get("ns_over_bare")
    return (
        name,
        row["tool"],
        time,
        "%.2f .. %.2f" % tuple(row["cpu_spread"]),
        wall,
        "" if over is None or row["tool"] == "bare" else "%.1f" % over,
        peak,
        size(row["written_bytes"]) if row["written_bytes"] else "",
        str(row["pairs"]),
    )


def escape(cell):
    return cell.replace("|", "\\|").replace("\n", " ")


def markdown_table(headings, rows):
    lines = [headings, ["---"] * len(headings)]
    lines += [[escape(cell) for cell in row] for row in rows]
    return "".join("| %s |\n" % " | ".join(line) for line in lines)


def figures(results):
    """The figures that are no row of the table, a line each, and the curves."""
    lines = []
    for name, found in results["figures"].items():
        if not isinstance(found, dict):
            lines.append("- %s: %s" % (name, found))
        elif name != "scaling":
            lines.append("- %s: %s" % (name, facts(found, "; ")))
    text = "".join(line + "\n" for line in lines)
    curves = results["figures"].get("scaling")
    for name, points in (curves if isinstance(curves, dict) else {}).items():
        text += "\n" + (points + "\n" if isinstance(points, str) else curve(name, points))
    return text


def facts(found, between):
    return between.join(
        "%s %s" % (key.replace("_", " "), fact(value)) for key, value in found.items()
    )


def fact(value):
    if isinstance(value, dict):
        return facts(value, ", ")
    if isinstance(value, float):
        return "%.3f" % value if value < 100 else "%.0f" % value
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def curve(name, points):
    headings = (name, "bare, ns", "awake, ns", "over bare, ns", "ratio")
    return markdown_table(
        headings,
        [
            (
                format(point["at"], ","),
                "%.1f" % point["bare_ns"],
                "%.1f" % point["awake_ns"],
                "%.1f" % (point["awake_ns"] - point["bare_ns"]),
                "%.2f" % point["ratio"],
            )
            for point in points
        ],
    )


def goals(results):
    headings = ("what", "goal", "measured", "")
    keys = ("what", "goal", "measured", "verdict")
    rows = [[goal[key] for key in keys] for goal in results["goals"]]
    return markdown_table(headings, rows)


def caption(results):
    how = "medians of %d pairs of runs, more where these differ, fewer where slow"
    return ("`%s` of %s on %s; " + how + ".\n") % (
        results["command"],
        results["date"],
        results["machine"],
        results["rounds"],
    )


def measurements(results):
    return markdown_table(HEADINGS, [cells(row) for row in results["rows"]])


def names(results):
    """What the names in the table stand for."""
    entries = [entry for table in results["names"].values() for entry in table.items()]
    return markdown_table(("name", "what"), [("`%s`" % n, text) for n, text in entries])


# The parts of docs/performance.md that are written, each between markers.
PARTS = {
    "caption": caption,
    "goals": goals,
    "measurements": measurements,
    "figures": figures,
    "names": names,
}


def markdown(results):
    """All of it, in one text."""
    return "\n".join(
        PARTS[part](results) for part in ("caption", "measurements", "figures", "goals")
    )


def rewrite(path, results):
    """Fills the parts of a page in, in place."""
    with open(path) as file:
        text = file.read()
    for part, write in PARTS.items():
        begin, end = "<!-- bench/run: %s -->\n" % part, "<!-- end -->"
        before, found, rest = text.partition(begin)
        _, also, after = rest.partition(end)
        if not found or not also:
            raise ValueError("no part '%s' in '%s'" % (part, path))
        text = before + begin + write(results) + end + after
    with open(path, "w") as file:
        file.write(text)


def write_json(path, results):
    with open(path, "w") as file:
        json.dump(results, file, indent=1)
        file.write("\n")
