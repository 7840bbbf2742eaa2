"""What the integration tests share: processes with deadlines, temporary folders, the made-up web, a private Redis,
and the built program. Standard library only.

A test file defines functions named test_*, each taking a `Bench`, and ends with `harness.main(globals())`. It is called
with SOURCE_DIR BUILD_DIR [FUNCTION...]; exit 0 passed, 1 failed, 77 skipped. DECORUM_KEEP=1 keeps the folders.
"""
import atexit
import ctypes
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request

import weblog

SKIPPED = 77
CONTACT = "test@example.org"
LOOPBACK = '["127.0.0.0/8"]'
NO_CONFIG = "# Built-in defaults; the test gives the rest with --set.\n"

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


class Web(Process):
    """The made-up web. Options are its long ones: web(hosts=5, crawl_delay=1)."""

    def __init__(self, bench, name, options):
        folder = bench.tmp
        self.log_path = folder / f"{name}.log"
        self.seeds_file, urls = folder / f"{name}.seeds", folder / f"{name}.urls"
        argv = [bench.build / "madeupweb", "--log", self.log_path, "--seeds-file", self.seeds_file, "--urls-file", urls]
        for key, value in options.items():
            flag = "--" + key.replace("_", "-")
            argv += [flag] if value is True else [flag, str(value)]
        super().__init__(argv, folder, name)
        ready = wait_until(lambda: not self.alive() or re.search(r"^ready \S+ (\d+)$", self.out(), re.M), 20,
                           "the made-up web listens")
        assert ready is not True, f"the made-up web ended: {self.err()}"
        self.port = int(ready.group(1))
        self.seeds = self.seeds_file.read_text().split()
        self.urls = set(urls.read_text().split())

    def url(self, host, path="/"):
        return self.seeds[host].rstrip("/") + path

    def requests(self):
        return weblog.read_log(self.log_path, self.port)

    def pages(self):
        return weblog.pages(self.requests())


class MoodySite(Process):
    """tests/support/moody_site.py: every address of its machine is a host; `mood` changes while it runs."""

    def __init__(self, bench, name, pages, before):
        self.port, self.pages_per_host = free_port(), pages
        self.log_path, self.mood_path = bench.tmp / f"{name}.log", bench.tmp / f"{name}.mood"
        self.mood("ok")
        super().__init__([*before, sys.executable, bench.source / "tests/support/moody_site.py", self.port, self.log_path,
                          self.mood_path, pages], bench.tmp, name)
        wait_until(self.log_path.exists, 20, "the site starts")

    def mood(self, text):
        fresh = self.mood_path.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(self.mood_path)

    def url(self, address="127.0.0.1", path="/"):
        return f"http://{address}:{self.port}{path}"

    def requests(self):
        return weblog.read_log(self.log_path, self.port)

    def pages(self):
        return weblog.pages(self.requests())


class Redis(Process):
    """A Redis of its own on a loopback port, with its data in a folder that outlives it."""

    def __init__(self, bench, name, port, folder, options, before=()):
        self.port = port
        folder.mkdir(exist_ok=True)
        argv = [*before, program("redis-server"), "--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "",
                "--appendonly", "yes", "--maxmemory-policy", "noeviction", "--daemonize", "no", *options]
        super().__init__(argv, bench.tmp, name)
        self.url = f"redis://127.0.0.1:{port}"
        wait_until(lambda: self._answers(), 20, f"Redis answers on port {port}")

    def _answers(self):
        assert self.alive(), f"Redis ended: {self.out()}"
        return self.cli("PING", check=False) == "PONG"

    def cli(self, *command, check=True):
        """What redis-cli prints."""
        done = subprocess.run([program("redis-cli"), "-h", "127.0.0.1", "-p", str(self.port), *map(str, command)],
                              capture_output=True, text=True, timeout=20)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout.strip()

    def hash(self, key):
        lines = self.cli("HGETALL", key).splitlines()
        return dict(zip(lines[::2], lines[1::2]))


