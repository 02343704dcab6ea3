"""The workloads that are real programs, from Debian source packages."""

REAL_WORKLOADS = ()
