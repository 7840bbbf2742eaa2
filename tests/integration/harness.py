"""What the integration tests share: processes with deadlines, temporary folders, the made-up web, a private Redis,
and the built program. Standard library only.

A test file defines functions named test_*, each taking a `Bench`, and ends with `harness.main(globals())`. It is called
with SOURCE_DIR BUILD_DIR [FUNCTION...]; exit 0 passed, 1 failed, 77 skipped. DECORUM_KEEP=1 keeps the folders.
"""
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time
import traceback

from processes import Process, Skip, free_port, program, stays, wait_until
from servers import Daemon, MoodySite, Redis, WallClock, Web

__all__ = ["Daemon", "Process", "Skip", "free_port", "main", "program", "stays", "wait_until"]

SKIPPED = 77
CONTACT = "test@example.org"
LOOPBACK = '["127.0.0.0/8"]'
NO_CONFIG = "# Built-in defaults; the test gives the rest with --set.\n"


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

    def crawl(self, *argv, out="crawl", allow=True, contact=True, admin=True, config=NO_CONFIG, before=()):
        """`decorum crawl` into the folder `out`, its status on a port of its own (admin=False: where it will).
        `before` runs it, such as a wall clock of its own."""
        port = free_port()
        command = [*before, self.decorum, "crawl", *argv, "--config", self.config(config), "--out", self.tmp / out, "--json"]
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

    def serve(self, redis_url, *settings, data="data", config=NO_CONFIG, before=()):
        """`decorum serve` on that Redis; settings are KEY=VALUE. `before` runs it, such as a wall clock of its own."""
        port = free_port()
        values = [f"redis.url={redis_url}", f"storage.dir={self.tmp / data}", f"admin.listen=127.0.0.1:{port}",
                  f"agent.contact={CONTACT}", f"fetch.allow_addresses={LOOPBACK}", *settings]
        command = [*before, self.decorum, "serve", "--config", self.config(config)]
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
