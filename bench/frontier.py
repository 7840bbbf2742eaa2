#!/usr/bin/env python3
"""What a URL costs in the frontier, and what it weighs in Redis and in the daemon, as the frontier grows.

  bench/frontier.py BUILD_DIR [--urls 10000000] [--hosts 100000] [--single 1000000]

First what a link of a page costs; then a thousandth of --urls on a thousandth of --hosts, to compare with; a tenth of --urls
and all of them on --hosts; then --single URLs of one host. Each with a Redis of its own that writes nothing to disk. The
daemon's memory is that of `decorum serve` which has leased all of it, taken the next URLs of every host, and may not ask
any: it has no contact.
"""
import argparse
import contextlib
import pathlib
import shutil
import subprocess
import tempfile
import time

from made_up_web import end

# Keys by pattern; a script, since there are a million of them.
UNLINK = """local c = '0' repeat local r = redis.call('SCAN', c, 'MATCH', ARGV[1], 'COUNT', '10000') c = r[1]
for i = 1, #r[2], 5000 do redis.call('DEL', unpack(r[2], i, math.min(i + 4999, #r[2]))) end until c == '0'"""

DISCOVERED = """local n = 0 for p = 0, 255 do
n = n + tonumber(redis.call('HGET', string.format('decorum:{p%03d}:counts', p), 'discovered') or 0) end return n"""


@contextlib.contextmanager
def private_redis():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="decorum-bench-"))
    redis = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", folder / "redis.sock", "--dir", folder, "--save",
                              "", "--logfile", folder / "redis.log"])
    try:
        while not (folder / "redis.sock").exists():
            time.sleep(0.01)
        yield folder
    finally:
        end(redis)
        shutil.rmtree(folder, ignore_errors=True)


def cli(folder, *command):
    return subprocess.run(["redis-cli", "-s", folder / "redis.sock", *command], check=True, capture_output=True,
                          text=True).stdout


def discovered(folder):
    return int(cli(folder, "EVAL", DISCOVERED, "0"))


def used_memory(folder):
    return int(next(line for line in cli(folder, "INFO", "memory").split() if line.startswith("used_memory:"))[12:])


def unlink(folder, *names):
    for name in names:
        cli(folder, "EVAL", UNLINK, "0", f"decorum:*:{name}")


def resident_mib(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def daemon_memory(build, folder):
    """MiB of a daemon that holds this frontier, when that has stood still for five seconds."""
    daemon = subprocess.Popen([build / "decorum", "serve", "--set", f"redis.url=unix://{folder / 'redis.sock'}", "--set",
                               f"storage.dir={folder / 'data'}", "--set", "admin.listen=off", "--set", "log.level=error"], cwd=folder)
    try:
        history, deadline = [], time.monotonic() + 300
        while time.monotonic() < deadline:
            time.sleep(1)
            history.append(resident_mib(daemon))
            if len(history) > 20 and max(history[-5:]) - min(history[-5:]) < 0.002 * history[-1]:
                break
        return history[-1]
    finally:
        end(daemon)


def fill(build, folder, hosts, urls, what="fill"):
    """`measure`: says what it costs to file and to take some more then, and does."""
    subprocess.run([build / "bench" / "frontier_load", what, folder / "redis.sock", str(hosts), str(urls)], check=True)


def weigh(folder):
    """Bytes in Redis of what knows a URL again, and of what has it queued: each by URL. Takes them away."""
    urls = discovered(folder)
    full = used_memory(folder)
    unlink(folder, "q*", "cold*", "active", "news", "flight", "hosts", "turns", "wait", "robots*")
    without_queues = used_memory(folder)
    unlink(folder, "seen:*", "out:*")
    return (without_queues - used_memory(folder)) / urls, (full - without_queues) / urls


def load(build, hosts, urls):
    with private_redis() as folder:
        fill(build, folder, hosts, urls, what="measure")
        memory = daemon_memory(build, folder)
        seen, queued = weigh(folder)
        print(f"{urls:10} URLs, {hosts:7} hosts: seen {seen:.1f} bytes a URL, queued {queued:.1f}; the daemon holds "
              f"{memory:.1f} MiB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--urls", type=int, default=10_000_000)
    parser.add_argument("--hosts", type=int, default=100_000)
    parser.add_argument("--single", type=int, default=1_000_000)
    options = parser.parse_args()
    build = options.build.resolve()
    with private_redis() as folder:
        subprocess.run([build / "bench" / "frontier_links", folder / "redis.sock", "100", "1000"], check=True)
    load(build, options.hosts // 1000, options.urls // 1000)
    load(build, options.hosts, options.urls // 10)
    load(build, options.hosts, options.urls)
    load(build, 1, options.single)


if __name__ == "__main__":
    main()
