"""A site with every bad manner beside good hosts: each URL has its one right fate, in bounded time, bytes and memory,
and nobody else notices."""
import json
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

import harness
import hostile_answers  # noqa: F401  (they enter their behaviours)
import hostile_bodies  # noqa: F401
import outputs
import weblog
from hostile_site import BEHAVIOURS, address_of, scheme_of

DELAY, GOOD_DELAY = 0.5, 0.1
CONFIG = f"""
[[host]]
match = "127.66.*"
delay = "{DELAY}s"
"""
RETRIES = 1
SETTINGS = (f"politeness.delay={GOOD_DELAY}s", f"fetch.retries={RETRIES}", "fetch.timeout=6s", "fetch.connect_timeout=3s",
            "fetch.low_speed_time=2s", "backoff.initial=0.2s", "backoff.max=0.5s", "backoff.max_retry_after=0.5s",
            "backoff.max_pushbacks=1", "backoff.retry_floor=100000", "workers.threads=2")
BODY, SLACK = 5 << 20, 8 << 20  # fetch.max_bytes; what may lie in the buffers of two sockets

# What becomes of /odd: its fate, how it is marked, and whether it was read (/found is linked from it alone).
FETCHED, READ = ("fetched", None, False), ("fetched", None, True)
CUT = ("fetched", "length", True)
LATE, BROKEN = ("fetched", "time", True), ("fetched", "disconnect", True)
REDIRECTED, PROTOCOL = ("redirected", None, False), ("protocol", None, False)
CLIENT, SERVER = ("http_4xx", None, False), ("http_5xx", None, False)
LIMITED, RESET = ("rate_limited", None, False), ("retries_exhausted", None, False)
TIMEOUT = ("timeout", None, False)
ODD = {
    "loop-itself": REDIRECTED, "loop-of-two": REDIRECTED, "loop-that-grows": REDIRECTED, "chain": REDIRECTED,
    "location-empty": CLIENT, "location-relative": REDIRECTED, "location-long": REDIRECTED, "location-huge": REDIRECTED,
    "location-ftp": CLIENT, "location-javascript": CLIENT, "location-broken": CLIENT, "location-bare-nothing": CLIENT,
    "location-with-bytes": REDIRECTED, "location-missing": CLIENT, "location-300": CLIENT,
    "redirect-with-endless-body": ("redirected", "length", False), "missing-with-endless-body": ("http_4xx", "length", False),
    "head-of-60-kilobytes": READ, "head-line-of-99-kilobytes": PROTOCOL, "head-of-endless-lines": PROTOCOL,
    "head-of-one-endless-line": PROTOCOL, "interim-flood": PROTOCOL, "interim-some": READ, "interim-101": PROTOCOL,
    "head-with-nul": PROTOCOL, "head-with-bare-cr": READ, "head-with-bare-lf": READ, "head-folded": READ,
    "head-without-colons": PROTOCOL, "head-that-stops": PROTOCOL, "http-0.9": PROTOCOL, "http-2": PROTOCOL,
    "other-protocol": PROTOCOL, "shoutcast": PROTOCOL, "tls-alert": PROTOCOL,
    "status-99": PROTOCOL, "status-000": PROTOCOL, "status-600": SERVER, "status-999": SERVER, "status-2000": PROTOCOL,
    "status-20": PROTOCOL, "status--20": PROTOCOL, "status-OK": PROTOCOL, "status-without-reason": READ,
    "status-204-with-body": FETCHED, "status-304-unasked": ("not_modified", None, False), "status-401": CLIENT,
    "status-407": CLIENT, "status-426": CLIENT, **{f"retry-after-{n}": LIMITED for n in range(7)},
    "length-none": READ, "length-none-and-never-closed": LATE, "length-too-long": BROKEN, "length-too-short": FETCHED,
    "length-negative": PROTOCOL, "length-no-number": PROTOCOL, "length-beyond-64-bit": READ, "length-twice": READ,
    "length-and-chunks": READ, "chunk-size-no-number": BROKEN, "chunk-size-beyond-64-bit": BROKEN,
    "chunk-size-wrong": BROKEN, "chunks-without-end": BROKEN, "chunks-endless": CUT, "chunks-of-one-byte": CUT,
    "chunk-extension-endless": CUT, "chunk-extensions": CUT, "trailers-endless": CUT,
    "trailer-of-one-endless-line": BROKEN, "transfer-coding-unknown": READ, "body-endless": CUT,
    "body-of-a-terabyte": CUT, "body-changes-its-length": ("fetched", "disconnect", False),
    "two-answers": READ, "answer-in-advance": READ, "reset-at-the-second": READ, "reset-always": RESET,
    "reset-in-the-head": RESET, "closes-at-once": RESET, "says-nothing": TIMEOUT, "one-byte-in-9-s": ("fetched", "time", False),
    "slow-bytes": LATE, "slow-head": TIMEOUT, "cookies": READ, "alternatives": READ, "refresh": READ,
    "coded-gzip": READ, "coded-x-gzip": READ, "coded-deflate": READ, "coded-deflate-bare": READ, "coded-br": READ,
    "coded-zstd": READ, "coded-three-times": READ, "coded-six-times": PROTOCOL, "coded-by-nobody-knows": READ,
    "coded-not-at-all": READ, "coded-otherwise": FETCHED, "coded-unsaid": READ, "coded-cut": CUT,
    "coded-empty": FETCHED, **{f"bomb-{n}": CUT for n in ("gzip", "deflate", "br", "zstd", "gzip-twice")},
    "bomb-small": CUT, "bomb-transfer": CUT,
    "type-image-is-html": FETCHED, "type-html-is-image": FETCHED, "type-none": READ, "type-nonsense": READ,
    "type-none-and-image": FETCHED, "type-html-is-junk": FETCHED, "type-html-is-empty": FETCHED,
    "type-charset-nonsense": READ, "type-twice": READ,
    **{f"robots-{n}": CLIENT for n in ("is-html", "endless", "bomb-gzip", "bomb-zstd")},
    **{f"sitemap-{n}": CLIENT for n in ("bomb", "bomb-coded", "bomb-in-a-bomb", "laughs", "reads-a-file", "is-html", "deep", "endless")},
}
# Asked at all only once robots.txt was had, which they do not give: nothing of these hosts is fetched.
UNREACHABLE = ("robots-loops", "robots-breaks-off", "robots-heads", "robots-says-nothing")
# Hosts whose "/" is what is odd: they speak TLS well for robots.txt, and never again.
TLS = {"tls-expired": "tls", "tls-wrong-name": "tls", "tls-self-signed": "tls", "tls-plain-inside": "tls",
       "tls-stands-still": "timeout"}
