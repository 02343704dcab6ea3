"""The workloads that are real programs, from Debian source packages.

Each is built in one go from the package's sources and a program of ours that
gives them work (programs/), so that every function of it can be marked. Hot
functions are those that allocate, as callgrind names the callers of malloc.
"""

import glob
import os

from building import command
from programs import texts
from tools import REAL
from workload import Workload

# Lua seeds its hashes with the time and addresses; without that the lengths of
# its chains are the same in every run.
LUA = (
    "-w",
    "-std=gnu99",
    "-DLUA_USE_LINUX",
    "-Dluai_makeseed(L)=7",
    '-DDEB_HOST_MULTIARCH="none"',
)
SQLITE = ("-w", "-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION")


def build_lua(workshop, workload, flavour):
    source = os.path.join(workshop.debian_source("lua5.4"), "src")
    # made by Debian's build; empty, for the compiler's flags say it
    open(os.path.join(source, "lua5.4-deb-multiarch.h"), "w").close()
    files = sorted(glob.glob(os.path.join(source, "l*.c")))
    files = [file for file in files if os.path.basename(file) != "luac.c"]
    options = LUA + ("-I" + source, "-Wl,-E", "-lm", "-ldl")
    return workshop.compile("lua", flavour, workload, files, options)


def build_sqlite(workshop, workload, flavour):
    source = workshop.debian_source("sqlite3")
    directory = os.path.join(workshop.directory, "sqlite")
    if not os.path.exists(os.path.join(directory, "sqlite3.c")):
        os.makedirs(directory, exist_ok=True)
        makefile = os.path.join(source, "main.mk")
        words = ["make", "-s", "-f", makefile, "TOP=" + source, "TCC=cc", "BCC=cc"]
        command(words + ["NAWK=awk", "sqlite3.c"], cwd=directory)
    files = (
        os.path.join(directory, "sqlite3.c"),
        os.path.join(source, "test", "speedtest1.c"),
    )
    options = SQLITE + ("-I" + directory, "-lm")
    return workshop.compile("speedtest1", flavour, workload, files, options)


def text_of(workshop, write, name, size):
    """Makes an input, unless it is there."""
    path = os.path.join(workshop.directory, name)
    if not os.path.exists(path):
        write(path, size)


def build_cjson(workshop, workload, flavour):
    source = workshop.debian_source("cjson")
    text_of(workshop, texts.write_json, "full.json", 20000000)
    text_of(workshop, texts.write_json, "short.json", 2000000)
    files = (os.path.join(source, "cJSON.c"), workshop.source("programs/json.c"))
    options = ("-I" + source, "-lm")
    return workshop.compile("json", flavour, workload, files, options)


def build_yaml(workshop, workload, flavour):
    source = workshop.debian_source("yaml-cpp")
    text_of(workshop, texts.write_yaml, "full.yaml", 2000000)
    text_of(workshop, texts.write_yaml, "short.yaml", 200000)
    files = sorted(glob.glob(os.path.join(source, "src", "*.cpp")))
    files.append(workshop.source("programs/yaml.cpp"))
    options = ("-w", "-std=c++14", "-I" + os.path.join(source, "include"))
    return workshop.compile("yaml", flavour, workload, files, options, cxx=True)


def without_times(output):
    """speedtest1's output ends each line with how long that took."""
    lines = output.splitlines(True)
    return "".join(line.rstrip(" 0123456789.s\n") + "\n" for line in lines)


# Lua's objects that hold memory: tables, closures, strings, buffers, stacks.
LUA_HOT = (
    "luaH_new,luaH_resize,luaF_newLclosure,luaS_newlstr,luaS_createlngstrobj,"
    "luaV_concat,lua_newuserdatauv,resizebox,luaD_reallocstack"
)

# SQLite's own malloc, and who asks for more than its lookaside slots hold.
SQLITE_HOT = (
    "sqlite3MemMalloc,sqlite3MemRealloc,sqlite3RunParser,growOpArray,"
    "sqlite3VdbeMemGrow,allocateCursor,memjrnlWrite,pcache1Alloc,"
    "strAccumFinishRealloc,sqlite3StrAccumEnlarge"
)

# Nodes, what the scanner and the emitter keep. What templates of the C++ library
# allocate on their behalf is theirs.
YAML_HOT = (
    "YAML::detail::memory::create_node,YAML::detail::node_data::push_back,"
    "YAML::detail::node_data::insert_map_pair,YAML::NodeBuilder::OnScalar,"
    "YAML::Scanner::PushIndentTo,YAML::Scanner::ScanPlainScalar,"
    "YAML::EmitterState::SetLocalValue,YAML::EmitterState::StartedGroup"
)

REAL_WORKLOADS = (
    Workload(
        "lua-trees",
        "Lua 5.4 builds and counts binary trees of tables",
        REAL,
        build_lua,
        LUA_HOT,
        ("{source}/programs/binary-trees.lua", "14"),
        ("{source}/programs/binary-trees.lua", "12"),
    ),
    Workload(
        "lua-strings",
        "Lua 5.4 builds strings: formats, joins, replaces",
        REAL,
        build_lua,
        LUA_HOT,
        ("{source}/programs/strings.lua", "800"),
        ("{source}/programs/strings.lua", "80"),
    ),
    Workload(
        "sqlite",
        "SQLite 3.40's speedtest1, testset main, in memory",
        REAL,
        build_sqlite,
        SQLITE_HOT,
        ("--memdb", "--verify", "--testset", "main", "--size", "10"),
        ("--memdb", "--verify", "--testset", "main", "--size", "2"),
        steady=without_times,
    ),
    Workload(
        "cjson",
        "cJSON 1.7 parses 20 MB of JSON and prints it twice",
        REAL,
        build_cjson,
        "cJSON_New_Item,parse_string,parse_array,parse_object,ensure,print",
        ("{work}/full.json",),
        ("{work}/short.json",),
    ),
    Workload(
        "yaml-cpp",
        "yaml-cpp 0.7 (C++) loads 2 MB of YAML and writes it again",
        REAL,
        build_yaml,
        YAML_HOT,
        ("{work}/full.yaml",),
        ("{work}/short.yaml",),
    ),
)
