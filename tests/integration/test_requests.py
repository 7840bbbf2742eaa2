"""Requests beyond GET: what an entry of the inbox asks to be sent is sent, once, in its turn, and kept."""
import json
import sys
from typing import NamedTuple

import harness
import outputs

POSTS = 100


class Line(NamedTuple):
    ns: int
    host: str
    method: str
    path: str
    status: int
    body: bytes
    key: str


class ApiSite(harness.Process):
    """tests/support/api_site.py"""

    def __init__(self, bench):
        self.port, self.log_path = harness.free_port(), bench.tmp / "api.log"
        super().__init__([sys.executable, bench.source / "tests/support/api_site.py", self.port, self.log_path], bench.tmp,
                         "api")
        harness.wait_until(self.log_path.exists, 20, "the site starts")

    def url(self, path):
        return f"http://127.0.0.2:{self.port}{path}"

    def lines(self):
        rows = [line.split(" ") for line in self.log_path.read_text().splitlines()]
        return [Line(int(ns), host, method, path, int(status), b"" if body == "-" else bytes.fromhex(body), key)
                for ns, host, method, path, status, body, key in rows]

    def of(self, path):
        return [line for line in self.lines() if line.path == path]


class Polled:
    """A daemon, its Redis, and an API that it is to ask."""

    def __init__(self, bench, *settings):
        self.bench = bench
        self.site, self.redis = bench.keep(ApiSite(bench)), bench.redis()
        self.serve = bench.serve(self.redis.url, "politeness.delay=0.05s", "parse.sitemaps=false", *settings)

    def push(self, *entries):
        self.redis.cli("RPUSH", "decorum:seeds", *(json.dumps(entry) for entry in entries))

    def settled(self, count, seconds=60):
        rows = lambda: outputs.feed(self.serve.data)
        harness.wait_until(lambda: len(rows()) >= count, seconds * self.bench.patience, f"{count} URLs have ended")
        return rows()

    def end(self):
        """Everything is settled; and what the host saw came in its turn."""
        lines = self.site.lines()
        gaps = [later.ns - sooner.ns for sooner, later in zip(sorted(lines), sorted(lines)[1:])]
        assert min(gaps) >= 50e6, f"two requests {min(gaps) / 1e6} ms apart"
        def over():
            books = self.serve.status()["books"]
            return books["discovered"] == books["done"] + books["refused"] > 0

        harness.wait_until(over, 20 * self.bench.patience, "every URL has ended")
        assert self.serve.terminate(20 * self.bench.patience) == 0


def test_posts_to_one_url_differ_by_their_bodies(bench):
    polled = Polled(bench)
    entries = [{"url": polled.site.url("/echo"), "method": "POST", "body": {"page": n}} for n in range(POSTS)]
    polled.push(*entries, *entries, {"url": polled.site.url("/echo")})
    rows = polled.settled(POSTS + 1)
    harness.wait_until(lambda: polled.serve.status()["seeds"]["duplicates"] == POSTS, 20 * bench.patience,
                       "the repeats are counted")
    seen = polled.site.of("/echo")
    assert sorted(line.body for line in seen if line.method == "POST") == sorted(
        json.dumps({"page": n}, separators=(",", ":")).encode() for n in range(POSTS))
    assert [line.method for line in seen].count("GET") == 1, "a GET of that URL is another request"
    assert len({row.get("request") for row in rows}) == POSTS + 1
    polled.end()
    # The answers are in the archive, and what was sent, byte for byte.
    answers, requests = set(), set()
    for path in outputs.warc_files(polled.serve.data):
        for record in outputs.warc_records(path):
            body = record.block.partition(b"\r\n\r\n")[2]
            if record.kind == "response" and body.startswith(b"{"):
                answers.add(body)
            if record.kind == "request" and record.block.startswith(b"POST /echo "):
                requests.add(body)
    assert len(answers) == len(requests) == POSTS and answers == requests


