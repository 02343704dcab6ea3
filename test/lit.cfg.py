"""How the tests run: lit's configuration, with the words tests may use.

Run from the build tree (`cmake --build build --target check`), which tells what
it found through lit.site.cfg.py. Some tests: `build/test/lit -v build/test
--filter recursion`, in a tree that is built.
"""

import os
import sys

import lit.formats

config.name = "MemProf with LLVM " + config.llvm_major
config.test_source_root = os.path.dirname(__file__)
config.suffixes = [".c", ".cpp", ".ll", ".test"]
config.excludes = ["Inputs"]
# A shell of its own: the tests loop, change directory and set variables.
config.test_format = lit.formats.ShTest(execute_external=True)

config.available_features.add("llvm-" + config.llvm_major)
if os.environ.get("MEMPROF_OTHER_BUILDS"):
    config.available_features.add("other-builds")
if os.environ.get("MEMPROF_REAL_LEVELS"):
    config.available_features.add("real-levels")
if os.environ.get("MEMPROF_CLEAN_ROOT"):
    config.available_features.add("clean-root")
if config.sanitize:
    config.available_features.add("sanitize-" + config.sanitize.split(",")[0])

# `--param tree=DIR` tests another build tree, `--param preload=LIBRARY` puts a
# library before the runtime's: test/mutation breaks things on purpose. `--param
# tool=PROGRAM` is the `memprof` to test, for one that a sanitizer watches.
source = config.memprof_source
build = lit_config.params.get("tree", config.memprof_build)
lib = os.path.join(build, "lib")
plugin = "%s/memprof/llvm-%s/MemProfPass.so" % (lib, config.llvm_major)

# The programs of this LLVM first: FileCheck, not and count have no names with a
# version everywhere.
environment = config.environment
environment["PATH"] = os.pathsep.join([config.llvm_bin, environment["PATH"]])
environment["LC_ALL"] = "C.UTF-8"
for name in ("PROFILE_MEMORY", "PROFILE_MEMORY_OPTIONS", "PROFILE_MEMORY_CONFIG"):
    environment.pop(name, None)
# Variables of MEMPROF_ make a test do more than it does in CI: the test says which.
for name in os.environ:
    if name.startswith("MEMPROF_") or name in ("HOME", "ASAN_OPTIONS", "http_proxy", "https_proxy", "no_proxy"):
        environment[name] = os.environ[name]
environment.setdefault("MEMPROF_SOURCES", os.path.join(config.memprof_build, "sources"))
# test/mutation/run: a library in front of the runtime, which disables a hook.
if "preload" in lit_config.params:
    environment["LD_PRELOAD"] = lit_config.params["preload"]


def quoted(path):
    return "'%s'" % path if " " in path else path


def tool(name):
    return quoted(os.path.join(config.llvm_bin, name))


def driver(name):
    return quoted("%s/bin/%s-%s" % (build, name, config.llvm_major))


host = "-std=gnu11 -g -O1 -Wall -Wextra -pthread -ftls-model=initial-exec"
if config.sanitize:
    host += " -fno-omit-frame-pointer -fsanitize=" + config.sanitize
runtime = os.path.join(source, "runtime")

# Longer words first: lit replaces a word wherever its letters stand.
substitutions = {
    "%every_level_cxx": "sh %s/test/every-level.sh %%t %s" % (source, driver("memprof-clang++")),
    "%every_level": "sh %s/test/every-level.sh %%t %s" % (source, driver("memprof-clang")),
    "%debian_source": "sh %s/test/debian-source.sh" % source,
    "%mclangxx": driver("memprof-clang++"),
    "%mclang": driver("memprof-clang"),
    "%clangxx": tool("clang++"),
    "%clang": tool("clang"),
    "%opt": tool("opt"),
    "%pass": "-load-pass-plugin=%s -passes=profile-memory" % plugin,
    "%plugin": plugin,
    "%memprof": lit_config.params.get("tool", os.path.join(build, "bin", "memprof")),
    "%unit": "%s %s -I %s %s" % (config.host_cc, host, runtime, config.unit_object),
    "%host_cc": config.host_cc,
    "%host_cxx": config.host_cxx,
    "%cmake": config.cmake,
    "%python": quoted(sys.executable),
    "%inc": runtime,
    "%lib": lib,
    "%build": build,
    "%src": source,
    "%llvm_major": config.llvm_major,
    "%llvm_bin": config.llvm_bin,
}
for word, value in substitutions.items():
    # Whole words: %src is not %source, %s is lit's own.
    config.substitutions.append((word + r"\b", value))

# A test that hangs is a failed test, where lit can tell (it needs psutil).
try:
    import psutil  # noqa: F401

    lit_config.maxIndividualTestTime = 600
except ImportError:
    pass