# How far others of its URLs differ from "fetched".
OTHERS = {
    "loop-of-two": {"/there": "redirected"}, "location-long": {"/odd/" + "x" * 5000: "too_long"},
    "location-huge": {"/odd/" + "x" * 60000: "too_long"}, "location-with-bytes": {"/rest/1%01%FF": "fetched"},
    "loop-that-grows": {**{f"/odd?n={n}": "redirected" for n in range(1, 10)}, "/odd?n=10": "too_many_redirects"},
    "chain": {**{f"/odd?n={n}": "redirected" for n in range(1, 8)}, "/odd?n=8": "fetched"},
    "length-twice": {"/found": "http_4xx"}, "transfer-coding-unknown": {"/found": "http_4xx"},
    **{f"robots-{n}": {"/rest/2": "robots_disallowed"} for n in ("endless", "bomb-gzip", "bomb-zstd")},
    **{f"sitemap-{n}": {"/sitemap.xml": "fetched"} for n in ("bomb-in-a-bomb", "laughs", "reads-a-file", "is-html", "deep")},
    **{f"sitemap-{n}": {"/sitemap.xml": ("fetched", "length")} for n in ("bomb", "bomb-coded")},
    "sitemap-endless": {"/sitemap.xml": ("fetched", "length")},
}
LONGEST = 1000  # of a URL, to compare it by: the log of refusals cuts them


