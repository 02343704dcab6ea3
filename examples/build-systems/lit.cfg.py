"""lit .                            runs the test, asleep
lit --param limits=limits.ini .  the same, within the limits
PROFILE_MEMORY=1 lit -a .        the same, and shows the tables
"""

import os

import lit.formats

config.name = "words"
config.test_format = lit.formats.ShTest()
config.suffixes = [".test"]

# lit gives tests an environment of its own: what wakes MemProf is handed on.
for name, value in os.environ.items():
    if name.startswith("PROFILE_MEMORY"):
        config.environment[name] = value
if "limits" in lit_config.params:
    config.environment["PROFILE_MEMORY_CONFIG"] = os.path.abspath(
        lit_config.params["limits"]
    )
