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
)


def size(bytes_):
    for unit in ("B", "KiB", "MiB", "GiB"):
        if bytes_ < 1024 or unit == "GiB":
            return "%.*f %s" % (0 if unit == "B" else 1, bytes_, unit)
        bytes_ /= 1024


def cells(row):
    name = row["workload"] + (" (short)" if row["short"] else "")
    if "missing" in row:
        return (name, row["tool"], row["missing"], "", "", "", "", "")
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
    )


def escape(cell):
    return cell.replace("|", "\\|").replace("\n", " ")


def markdown_table(headings, rows):
    lines = [headings, ["---"] * len(headings)]
    lines += [[escape(cell) for cell in row] for row in rows]
    return "".join("| %s |\n" % " | ".join(line) for line in lines)


def markdown(results):
    return markdown_table(HEADINGS, [cells(row) for row in results["rows"]])


def write_json(path, results):
    with open(path, "w") as file:
        json.dump(results, file, indent=1)
        file.write("\n")