def expected():
    """URL path of each host: (fate, how it is cut)."""
    all_of_them = {}
    for name in BEHAVIOURS:
        if name in UNREACHABLE:
            continue
        if name in TLS:
            all_of_them[name] = {"/": (TLS[name], None)}
            continue
        fate, cut, read = ODD[name]
        paths = {path: ("fetched", None) for path in ("/", "/rest/1", "/rest/2", *(["/found"] if read else []))}
        paths["/odd"] = (fate, cut)
        paths.update({path: (end, None) if isinstance(end, str) else end for path, end in OTHERS.get(name, {}).items()})
        all_of_them[name] = paths
    return all_of_them


class Hostile(harness.Process):
    def __init__(self, bench):
        self.port, self.log_path, self.sent_path = harness.free_port(), bench.tmp / "hostile.log", bench.tmp / "hostile.sent"
        self.authority = bench.tmp / "certificates/ca.pem"
        super().__init__([sys.executable, "-B", bench.source / "tests/support/hostile_site.py", self.port, self.log_path,
                          self.sent_path, self.authority.parent], bench.tmp, "hostile")
        bench.keep(self)
        harness.wait_until(lambda: self.authority.exists() or not self.alive(), 30 * bench.patience, "the hostile site listens")
        assert self.alive(), self.err()

    def url(self, name, path="/"):
        return f"{scheme_of(name)}://{address_of(name)}:{self.port}{path}"

    def requests(self):
        return weblog.read_log(self.log_path, self.port)

    def sent(self):
        """Bytes of every answer by (host, path)."""
        sizes = {}
        for line in self.sent_path.read_text().splitlines():
            host, path, size = line.split(" ")
            sizes.setdefault((host, path), []).append(int(size))
        return sizes


