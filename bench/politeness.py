#!/usr/bin/env python3
"""Politeness and what it costs, by the server's log: gaps below the delay, and how much of hosts/delay is used.

  bench/politeness.py BUILD_DIR [--hosts 100] [--pages 100] [--delay 0.2] [--runs 3]

The rate is taken between 5% and 80% of the pages, when every host has work. Each run has a fresh folder.
"""
import argparse
import collections
import pathlib
import subprocess
import sys

from made_up_web import end, made_up_web


def run(build, options):
    with made_up_web(build, "--hosts", options.hosts, "--pages", options.pages, "--log", "log") as (folder, server):
        subprocess.run([build / "decorum", "crawl", "--seeds", folder / "seeds", "--out", folder / "crawl", "--allow",
                        "127.0.0.0/8", "--delay", f"{options.delay}s", "--admin", "off", "--quiet"], check=True, timeout=300)
        end(server)
        arrivals = []  # (seconds, host, path)
        for line in (folder / "log").read_text().splitlines():
            ns, host, path, _ = line.split(" ")
            arrivals.append((int(ns) / 1e9, host, path))
        return sorted(arrivals)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--hosts", type=int, default=100)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--delay", type=float, default=0.2)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print(f"{options.hosts} hosts x {options.pages} pages, a delay of {options.delay} s")
    bad = 0
    for number in range(1, options.runs + 1):
        arrivals = run(options.build.resolve(), options)
        by_host = collections.defaultdict(list)
        for at, host, _ in arrivals:
            by_host[host].append(at)
        gaps = [later - earlier for times in by_host.values() for earlier, later in zip(times, times[1:])]
        short = [gap for gap in gaps if gap < options.delay - 0.001]
        pages = [at for at, _, path in arrivals if path != "/robots.txt"]
        first, last = pages[len(pages) * 5 // 100], pages[len(pages) * 80 // 100]
        rate = (len(pages) * 80 // 100 - len(pages) * 5 // 100) / (last - first)
        used = rate * options.delay / options.hosts
        print(f"run {number}: {len(pages)} pages, {len(short)} gaps below the delay, smallest {min(gaps):.4f} s, "
              f"{rate:.1f} pages/s between 5% and 80%: {used:.2%} of hosts/delay")
        bad += len(short)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
