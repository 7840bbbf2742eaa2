"""`decorum explain`: every reason and fate that the program can come to is made to happen, and what explain says of each
URL is compared with explain.golden, numbers and times masked. Run with DECORUM_GOLDEN=write to write that file anew."""
import json
import os
import pathlib
import re
import signal
import socket
import threading
import time
import urllib.parse

import harness
import oddweb

GOLDEN = pathlib.Path(__file__).with_name("explain.golden")
MAIN, ERRORS, BUSY, MANY, BROKEN, BLOCKED = (f"127.70.0.{i}" for i in range(1, 7))
ROBOTS = "User-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /private\n"
SETTINGS = '[scope]\nmax_depth = 2\n\nexclude = ["*/excluded/*"]\n'
LONG = "/long-" + "x" * 300


class RawServer:
    """Answers each connection with the bytes that a function of its first bytes gives, and closes it."""

    def __init__(self, host, answer):
        self.socket = socket.create_server((host, 0))
        self.origin = f"{host}:{self.socket.getsockname()[1]}"
        self.answer = answer
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection):
        with connection:
            connection.settimeout(30)
            try:
                asked = connection.recv(65536)
                connection.sendall(self.answer(asked))
            except OSError:
                pass

    def close(self):
        self.socket.close()


def site(host, path, _):
    """What the hosts of the test answer."""
    if path == "/robots.txt":
        return oddweb.text(ROBOTS) if host == MAIN else oddweb.text("", status=404)
    if host == MAIN:
        links = {"/": ["/a", "/private/x", "/excluded/1", LONG, "http://elsewhere.example/", "/moved", "/loop0", "/gone", "/same",
                       "/a/b/a/b/a/b", "/page?PHPSESSID=0123456789abcdef0123"],
                 "/a": ["/b"], "/b": ["/c"]}
        if path == "/":
            status, fields, body = oddweb.page("main", *links["/"])
            return status, fields, body + b'<a rel="nofollow" href="/shy">shy</a>'
        if path == "/moved":
            return oddweb.moved("/target")
        if path.startswith("/loop"):
            return oddweb.moved(f"/loop{int(path[5:]) + 1}")
        if path == "/gone":
            return oddweb.text("gone", status=410)
        if path == "/same":
            return 304, {}, b""
        return oddweb.page(path, *links.get(path, []))
    if host == ERRORS and path == "/broken":
        return oddweb.text("no", status=500)
    if host == BUSY and path == "/busy":
        return oddweb.text("later", status=429)
    if host == MANY and path == "/":
        return oddweb.page("many", *[f"/n{i}" for i in range(9)])
    return oddweb.page(path)


def raw(asked):
    path = asked.split(b" ")[1] if asked.count(b" ") > 1 else b""
    if path == b"/robots.txt":
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    if path == b"/garbage":
        return b"\x01\x02 this is not HTTP\r\n\r\n"
    if path == b"/slow":
        time.sleep(600)
    return b""


def mask(text, names):
    """Ports, times, ages and sizes differ from run to run; what is said does not."""
    for origin, name in names:
        text = text.replace(origin, name)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text)
    text = re.sub(r"read [\dhmsd. e+-]+ ago", "read AGE ago", text)
    text = re.sub(r"Stored in \S+ at \d+, \d+ bytes", "Stored in FILE at OFFSET, LENGTH bytes", text)
    text = re.sub(r"(Host \S+): \w+, \d+ queued(, asked next in [^,]+)?, delay \S+( \d+s)? \(\w+\)",
                  r"\1: STATE, N queued, delay D (FROM)", text)
    errors = "connect|tls|timeout|protocol|reset|retries_exhausted"  # worded by libraries
    text = re.sub(rf"((?:failed: (?:{errors}), at TIME|Asked at TIME: (?:{errors})): ).*", r"\1ERROR", text)
    return re.sub(r"set by \S+\.toml:", "set by FILE:", text).replace("x" * 300, "...")


