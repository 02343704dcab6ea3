"""Builds what bench/ measures: programs in each flavour, and its own helpers."""

import os
import subprocess

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


class Workshop:
    """Where programs are made: a build tree of MemProf, and a directory."""

    def __init__(self, tree, directory):
        self.tree = tree
        self.directory = directory
        self.programs = {}  # (workload, flavour) -> path, or Failed
        self.made = {}  # words of a compiler -> path
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
        words += ["-O2", "-g"]
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
        if key not in self.made:
            path = "%s-%s-%d" % (name, flavour, len(self.made))
            path = os.path.join(self.directory, path)
            command(words + ["-o", path], cwd=cwd)
            self.made[key] = path
        return self.made[key]

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
        directory = os.path.join(self.directory, "sources", package)
        if not os.path.isdir(directory):
            os.makedirs(os.path.dirname(directory), exist_ok=True)
            environment = dict(os.environ)
            environment.setdefault("MEMPROF_SOURCES", os.path.join(self.tree, "sources"))
            script = os.path.join(ROOT, "test", "debian-source.sh")
            command(["sh", script, package, directory], env=environment)
        return directory