class Watch(threading.Thread):
    """Asks for the status all the time: the longest it took, and the most memory that was in use."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.of, self.slowest, self.memory, self.over = daemon, 0.0, 0, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.1):
            began = time.monotonic()
            answered = self.of.http("/api/v1/status")[0]
            if answered:
                self.slowest = max(self.slowest, time.monotonic() - began)
            self.memory = max(self.memory, self.of.memory("VmRSS"))


def pace(requests, since, until):
    """Requests a second between two moments, of the slowest host."""
    return min(sum(since <= r.ns < until for r in arrivals) for arrivals in weblog.by_host(requests).values()) / (until - since) * 1e9


def check_fates(site, data):
    rows = {}
    for row in [*outputs.feed(data), *({**r, "fate": r["reason"]} for r in outputs.refused(data))]:
        rows.setdefault(row["url"][:LONGEST], []).append(row)
    wrong = []
    wanted = {site.url(name, path)[:LONGEST]: end for name, paths in expected().items() for path, end in paths.items()}
    for url, (fate, cut) in wanted.items():
        ends = [(row["fate"], row.get("truncated")) for row in rows.get(url, [])]
        if ends != [(fate, cut)]:
            wrong.append((url[:100], {address_of(n): n for n in BEHAVIOURS}[url.split("/")[2].split(":")[0]], ends, (fate, cut)))
    others = {url for url in rows if f":{site.port}/" in url} - set(wanted)
    assert not wrong and not others, json.dumps({"wrong": wrong, "unknown": sorted(u[:100] for u in others)}, indent=1)


def check_traffic(site):
    requests = site.requests()
    assert weblog.short_gaps(requests, DELAY) == []
    assert [r for r in requests if r.status] == [], "cookies, credentials or conditions that nobody gave us"
    times = weblog.repeats(requests)
    names = {address_of(name): name for name in BEHAVIOURS}
    for url, count in times.items():
        host, path = url.split("/")[2].split(":")[0], "/" + url.split("/", 3)[3]
        if path == "/odd" and names[host] not in ("reset-always", "closes-at-once"):
            assert count <= RETRIES + 1, f"{names[host]} was asked {count} times"
    again = [r.ns for r in requests if (names[r.host], r.path) == ("reset-at-the-second", "/odd")]
    assert len(again) == 2, "sent again exactly once"
    most = max(max(sizes) for sizes in site.sent().values())
    for (host, path), sizes in site.sent().items():
        twice = 2 if "chunk" in names[host] or path == "/sitemap.xml" else 1  # framing as large as a body; fetch.max_sitemap_bytes
        assert max(sizes) <= twice * BODY + SLACK, f"{names[host]} {path}: {max(sizes)} bytes"
    heads = [max(site.sent()[address_of(name), "/odd"]) for name in BEHAVIOURS if name.startswith(("head-", "interim-"))]
    assert max(heads) <= SLACK // 4, heads
    print(f"{len(requests)} requests; the longest answer {most / 1e6:.1f} MB", flush=True)


def test_a_hostile_site_beside_good_hosts(bench):
    good, redis = bench.web(hosts=4, pages=5000), bench.redis()
    site = Hostile(bench)
    serve = bench.serve(redis.url, *SETTINGS, f"fetch.ca_file={site.authority}", config=CONFIG)
    serve.wait_ready(20 * bench.patience)
    redis.cli("RPUSH", "decorum:seeds", *good.seeds)
    harness.wait_until(lambda: len(good.pages()) > 40, 30 * bench.patience, "the good hosts are being crawled")
    alone = time.monotonic_ns()
    harness.wait_until(lambda: time.monotonic_ns() - alone > 8e9, 20, "the good hosts were alone for a while")
    base, watch = serve.memory("VmRSS"), Watch(serve)
    beside = time.monotonic_ns()
    for at, name in enumerate(BEHAVIOURS):  # a few a second, since this is about their manners and not their number
        harness.wait_until(lambda at=at: time.monotonic_ns() - beside > at / 8 * 1e9, 10, "the next one's turn")
        redis.cli("RPUSH", "decorum:seeds", site.url(name))
    wanted = sum(len(paths) for paths in expected().values())

    def settled():
        assert serve.alive(), serve.err()[-2000:]
        ends = [*outputs.feed(serve.data), *outputs.refused(serve.data)]
        return sum(f":{site.port}/" in row["url"] for row in ends) >= wanted
    try:
        harness.wait_until(settled, 90 * bench.patience, "every URL of the hostile site has a fate")
    except AssertionError:
        check_fates(site, serve.data)  # says which
        raise
    finally:
        watch.over.set()
    done = time.monotonic_ns()
    check_fates(site, serve.data)
    check_traffic(site)
    assert not any(r.path != "/robots.txt" for r in site.requests() if r.host in map(address_of, UNREACHABLE))
    requests, status = good.requests(), serve.status()
    rates = pace(requests, alone, beside), pace(requests, beside, done)
    print(f"{len(BEHAVIOURS)} behaviours, {wanted} URLs in {(done - beside) / 1e9:.0f} s; the slowest good host {rates[0]:.2f} "
          f"requests/s alone, {rates[1]:.2f} beside it; memory {base >> 20} MiB, then at most {watch.memory >> 20} MiB; "
          f"status within {watch.slowest * 1000:.0f} ms", flush=True)
    assert rates[1] >= 0.9 * rates[0] or bench.sanitized
    assert watch.memory <= base + (256 << 20) or bench.sanitized
    assert watch.slowest <= 1 * bench.patience
    assert weblog.short_gaps(requests, GOOD_DELAY) == [] and status["violations"] == 0
    assert serve.terminate(20 * bench.patience) == 0
    assert min(line["sent_at"] for line in outputs.fetches(serve.data)) > "2020", "also of what was never sent"
    audit = bench.run("audit", "--json", "--log", serve.data / "log")
    audit.wait(60 * bench.patience)
    # Who asks for ages gets what we were configured to give, half a second, which the audit does not call enough.
    patient = {address_of("retry-after-2")}
    report = json.loads(audit.out())
    assert report["violations"] == report["violations_by_rule"]["retry_after"], report
    assert {told["host"] for told in report["violations_told"]} <= patient, report
    verify = bench.run("warc", "verify", *outputs.warc_files(serve.data))
    assert verify.wait(60 * bench.patience) == 0, verify.out() + verify.err()


harness.main(globals())
