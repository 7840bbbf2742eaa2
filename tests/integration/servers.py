"""What the program under test lives among and is itself: made-up sites, Redis, a wall clock, a daemon."""
import json
import pathlib
import re
import subprocess
import sys
import urllib.error
import urllib.request

import weblog
from processes import Process, Skip, free_port, program, wait_until


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