class Crawl:
    """The program with everything that happens to its URLs, and what explain says."""

    def __init__(self, bench):
        self.bench = bench
        self.web = oddweb.OddWeb([MAIN, ERRORS, BUSY, MANY, BLOCKED], site)
        self.raw = RawServer(BROKEN, raw)
        self.redis = bench.redis()
        self.serve = bench.serve(self.redis.url, "politeness.delay=10ms", "politeness.factor=0", "fetch.retries=0",
                                 "backoff.max_pushbacks=0", f"fetch.timeout={5 * bench.patience}s",
                                 "scope.max_url_length=200", "fetch.max_redirects=2", "budget.host_pages=25", "budget.job_pages=2",
                                 "workers.threads=2", config=SETTINGS)
        self.serve.wait_ready(20 * bench.patience)
        self.names = [(f"{host}:{self.web.port}", name) for host, name in
                      ((MAIN, "main"), (ERRORS, "errors"), (BUSY, "busy"), (MANY, "many"), (BLOCKED, "blocked"))]
        self.names.append((self.raw.origin, "broken"))

    def seed(self, *urls):
        self.redis.cli("LPUSH", "decorum:seeds", *urls)

    def json(self, url, seed=""):
        argv = ["explain", url, "--json", "--admin", f"127.0.0.1:{self.serve.admin_port}"] + (["--seed", seed] if seed else [])
        done = self.bench.run(*argv)
        assert done.wait(30 * self.bench.patience) == 0, done.err()
        return json.loads(done.out())

    def ended(self, url):
        code, _, text = self.serve.http("/api/v1/url?url=" + urllib.parse.quote(url, safe=""))
        assert code == 200, text
        answer = json.loads(text)
        told = answer["state"] == "done" or (answer["state"] == "refused" and answer["refusal"])  # the log comes after it
        return answer if told else None

    def text(self, url, *more):
        done = self.bench.run("explain", url, *more, "--admin", f"127.0.0.1:{self.serve.admin_port}")
        assert done.wait(30 * self.bench.patience) == 0, done.err()
        return mask(done.out(), self.names)

    def tell(self, told, name, url, *more, ended=True):
        """Waits for the URL's end and keeps what explain says, under the name of the reason or fate."""
        if ended:
            answer = harness.wait_until(lambda: self.ended(url), 60 * self.bench.patience, f"{url} has ended")
            assert answer["reason"] == name.split(":")[0], answer
        told[name] = self.text(url, *more)

    def close(self):
        self.web.close()
        self.raw.close()


# What no test can make happen yet: nothing in the program comes to these.
NOT_MADE = {"mime", "cancelled", "operator_dropped", "duplicate"}
# Made by a test of its own.
ELSEWHERE = {"robots_unreachable"}


def codes(source):
    """Every reason and fate that the program can note of a URL."""
    text = (source / "crawler/outcome.h").read_text()
    ends = re.findall(r'^    \{"(\w+)", (?:true|false)\},$', text, re.M)
    assert "out_of_scope" in ends and "retries_exhausted" in ends
    return {"fetched", *ends}


def compare(told):
    text = "".join(f"# {name}\n{said}\n" for name, said in told.items())
    if os.environ.get("DECORUM_GOLDEN") == "write":
        GOLDEN.write_text(text)
    golden = dict(part.split("\n", 1) for part in GOLDEN.read_text()[2:].split("\n# "))
    for name, said in told.items():
        want = golden.get(name, "").rstrip("\n")
        assert said.rstrip("\n") == want, f"{name}: explain says\n{said}\nand the golden file\n{want}"
    assert sorted(golden) == sorted(told), "the golden file has other cases"


