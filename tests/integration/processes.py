"""Child processes with deadlines, and waiting on conditions. Standard library only."""
import atexit
import ctypes
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

_libc = ctypes.CDLL(None, use_errno=True)
_running = set()


class Skip(Exception):
    """This test cannot run here, for the reason given."""


def wait_until(condition, timeout, what):
    """The first true value of `condition`, asked again and again for at most `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout:g} s: {what}")
        time.sleep(0.01)


def stays(condition, seconds, what):
    """Fails if `condition` becomes false within `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert condition(), f"did not stay so for {seconds:g} s: {what}"
        time.sleep(0.01)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _die_with_parent():
    _libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: a test that is killed leaves nothing behind


def _kill_all():
    for process in list(_running):
        process.kill()


atexit.register(_kill_all)


class Process:
    """A child with its output in files; ended by its process id only."""

    def __init__(self, argv, folder, name, cwd=None, env=None, stdin=None):
        self.name = name
        self.out_path = folder / f"{name}.out"
        self.err_path = folder / f"{name}.err"
        self.started = time.monotonic()
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.popen = subprocess.Popen([str(a) for a in argv], stdout=out, stderr=err, cwd=cwd, env=env,
                                          stdin=stdin or subprocess.DEVNULL, preexec_fn=_die_with_parent)
        self.pid = self.popen.pid
        _running.add(self)

    def out(self):
        return self.out_path.read_text(errors="replace")

    def err(self):
        return self.err_path.read_text(errors="replace")

    def alive(self):
        return self.popen.poll() is None

    def wait(self, timeout):
        """The exit code; fails after `timeout` seconds."""
        try:
            code = self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end within {timeout:g} s") from None
        _running.discard(self)
        return code

    def signal(self, number):
        if self.alive():
            self.popen.send_signal(number)

    def terminate(self, timeout):
        self.signal(signal.SIGTERM)
        return self.wait(timeout)

    def kill(self):
        if self.alive():
            self.popen.kill()
            self.popen.wait(10)
        _running.discard(self)

    def memory(self, field):
        """A value of /proc/PID/status in bytes: "VmRSS", "VmHWM"."""
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+) kB", text, re.M).group(1)) * 1024


def program(name):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin:/sbin")
    if path is None:
        raise Skip(f"{name} is not installed")
    return path
