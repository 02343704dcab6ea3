"""sum-handled.py REPORT: of signals-at-random.c, adds up that no call is lost
without a word: the work's are all there, a handler's or a dropped one's is one
of 42."""

import re
import sys

text = open(sys.argv[1]).read()
handled, rounds = map(int, re.search(r"handled (\d+) rounds (\d+)", text).groups())


def function(name):
    calls, allocs = re.search(
        r"Function: %s \((\d+) calls?, (\d+) alloc" % name, text
    ).groups()
    return int(calls), int(allocs)


said = re.search(r"(\d+) calls? (?:was|were) not measured", text)
dropped = int(said.group(1)) if said else 0
assert function("works") == (rounds, rounds * 30000), (function("works"), rounds)
assert function("work") == (rounds * 30000, rounds * 30000), function("work")
measured = function("tick")[0] + function("inner_tick")[0]
assert measured + dropped == 42 * handled, (measured, dropped, handled)
