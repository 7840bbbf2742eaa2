#!/usr/bin/env python3
"""What a crawl costs with everything persisted: the made-up web without delay, Redis with its append-only file.

  bench/crawl.py BUILD_DIR [--hosts 50] [--pages 200] [--runs 3] [--page-bytes 10240]

Each run is a process of its own with a fresh folder and a fresh Redis; CPU is user + system time as the kernel
accounts it at the end of each process. The median run (by CPU) is the figure; the spread is printed beside it.
"""
import argparse
import contextlib
import http.client
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.request

from made_up_web import end, made_up_web


def wait(process, deadline):
    """Ends of a process: exit code, CPU seconds, peak RSS in MiB."""
    until = time.monotonic() + deadline
    while time.monotonic() < until:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
        time.sleep(0.01)
    process.kill()
    sys.exit("a process did not end in time")


def run(build, options):
    web = made_up_web(build, "--hosts", options.hosts, "--pages", options.pages, "--page-bytes", options.page_bytes)
    with web as (folder, _):
        socket = folder / "redis.sock"
        redis = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder, "--appendonly", "yes",
                                  "--appendfsync", "everysec", "--save", "", "--logfile", folder / "redis.log"])
        try:
            while not socket.exists():
                time.sleep(0.01)
            begin = time.monotonic()
            crawl = subprocess.Popen([build / "decorum", "crawl", "--seeds", folder / "seeds", "--out", folder / "crawl",
                                      "--allow", "127.0.0.0/8", "--delay", "0s", "--admin", "off", "--quiet", "--set",
                                      "redis.mode=external", "--set", f"redis.url=unix://{socket}"],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            code, cpu, rss = wait(crawl, 300)
            wall = time.monotonic() - begin
            redis.terminate()
            _, redis_cpu, redis_rss = wait(redis, 30)
        finally:
            end(redis)
        if code != 0:
            sys.exit(f"the crawl ended with {code}")
        lines = sum(1 for file in (folder / "crawl" / "feed").glob("pages-*.jsonl") for _ in file.open("rb"))
        return dict(pages=lines, wall=wall, cpu=cpu, redis_cpu=redis_cpu, rss=rss, redis_rss=redis_rss)


def repeated_links(build, options):
    """Of one more run, whose status is read all along: links to a known URL of the page's own host, and how many of them
    were settled without Redis."""
    web = made_up_web(build, "--hosts", options.hosts, "--pages", options.pages, "--page-bytes", options.page_bytes)
    with web as (folder, _):
        crawl = subprocess.Popen([build / "decorum", "crawl", "--seeds", folder / "seeds", "--out", folder / "crawl", "--allow",
                                  "127.0.0.0/8", "--delay", "0s", "--quiet"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        last = {}
        try:
            while crawl.poll() is None:
                time.sleep(0.1)
                with contextlib.suppress(OSError, ValueError, KeyError, http.client.HTTPException):
                    address = json.loads((folder / "crawl" / "run.json").read_text())["admin"]
                    with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
                        text = answer.read().decode()
                    last = dict(re.findall(r'^decorum_repeated_links_total\{kind="(\w+)"\} (\d+)$', text, re.M))
        finally:
            end(crawl)
        return {kind: int(n) for kind, n in last.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--page-bytes", type=int, default=10240)
    options = parser.parse_args()
    rows = sorted((run(options.build.resolve(), options) for _ in range(options.runs)), key=lambda r: r["cpu"] + r["redis_cpu"])
    middle = rows[len(rows) // 2]

    def line(name, of, unit):
        values = [of(r) for r in rows]
        print(f"{name:34} {of(middle):10.2f} {unit:8} ({min(values):.2f} to {max(values):.2f})")

    print(f"{options.hosts} hosts x {options.pages} pages of {options.page_bytes} bytes, no delay; {middle['pages']} pages, "
          f"median of {options.runs} runs")
    line("crawler, CPU per page", lambda r: 1000 * r["cpu"] / r["pages"], "ms")
    line("Redis, CPU per page", lambda r: 1000 * r["redis_cpu"] / r["pages"], "ms")
    line("both, CPU per page", lambda r: 1000 * (r["cpu"] + r["redis_cpu"]) / r["pages"], "ms")
    line("pages per second", lambda r: r["pages"] / r["wall"], "1/s")
    line("crawler, peak RSS", lambda r: r["rss"], "MiB")
    line("Redis, peak RSS", lambda r: r["redis_rss"], "MiB")
    links = repeated_links(options.build.resolve(), options)
    total = sum(links.values())
    if total:
        print(f"{'repeated links, without Redis':34} {100 * links['filtered'] / total:10.2f} %        (of {total} in a host)")


if __name__ == "__main__":
    main()
