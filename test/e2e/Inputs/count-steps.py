# count-steps.py - run inside gdb: steps through every function whose name is in
# STEP_FUNCTIONS and writes "line stops" for each line at which the debugger
# stopped, sorted, to STEP_OUTPUT. Two stops in a row on one line are one arrival:
# the debugger stops again where code without a line lies in between.
import collections
import os

import gdb

gdb.execute("set pagination off")
gdb.execute("set confirm off")
gdb.execute("set breakpoint pending off")
names = os.environ["STEP_FUNCTIONS"].split()
for name in names:
    gdb.execute("break " + name)
stops = collections.Counter()
gdb.execute("run > /dev/null")
while gdb.selected_inferior().pid:
    frame = gdb.newest_frame()
    function = frame.name()
    if not any(function == n or function.startswith(n + "(") for n in names):
        gdb.execute("continue")
        continue
    level = frame.older().read_register("rsp")
    line = frame.find_sal().line
    stops[line] += 1
    while True:
        gdb.execute("next")
        if not gdb.selected_inferior().pid:
            break
        frame = gdb.newest_frame()
        if frame.name() != function or frame.older().read_register("rsp") != level:
            gdb.execute("continue")
            break
        if frame.find_sal().line != line:
            line = frame.find_sal().line
            stops[line] += 1
with open(os.environ["STEP_OUTPUT"], "w") as out:
    for line in sorted(stops):
        out.write("%d %d\n" % (line, stops[line]))
