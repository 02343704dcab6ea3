"""Builds what bench/ measures: programs in each flavour, and its own helpers."""

import concurrent.futures
import os
import subprocess
import threading
from typing import NamedTuple

import tools

BENCH = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(BENCH)


class Failed(Exception):
    """What could not be built or run, for the reader of the table."""


def command(words, **options):
    """Runs a command quietly; says all of it when it fails."""
    done = subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options
    )
    if done.returncode != 0:
        raise Failed("%s: exit %d\n%s" % (" ".join(words), done.returncode, done.stdout))
    return done.stdout


class Made(NamedTuple):
    """A program of a compiler's words."""

    lock: threading.Lock  # held while it is built
    number: int
    paths: list  # its path, once it is there


class Workshop:
    """Where programs are made: a build tree of MemProf, and a directory."""

    def __init__(self, tree, directory):
        self.tree = tree
        self.directory = directory
        self.programs = {}  # (workload, flavour) -> path, or Failed
        self.made = {}  # words of a compiler -> Made
        self.unpacking = threading.Lock()
        self.lock = threading.Lock()  # of `made`
        plugin = os.readlink(os.path.join(tree, "lib", "MemProfPass.so"))
        where = os.path.join(tree, "lib", os.path.dirname(plugin), "clang-directory")
        with open(where) as file:
            self.llvm_bin = file.read().strip()
        os.makedirs(directory, exist_ok=True)

    def source(self, name):
        """The path of a file of bench/."""
        return os.path.join(BENCH, name)

    def compiler(self, flavour, workload, cxx=False):
        """The words of the compiler for a flavour: clang or memprof-clang, the
        optimisation that all have in common, the functions that are marked."""
        plus = "++" if cxx else ""
        if flavour in (tools.PLAIN, tools.LLVM):
            words = [os.path.join(self.llvm_bin, "clang" + plus)]
        else:
            words = [os.path.join(self.tree, "bin", "memprof-clang" + plus)]
        words += ["-O2", "-gdwarf-4"]  # valgrind 3.19 reads no later one
        if flavour == tools.LLVM:
            return words + ["-fmemory-profile"]
        marked = {
            tools.HOT: workload.hot,
            tools.ALL: "*",
            tools.MAIN: "main",
            tools.OUTSIDE: workload.outside,
        }.get(flavour)
        if marked:
            words += ["-mllvm", "-profile-memory-functions=" + marked]
        return words

    def compile(self, name, flavour, workload, sources, options=(), cxx=False, cwd=None):
        """Compiles and links a program; returns its path. Workloads that ask
        for the same share it."""
        words = self.compiler(flavour, workload, cxx) + list(sources) + list(options)
        key = (cwd,) + tuple(words)
        with self.lock:
            made = self.made.setdefault(key, Made(threading.Lock(), len(self.made), []))
        path = os.path.join(self.directory, "%s-%s-%d" % (name, flavour, made.number))
        with made.lock:
            if not made.paths:
                command(words + ["-o", path], cwd=cwd)
                made.paths.append(path)
        return path

    def objects(self, flavour, workload, sources, options=()):
        """Compiles sources, two at a time; returns the paths of the objects."""
        words = self.compiler(flavour, workload) + ["-c"] + list(options)

        def compile_one(source):
            path = "%s-%s.o" % (os.path.splitext(source)[0], flavour)
            command(words + [source, "-o", path])
            return path

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return list(pool.map(compile_one, sources))

    def program(self, workload, flavour):
        """The program of a workload in a flavour, built when first asked for."""
        key = (workload.name, flavour)
        if key not in self.programs:
            try:
                self.programs[key] = workload.build(self, workload, flavour)
            except Failed as failure:
                self.programs[key] = failure
        if isinstance(self.programs[key], Failed):
            raise self.programs[key]
        return self.programs[key]

    def build_all(self, wanted):
        """Builds programs, two at a time: the plain ones first, whose builds
        unpack sources and make inputs; of the rest the longest first. Failures
        are told by program()."""

        def build(workload, flavour):
            try:
                self.program(workload, flavour)
            except Failed:
                pass

        plain = {w.build: (w, f) for w, f in wanted if f == tools.PLAIN}
        first = [pair for pair in wanted if pair in plain.values()]
        rest = [pair for pair in wanted if pair not in first]
        rest.sort(key=lambda pair: pair[1] != tools.ALL)
        for pairs in (first, rest):
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                futures = [pool.submit(build, *pair) for pair in pairs]
            for future in futures:
                future.result()

    def try_flavour(self, flavour):
        """Why no program can be built in a flavour, or None."""
        path = os.path.join(self.directory, "empty-" + flavour)
        words = self.compiler(flavour, None) + ["-x", "c", "-", "-o", path]
        done = subprocess.run(
            words,
            input="int main(void) { return 0; }",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode != 0:
            return (done.stdout.strip().splitlines() or ["clang failed"])[-1]

    def helpers(self):
        """bench/'s own: the launcher that measures, the counting interposer."""
        self.measure = os.path.join(self.directory, "measure")
        clang = os.path.join(self.llvm_bin, "clang")
        command([clang, "-O2", self.source("measure.c"), "-o", self.measure])
        library = os.path.join(self.directory, "interposer.so")
        words = [clang, "-O2", "-fPIC", "-shared", self.source("interposer.c")]
        command(words + ["-o", library])

    def debian_source(self, package):
        """The directory with the unpacked source of a Debian package."""
        with self.unpacking:
            return self.unpacked(package)

    def unpacked(self, package):
        directory = os.path.join(self.directory, "sources", package)
        if not os.path.isdir(directory):
            os.makedirs(os.path.dirname(directory), exist_ok=True)
            environment = dict(os.environ)
            environment.setdefault("MEMPROF_SOURCES", os.path.join(self.tree, "sources"))
            script = os.path.join(ROOT, "test", "debian-source.sh")
            command(["sh", script, package, directory], env=environment)
        return directory
