"""What a workload is: how it is built, what is hot in it, its inputs.

`build` makes the program of one flavour (tools.py) and returns its path; it is
called once per flavour. In inputs {work} stands for the workshop's directory
and {source} for bench/. A full input takes half a second bare, a short one a
tenth: for tools that are slow.
"""

from typing import Callable, NamedTuple


class Workload(NamedTuple):
    name: str
    text: str  # what the table says of it
    kind: str  # tools.py
    build: Callable  # (workshop, workload, flavour) -> path of the program
    hot: str  # globs of the functions that flavour HOT marks
    full: tuple  # arguments
    short: tuple
    # What the measured part does, for figures per event: pairs of malloc and
    # free, calls; 0: nobody asks.
    events: int = 0
    outside: str = "elsewhere"  # globs of flavour OUTSIDE
    # The part of the program's output that is the same in every run.
    steady: Callable = lambda output: output