def test_every_end_is_explained(bench):
    crawl = Crawl(bench)
    try:
        told = {}
        main = crawl.web.url(MAIN)
        crawl.tell(told, "never_seen: a seed", main, ended=False)
        crawl.tell(told, "never_seen: excluded", main + "excluded/9", ended=False)
        crawl.tell(told, "never_seen: a link of another host", "http://elsewhere.example/", "--seed", main, ended=False)
        crawl.tell(told, "never_seen: a trap", main + "x/y/x/y/x/y", "--seed", main, ended=False)
        crawl.tell(told, "never_seen: another spelling", f"HTTP://{MAIN}:{crawl.web.port}/%7euser#top", ended=False)
        crawl.tell(told, "bad_url", "no scheme.example", ended=False)
        crawl.tell(told, "bad_url: no scheme", "www.example.org", ended=False)
        crawl.tell(told, "scheme", "mailto:a@example.org", ended=False)

        crawl.seed(main)
        for name, path in (("fetched", "/"), ("fetched: a link", "/a"), ("robots_disallowed", "/private/x"),
                           ("out_of_scope", "/excluded/1"), ("too_long", LONG), ("nofollow", "/shy"), ("redirected", "/moved"),
                           ("fetched: after a redirect", "/target"), ("too_many_redirects", "/loop2"), ("http_4xx", "/gone"),
                           ("not_modified", "/same"), ("depth", "/c"), ("trap", "/a/b/a/b/a/b"),
                           ("fetched: with a session", "/page?PHPSESSID=ffff")):
            crawl.tell(told, name, crawl.web.url(MAIN, path))
        crawl.tell(told, "out_of_scope: another host", "http://elsewhere.example/")

        many = crawl.web.url(MANY)
        crawl.seed(many, *[crawl.web.url(MANY, f"/m{i}") for i in range(30)])
        crawl.tell(told, "http_5xx", *late(crawl, ERRORS, "/broken"))
        crawl.tell(told, "rate_limited", *late(crawl, BUSY, "/busy"))
        crawl.tell(told, "timeout", *late(crawl, crawl.raw.origin, "/slow"))
        crawl.tell(told, "protocol", *late(crawl, crawl.raw.origin, "/garbage"))
        crawl.tell(told, "retries_exhausted", *late(crawl, crawl.raw.origin, "/reset"))
        crawl.tell(told, "forbidden_address", *late(crawl, "192.0.2.1", "/"))
        crawl.tell(told, "dns", *late(crawl, "a" * 70 + ".example", "/"))
        told["dns"] = told["dns"].replace("a" * 70, "aaa")

        crawl.seed(*[json.dumps({"url": crawl.web.url(ERRORS, f"/j{i}"), "job": "small"}) for i in range(6)])
        over = harness.wait_until(lambda: next((u for u in (crawl.web.url(ERRORS, f"/j{i}") for i in range(6))
                                                if (crawl.ended(u) or {}).get("reason") == "budget_job"), None),
                                  60 * bench.patience, "a job has given all its pages")
        told["budget_job"] = re.sub(r"/j\d+", "/jN", crawl.text(over))

        over = harness.wait_until(lambda: next((u for u in (crawl.web.url(MANY, f"/m{i}") for i in range(30))
                                                if (crawl.ended(u) or {}).get("reason") == "budget_host"), None),
                                  60 * bench.patience, "a host has given all its pages")
        said = crawl.text(over)
        told["budget_host"] = re.sub(r"/m\d+", "/mN", said)

        code, _, text = crawl.serve.http(f"/api/v1/hosts/{BLOCKED}/block", body=json.dumps({"why": "they asked us to"}))
        assert code == 200, text
        crawl.tell(told, "blocked_host", *late(crawl, BLOCKED, "/"))
        crawl.tell(told, "never_seen: of a blocked host", crawl.web.url(BLOCKED, "/other"), ended=False)

        # Origins whose robots.txt an earlier life has read, and which are not what they were.
        nobody = f"127.70.0.9:{harness.free_port()}"
        for name, origin in (("connect", f"http://{nobody}"), ("tls", f"https://{MAIN}:{crawl.web.port}")):
            url = origin + ("/" if name == "connect" else "/tls")
            remember_robots(crawl, url, origin)
            crawl.seed(url)
            crawl.names.append((nobody, "nobody"))
            crawl.tell(told, name, url)
        compare({name: told[name] for name in sorted(told)})
        made = {name.split(":")[0] for name in told} | ELSEWHERE
        assert not made & NOT_MADE and made | NOT_MADE >= codes(bench.source), sorted(codes(bench.source) - made - NOT_MADE)
    finally:
        crawl.close()


