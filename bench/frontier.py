#!/usr/bin/env python3
"""What a URL costs in the frontier, and what it weighs in Redis, as the frontier grows.

  bench/frontier.py BUILD_DIR [--urls 10000000] [--hosts 100000] [--single 1000000]

First what a link of a page costs, then many hosts, then one host with --single URLs; each with a Redis of its own that
writes nothing to disk.
"""
import argparse
import pathlib
import shutil
import subprocess
import tempfile
import time


def run(*command):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="decorum-bench-"))
    socket = folder / "redis.sock"
    redis = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder, "--save", "",
                              "--logfile", folder / "redis.log"])
    try:
        while not socket.exists():
            time.sleep(0.01)
        subprocess.run([str(part).format(socket=socket) for part in command], check=True)
    finally:
        redis.terminate()
        redis.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--urls", type=int, default=10_000_000)
    parser.add_argument("--hosts", type=int, default=100_000)
    parser.add_argument("--single", type=int, default=1_000_000)
    options = parser.parse_args()
    bench = options.build.resolve() / "bench"
    run(bench / "frontier_links", "{socket}", 100, 1000)
    for hosts, urls in ((options.hosts, options.urls), (1, options.single)):
        run(bench / "frontier_load", "{socket}", hosts, *[size for size in (10_000, 100_000, 1_000_000) if size < urls], urls)


if __name__ == "__main__":
    main()