class WallClock:
    """A wall clock that can be stepped, for the processes that run `before` it; other clocks stay as they are."""

    def __init__(self, bench, name):
        library = next(iter(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
        if library is None:
            raise Skip("libfaketime is not installed")
        if bench.sanitized:
            raise Skip("libfaketime and sanitizers want the same place")
        self.path = bench.tmp / name
        self.step(0)
        # With libc before jemalloc, which would ask for the time before libfaketime is ready to tell it.
        self.before = ["env", f"LD_PRELOAD={library} libc.so.6", f"FAKETIME_TIMESTAMP_FILE={self.path}", "FAKETIME_NO_CACHE=1",
                       "FAKETIME_DONT_FAKE_MONOTONIC=1"]

    def step(self, seconds):
        """That far from the true time, from now on."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n")
        fresh.rename(self.path)


class Daemon(Process):
    """`decorum serve` or `decorum crawl` with an admin endpoint on a known port."""

    def __init__(self, argv, folder, name, admin_port, data):
        self.admin_port, self.data = admin_port, data
        super().__init__(argv, folder, name, cwd=folder)

    def http(self, path, body=None, headers=None, method=None):
        """(status, headers, text) of the admin endpoint; status 0 where nobody answers."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.admin_port}{path}", headers=headers or {},
                                         method=method or ("GET" if body is None else "POST"),
                                         data=None if body is None else body.encode())
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return 0, {}, ""

    def status(self):
        """/api/v1/status, or {} while it does not answer."""
        code, _, text = self.http("/api/v1/status")
        return json.loads(text) if code == 200 else {}

    def summary(self):
        """What `crawl --json` printed at its end."""
        return json.loads(self.out())

    def metric(self, name):
        """The sum of a metric over its labels."""
        text = self.http("/metrics")[2]
        return sum(float(m) for m in re.findall(rf"^{name}(?:\{{[^}}]*\}})? (\S+)$", text, re.M))

    def wait_ready(self, timeout):
        def answers():
            assert self.alive(), f"{self.name} ended: {self.err()[-2000:]}"
            return self.http("/readyz")[0] == 200
        wait_until(answers, timeout, f"{self.name} is ready")

    def wait_idle(self, timeout):
        """Until everything discovered is settled; the last status."""
        status = {}

        def idle():
            assert self.alive(), f"{self.name} ended: {self.err()[-2000:]}"
            status.update(self.status())
            books = status.get("books")
            return books and books["discovered"] > 0 and not any(books[k] for k in ("queued", "in_flight", "waiting"))
        try:
            wait_until(idle, timeout, f"{self.name} has settled everything")
        except AssertionError:
            print(json.dumps(status), flush=True)
            raise
        return status


def program(name):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin:/sbin")
    if path is None:
        raise Skip(f"{name} is not installed")
    return path


class Bench:
    """One test's folder and processes, all gone when it ends."""

    def __init__(self, source, build):
        self.source, self.build = pathlib.Path(source), pathlib.Path(build)
        self.decorum = self.build / "decorum"
        self.tmp = pathlib.Path(tempfile.mkdtemp(prefix="decorum-test-"))
        cache = self.build / "CMakeCache.txt"
        sanitized = cache.exists() and re.search(r"^DECORUM_SANITIZE:\w+=.+$", cache.read_text(), re.M)
        self.patience = 6 if sanitized else 1  # factor for deadlines: sanitizers are slow
        self.sanitized = bool(sanitized)
        self._names = {}
        self.processes = []

    def _name(self, kind):
        self._names[kind] = self._names.get(kind, 0) + 1
        return f"{kind}{self._names[kind]}"

    def keep(self, process):
        self.processes.append(process)
        return process

    def config(self, text=NO_CONFIG):
        """A config file with this text."""
        path = self.tmp / f"{self._name('config')}.toml"
        path.write_text(text)
        return path

    def no_config(self):
        return self.config()

    def web(self, **options):
        return self.keep(Web(self, self._name("web"), options))

    def redis(self, *options, port=None, folder="redis-data", before=()):
        return self.keep(Redis(self, self._name("redis"), port or free_port(), self.tmp / folder, options, before))

    def wall_clock(self):
        return WallClock(self, self._name("clock"))

    def run(self, *argv, stdin=None):
        """The program with these arguments, in the test's folder."""
        if not os.access(self.decorum, os.X_OK):
            raise AssertionError(f"{self.decorum} is not built")
        return self.keep(Process([self.decorum, *argv], self.tmp, self._name("decorum"), cwd=self.tmp, stdin=stdin))

    def crawl(self, *argv, out="crawl", allow=True, contact=True, admin=True, config=NO_CONFIG):
        """`decorum crawl` into the folder `out`, its status on a port of its own (admin=False: where it will)."""
        port = free_port()
        command = [self.decorum, "crawl", *argv, "--config", self.config(config), "--out", self.tmp / out, "--json"]
        if admin:
            command += ["--admin", f"127.0.0.1:{port}"]
        if allow:
            command += ["--allow", "127.0.0.0/8"]
        if contact:
            command += ["--contact", CONTACT]
        return self.keep(Daemon(command, self.tmp, self._name("crawl"), port, self.tmp / out))

    def moody_site(self, pages=20, before=()):
        """`before` runs it: a command and its arguments, such as one that enters a network namespace."""
        return self.keep(MoodySite(self, self._name("site"), pages, before))

    def serve(self, redis_url, *settings, data="data", before=()):
        """`decorum serve` on that Redis; settings are KEY=VALUE. `before` runs it, such as a wall clock of its own."""
        port = free_port()
        values = [f"redis.url={redis_url}", f"storage.dir={self.tmp / data}", f"admin.listen=127.0.0.1:{port}",
                  f"agent.contact={CONTACT}", f"fetch.allow_addresses={LOOPBACK}", *settings]
        command = [*before, self.decorum, "serve", "--config", self.no_config()]
        for value in values:
            command += ["--set", value]
        return self.keep(Daemon(command, self.tmp, self._name("serve"), port, self.tmp / data))

    def close(self, failed):
        for process in self.processes:
            process.kill()
        if failed:
            for process in self.processes:
                for text in (process.out(), process.err()):
                    if text:
                        print(f"--- {process.name}\n{text[-3000:]}", flush=True)
        if os.environ.get("DECORUM_KEEP"):
            print(f"kept: {self.tmp}", flush=True)
        else:
            shutil.rmtree(self.tmp, ignore_errors=True)


def main(names):
    """Runs every test_* function of a test file and ends the process."""
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} SOURCE_DIR BUILD_DIR [FUNCTION...]")
    source, build, wanted = sys.argv[1], sys.argv[2], sys.argv[3:]
    results = {"passed": 0, "failed": 0, "skipped": 0}
    for name, function in list(names.items()):
        if not name.startswith("test_") or not callable(function) or (wanted and name not in wanted):
            continue
        bench, result, started = Bench(source, os.path.abspath(build)), "passed", time.monotonic()
        try:
            function(bench)
        except Skip as reason:
            result = "skipped"
            print(f"{name}: {reason}", flush=True)
        except Exception:
            result = "failed"
            traceback.print_exc(file=sys.stdout)
        finally:
            bench.close(result == "failed")
        results[result] += 1
        print(f"{result}: {name} ({time.monotonic() - started:.1f} s)", flush=True)
    if results["failed"] or not any(results.values()):
        sys.exit(1)
    sys.exit(0 if results["passed"] else SKIPPED)