def test_headers_are_sent_and_make_no_other_request(bench):
    polled = Polled(bench)
    polled.push({"url": polled.site.url("/echo"), "method": "POST", "body": "a=1", "headers": {"X-Key": "one"}},
                {"url": polled.site.url("/echo"), "method": "POST", "body": "a=1", "headers": {"X-Key": "two"}},
                {"url": polled.site.url("/text"), "method": "HEAD"})
    polled.settled(2)
    sent = {(line.method, line.path): line.key for line in polled.site.lines() if line.path != "/robots.txt"}
    assert sent.keys() == {("POST", "/echo"), ("HEAD", "/text")} and sent["POST", "/echo"] in ("one", "two"), sent
    assert len(polled.site.of("/echo")) == 1
    polled.end()


def test_a_post_is_not_sent_again(bench):
    polled = Polled(bench, "backoff.initial=0.1s", "fetch.retries=2", "backoff.retry_floor=1000", "backoff.breaker_failures=50",
                    "backoff.breaker_rate=1.0")
    polled.push({"url": polled.site.url("/fails"), "method": "POST", "body": "x"},
                {"url": polled.site.url("/dies"), "method": "POST", "body": "x"},
                {"url": polled.site.url("/echo"), "method": "POST", "body": "before"})
    rows = {row["url"]: row for row in polled.settled(3)}
    assert rows[polled.site.url("/fails")]["fate"] == "http_5xx"
    assert rows[polled.site.url("/dies")]["fate"] == "retries_exhausted"
    assert len(polled.site.of("/fails")) == len(polled.site.of("/dies")) == 1
    polled.end()


def test_a_redirect_asks_for_what_its_status_says(bench):
    polled = Polled(bench)
    polled.push({"url": polled.site.url("/see-other"), "method": "POST", "body": "x"},
                {"url": polled.site.url("/moved-kept"), "method": "POST", "body": "y"})
    polled.settled(4)
    assert [(line.method, line.body) for line in polled.site.of("/result")] == [("GET", b"")]
    assert [(line.method, line.body) for line in polled.site.of("/echo")] == [("POST", b"y")]
    polled.end()


def test_explain_tells_one_request_from_the_other(bench):
    polled = Polled(bench)
    url = polled.site.url("/echo")
    polled.push({"url": url, "method": "POST", "body": "x"})
    polled.settled(1)

    def state(question):
        done = bench.run("explain", question, "--json", "--out", polled.serve.data)
        assert done.wait(20 * bench.patience) == 0, done.err()
        return json.loads(done.out())

    asked = state(json.dumps({"url": url, "method": "POST", "body": "x"}))
    assert asked["state"] == "done" and asked["reason"] == "fetched" and asked["request"].startswith("POST "), asked
    assert len(asked["requests"]) == 1, asked
    for other in (url, json.dumps({"url": url, "method": "POST", "body": "z"})):
        answer = state(other)
        assert answer["state"] == "never_seen" and not answer.get("requests"), answer
    polled.end()


def test_a_kill_loses_no_request(bench):
    polled = Polled(bench)
    polled.push(*({"url": polled.site.url("/echo"), "method": "POST", "body": str(n)} for n in range(POSTS)))
    harness.wait_until(lambda: len(polled.site.of("/echo")) >= POSTS // 3, 60 * bench.patience, "the crawl is under way")
    polled.serve.kill()
    polled.serve = bench.serve(polled.redis.url, "politeness.delay=0.05s", "parse.sitemaps=false")
    harness.wait_until(lambda: {line.body for line in polled.site.of("/echo")} == {str(n).encode() for n in range(POSTS)},
                       60 * bench.patience, "each was sent")
    harness.wait_until(lambda: polled.serve.status()["books"]["done"] == POSTS, 30 * bench.patience, "each has ended")
    assert len(polled.site.of("/echo")) <= POSTS + 16, "only what was in flight is sent again"
    polled.end()


harness.main(globals())
