"""judge.py BENCH WHAT: how bench/goals.py judges the goals whose name begins with
WHAT. Lines of the standard input:

    WORKLOAD TOOL RATIO          a row of the table: times bare
    WORKLOAD TOOL RATIO short    the same of the short input, bare a second
    count WORKLOAD TOOL RATIO    instructions
"""

import sys

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import goals

results = {"rows": [], "figures": {"instructions": {}}}
for words in map(str.split, sys.stdin):
    if words[0] == "count":
        counts = results["figures"]["instructions"].setdefault(words[1], {})
        counts[words[2]] = float(words[3])
        continue
    ratio = float(words[2])
    row = {"workload": words[0], "tool": words[1], "short": "short" in words[3:]}
    for clock in ("cpu", "wall"):
        row[clock + "_ratio"] = row[clock + "_s"] = ratio
        row[clock + "_over_s"], row[clock + "_start_s"] = ratio - 1, 0
    results["rows"].append(row)
for goal in goals.judged(results):
    if goal["what"].startswith(sys.argv[2]):
        print("%(what)s: %(goal)s: %(measured)s: %(verdict)s" % goal)
