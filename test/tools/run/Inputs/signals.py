"""Sends signals to `memprof run`, and keys to its terminal.

usage: signals.py MEMPROF PROGRAM
"""
import os
import pty
import signal
import subprocess
import sys

memprof, program = sys.argv[1:]
# a job in the background may have been started with these ignored
for name in ["INT", "HUP", "QUIT"]:
    signal.signal(getattr(signal, "SIG" + name), signal.SIG_DFL)
command = [memprof, "run", "-o", "x.mprof", "--", program]


def state(pid):
    with open("/proc/%d/stat" % pid) as file:
        return file.read().rsplit(")", 1)[1].split()[0]


def sent_to_it():
    # in a group of its own: SIGTSTP does not stop a group that nobody watches,
    # as that of a job without a terminal may be
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=os.setpgrp)
    pid = int(run.stdout.readline().split()[1])
    for name in ["INT", "HUP", "QUIT", "USR1", "USR2"]:
        run.send_signal(getattr(signal, "SIG" + name))
        assert run.stdout.readline() == name + "\n", name
    # both stop, and go on
    run.send_signal(signal.SIGTSTP)
    _, status = os.waitpid(run.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    assert state(pid) == "T", state(pid)
    run.send_signal(signal.SIGCONT)
    assert run.stdout.readline() == "CONT\n"
    run.send_signal(signal.SIGTERM)
    assert run.stdout.readline() == "TERM\n"
    assert run.stdout.read() == ""
    assert run.wait() == 5
    print("sent: each once")


class Terminal:
    """A shell with job control on a terminal."""

    def __init__(self):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["PS1"] = "$ "
            os.execvp("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"])
        self.text = self.all = b""

    def keys(self, text):
        os.write(self.fd, text.encode())

    def wait_for(self, text):
        while text.encode() not in self.text:
            more = os.read(self.fd, 4096)
            self.text += more
            self.all += more
        before, self.text = self.text.split(text.encode(), 1)
        return before


def from_a_terminal():
    shell = Terminal()
    shell.keys("stty -echo\n")
    shell.wait_for("stty -echo")
    shell.keys(" ".join(command) + "\n")
    shell.wait_for("ready ")
    pid = int(shell.wait_for("\r\n"))
    shell.keys("\x03")
    shell.wait_for("INT\r\n")
    # stopped as any job, and brought back
    shell.keys("\x1a")
    shell.wait_for("Stopped")
    assert state(pid) == "T", state(pid)
    shell.keys("jobs | wc -l | sed s/^/jobs=/\n")
    shell.wait_for("jobs=1")
    shell.keys("fg\n")
    shell.wait_for("CONT\r\n")
    shell.keys("\x1c")
    shell.wait_for("QUIT\r\n")
    os.kill(pid, signal.SIGTERM)
    shell.wait_for("TERM\r\n")
    shell.keys("echo status=$?\n")
    shell.wait_for("status=5")
    for name in [b"INT", b"QUIT", b"TERM"]:
        assert shell.all.count(name + b"\r\n") == 1, shell.all
    shell.keys("exit\n")
    os.waitpid(shell.pid, 0)
    print("terminal: each once")


sent_to_it()
from_a_terminal()
