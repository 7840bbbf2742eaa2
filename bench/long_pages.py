#!/usr/bin/env python3
"""What a few hosts with pages of 4 MiB cost the others: the loops' lag, and the rate of fifty hosts alone and beside them.

  bench/long_pages.py BUILD_DIR [--hosts 50] [--pages 100] [--delay 0.2] [--long 4]

The rate is that of the ordinary hosts between 5% and 80% of their pages, by the server's log. The lag is how late the
workers' loops tick, ten times a second, over the whole crawl (decorum_loop_ticks_late_seconds).
"""
import argparse
import http.server
import multiprocessing
import pathlib
import re
import socket
import subprocess
import threading
import time
import urllib.request

from made_up_web import end, made_up_web

SIZE = 4 << 20
PAGES = 1000  # of a long host, each linked from each


class LongPage(http.server.BaseHTTPRequestHandler):
    """Text and links in turn: to the host's own pages, again and again, and out of scope."""
    protocol_version = "HTTP/1.1"
    body = b""

    def do_GET(self):
        robots = self.path == "/robots.txt"
        body = b"" if robots else self.body
        self.send_response(200)
        self.send_header("Content-Type", "text/plain" if robots else "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve_long_pages(port):
    parts, size = [b"<!doctype html><title>long</title>"], 0
    while size < SIZE:
        n = len(parts)
        parts.append(b'<p>Some words about <a href="/%d">%d</a> and <a href="http://elsewhere.example/%d">others</a>, and %s.</p>\n'
                     % (n % PAGES, n, n % 5000, b"so on, and so on, " * 20))
        size += len(parts[-1])
    LongPage.body = b"".join(parts)
    http.server.ThreadingHTTPServer.request_queue_size = 128
    http.server.ThreadingHTTPServer(("0.0.0.0", port), LongPage).serve_forever()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def buckets(text):
    """{upper bound: cumulative count} over all workers."""
    found = {}
    for bound, count in re.findall(r'^decorum_loop_ticks_late_seconds_bucket\{le="([^"]+)"\} (\d+)', text, re.M):
        found[float(bound)] = int(count)
    return found


def watch(admin, stop, latest):
    while not stop.wait(0.5):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{admin}/metrics", timeout=2) as answer:
                latest.update(buckets(answer.read().decode()))
        except OSError:
            pass


def run(build, options, long_port):
    with made_up_web(build, "--hosts", options.hosts, "--pages", options.pages, "--log", "log") as (folder, server):
        seeds, admin = (folder / "seeds").read_text(), free_port()
        if long_port:
            seeds += "".join(f"http://127.200.0.{n + 1}:{long_port}/\n" for n in range(options.long))
        (folder / "all").write_text(seeds)
        latest, stop = {}, threading.Event()
        watcher = threading.Thread(target=watch, args=(admin, stop, latest))
        watcher.start()
        crawl = subprocess.Popen([build / "decorum", "crawl", "--seeds", folder / "all", "--out", folder / "crawl", "--allow",
                                  "127.0.0.0/8", "--delay", f"{options.delay}s", "--admin", f"127.0.0.1:{admin}", "--quiet"])
        wanted = options.hosts * options.pages
        deadline = time.monotonic() + 300
        pages = []
        while len(pages) < wanted and time.monotonic() < deadline:
            time.sleep(0.5)
            rows = [line.split(" ") for line in (folder / "log").read_text().splitlines() if line.count(" ") == 3]
            pages = sorted(int(ns) / 1e9 for ns, _, path, _ in rows if path != "/robots.txt")
        stop.set()
        watcher.join()
        end(crawl)
        long_pages = 0
        for feed in (folder / "crawl/feed").glob("pages-*.jsonl"):
            long_pages += feed.read_text().count('"url":"http://127.200.')
        end(server)
        first, last = len(pages) * 5 // 100, len(pages) * 80 // 100
        return (last - first) / (pages[last] - pages[first]), latest, long_pages


def quantile(found, share):
    total = max(found.values(), default=0)
    return next((bound for bound, count in sorted(found.items()) if total and count >= share * total), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--delay", type=float, default=0.2)
    parser.add_argument("--long", type=int, default=4)
    options = parser.parse_args()
    build = options.build.resolve()
    port = free_port()
    server = multiprocessing.Process(target=serve_long_pages, args=(port,), daemon=True)
    server.start()
    alone, lag_alone, _ = run(build, options, None)
    beside, lag, long_pages = run(build, options, port)
    server.terminate()
    print(f"{options.hosts} hosts x {options.pages} pages at {options.delay} s: {alone:.1f} pages/s alone, {beside:.1f} beside "
          f"{options.long} hosts of {SIZE >> 20} MiB pages ({long_pages} of them read): {beside / alone:.2%}")
    for name, found in (("alone", lag_alone), ("beside", lag)):
        print(f"ticks of the loops late, {name}: p50 <= {quantile(found, 0.5)} s, p99 <= {quantile(found, 0.99)} s of "
              f"{max(found.values(), default=0)}")


if __name__ == "__main__":
    main()
