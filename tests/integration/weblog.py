"""The made-up web's own log, and what it says about politeness."""
import collections
from typing import NamedTuple


class Request(NamedTuple):
    ns: int  # CLOCK_MONOTONIC when the first bytes of the request were read
    host: str
    path: str
    status: int  # 0: no HTTP was spoken
    url: str


def read_log(path, port):
    requests = []
    if not path.exists():
        return requests
    with open(path, encoding="ascii") as log:
        for line in log:
            if not line.endswith("\n"):
                break  # still being written
            ns, host, target, status = line.split(" ")
            requests.append(Request(int(ns), host, target, int(status), f"http://{host}:{port}{target}"))
    return requests


def by_host(requests):
    hosts = collections.defaultdict(list)
    for request in requests:
        hosts[request.host].append(request)
    for list_of_one in hosts.values():
        list_of_one.sort()
    return hosts


def short_gaps(requests, delay):
    """Consecutive arrivals at one host less than `delay` seconds apart: (seconds, earlier, later)."""
    found = []
    for arrivals in by_host(requests).values():
        for earlier, later in zip(arrivals, arrivals[1:]):
            if later.ns - earlier.ns < delay * 1e9:
                found.append(((later.ns - earlier.ns) / 1e9, earlier.url, later.url))
    return found


def makespan(requests):
    """Seconds from the first arrival to the last."""
    return (max(r.ns for r in requests) - min(r.ns for r in requests)) / 1e9


def pages(requests):
    return [r for r in requests if r.path != "/robots.txt"]


def repeats(requests):
    """URLs asked more than once, with their counts."""
    counts = collections.Counter(r.url for r in requests)
    return {url: n for url, n in counts.items() if n > 1}