def late(crawl, host, path):
    """Seeds a URL whose turn it is now."""
    url = crawl.web.url(host, path) if host in crawl.web.hosts else f"http://{host}{path}"
    crawl.seed(url)
    return [url]


def remember_robots(crawl, url, origin):
    partition = crawl.json(url)["partition"]
    crawl.redis.cli("HSET", f"decorum:{{p{partition:03}}}:robots", origin, f"1 n {int(time.time() * 1000)} 0\n")


def test_robots_that_cannot_be_had_are_explained(bench):
    def answer(asked):
        if b" /slow " in asked:
            time.sleep(600)
        status = b"404 Not Found" if b" /robots.txt " in asked else b"200 OK"
        return b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    slow = RawServer("127.70.1.1", answer)
    broken = RawServer("127.70.1.2", lambda asked: b"HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    redis = bench.redis()
    crawl = bench.crawl(f"http://{slow.origin}/slow", "--set", "redis.mode=external", "--set", f"redis.url={redis.url}",
                        "--set", "backoff.initial=60s", "--delay", "10ms")
    crawl.wait_ready(20 * bench.patience)
    origin = f"http://{broken.origin}"

    def explained():
        code, _, text = crawl.http(f"/api/v1/url?url={origin}/page")
        assert code == 200, text
        return json.loads(text)

    # Three attempts of an earlier life have failed already.
    now = int(time.time() * 1000)
    redis.cli("HSET", f"decorum:{{p{explained()['partition']:03}}}:robots", origin, f"2 u 0 3 {now} {now - 90_000}\n")
    redis.cli("LPUSH", "decorum:seeds", f"{origin}/page")
    harness.wait_until(lambda: explained()["state"] == "refused" and explained()["refusal"], 40 * bench.patience, "the origin is given up")
    done = bench.run("explain", f"{origin}/page", "--out", crawl.data)
    assert done.wait(30 * bench.patience) == 0, done.err()
    first, *rest = mask(done.out(), [(broken.origin, "broken")]).splitlines()
    assert first == "refused: robots_unreachable: robots.txt of http://broken could not be had in 4 attempts", done.out()
    assert "http://broken/robots.txt could not be had, 4 attempts failed since." in rest, done.out()
    assert "By the rules of now it would be refused: robots_unreachable: robots.txt of http://broken could not be had in " \
        "4 attempts, as a seed." in rest, done.out()
    slow.close()
    broken.close()


def test_what_has_not_ended_is_explained_by_its_place(bench):
    web = oddweb.OddWeb([MAIN, ERRORS], site)
    redis = bench.redis()
    serve = bench.serve(redis.url, "politeness.delay=10ms", "fetch.retries=1", "backoff.initial=5m")
    serve.wait_ready(20 * bench.patience)

    def explained(url):
        code, _, text = serve.http("/api/v1/url?url=" + url)
        assert code == 200, text
        return json.loads(text)

    broken = web.url(ERRORS, "/broken")
    redis.cli("LPUSH", "decorum:seeds", broken)
    harness.wait_until(lambda: explained(broken)["state"] == "waiting", 20 * bench.patience, "a retry waits")
    harness.wait_until(lambda: explained(broken)["requests"], 20 * bench.patience, "the ledger has its request")
    answer = explained(broken)
    assert 0 < answer["due_in_ms"] <= 5.5 * 60_000 and answer["record"]["attempts"] == 1, answer
    assert [r["outcome"] for r in answer["requests"]] == ["http_5xx"] and answer["now"]["action"] == "queue", answer

    host = MAIN
    code, _, text = serve.http(f"/api/v1/hosts/{host}/pause", body="{}")
    assert code == 200, text
    pages = [web.url(MAIN, f"/page{i}") for i in range(200)]
    redis.cli("LPUSH", "decorum:seeds", *pages)
    harness.wait_until(lambda: all(explained(pages[i])["state"] in ("queued", "in_flight") for i in (0, 77, 199)),
                       20 * bench.patience, "the URLs of a paused host are queued")
    answer = explained(pages[100])
    assert answer["record"]["seed"] == pages[100] and answer["record"]["via"] is None, answer
    assert [lever["lever"] for lever in answer["host_state"]["levers"]] == ["pause"], answer
    web.close()


def test_questions_that_cannot_be_answered_are_told_so(bench):
    nobody = bench.run("explain", "http://example.org/", "--admin", f"127.0.0.1:{harness.free_port()}")
    assert nobody.wait(20 * bench.patience) == 1
    assert "no running daemon found; looked at 127.0.0.1:" in nobody.err(), nobody.err()
    redis = bench.redis()
    serve = bench.serve(redis.url)
    serve.wait_ready(20 * bench.patience)
    for query in ("", "?url=", "?url=http://h/&x=1", "?url=http://h/&seed=nothing"):
        code, headers, text = serve.http("/api/v1/url" + query)
        assert code == 400 and headers["Content-Type"] == "application/problem+json", (query, code, text)
    admin = ("--admin", f"127.0.0.1:{serve.admin_port}")
    for length, code, said in ((3000, 0, "would be refused: scope.max_url_length"), (70_000, 2, "cannot be asked about")):
        done = bench.run("explain", "http://example.org/" + "a" * length, *admin)
        assert done.wait(20 * bench.patience) == code and said in done.out() + done.err(), (length, done.out(), done.err())
    redis.kill()
    harness.wait_until(lambda: not serve.status()["redis"]["up"], 10 * bench.patience, "it sees that Redis is away")
    begun = time.monotonic()
    code, _, text = serve.http("/api/v1/url?url=http://example.org/")
    assert code == 503 and "Redis is away" in json.loads(text)["detail"], text
    assert time.monotonic() - begun < 1, "it does not wait for what cannot come"


def test_a_crawler_without_a_contact_is_said_to_wait(bench):
    redis = bench.redis()
    serve = bench.serve(redis.url, "agent.contact=")
    serve.wait_ready(20 * bench.patience)
    done = bench.run("explain", "http://example.org/", "--admin", f"127.0.0.1:{serve.admin_port}")
    assert done.wait(20 * bench.patience) == 0
    assert "never seen; would be queued, and wait until agent.contact is set, as a seed" in done.out(), done.out()
    done = bench.run("explain", "http://10.1.2.3/", "--admin", f"127.0.0.1:{serve.admin_port}")
    assert done.wait(20 * bench.patience) == 0
    assert "would be refused: forbidden_address" in done.out(), done.out()


def test_many_explanations_at_a_time_leave_others_their_answers(bench):
    redis = bench.redis()
    serve = bench.serve(redis.url)
    serve.wait_ready(20 * bench.patience)
    redis.signal(signal.SIGSTOP)  # each would wait its 2 s
    try:
        threads = [threading.Thread(target=serve.http, args=("/api/v1/url?url=http://example.org/",)) for _ in range(12)]
        for thread in threads:
            thread.start()
        begun = time.monotonic()
        for _ in range(5):
            assert serve.http("/healthz")[0] == 200
        assert time.monotonic() - begun < 1.5, "while all of them wait, or are sent away"
        for thread in threads:
            thread.join()
    finally:
        redis.signal(signal.SIGCONT)


harness.main(globals())
