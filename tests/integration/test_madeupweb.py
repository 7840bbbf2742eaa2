"""The made-up web keeps its own promises: what the other tests conclude from it rests on this."""
import gzip
import http.client
import re
import socket
import time
import urllib.parse
from html.parser import HTMLParser

import harness
import weblog


class Links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.found.append(dict(attrs)["href"])


def get(url, headers=None):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", parts.path + ("?" + parts.query if parts.query else ""), headers=headers or {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def walk(web):
    """Every URL reachable from the roots by allowed links, asked until it answers otherwise than 500, 429 or 503."""
    seen, queue, bodies = set(web.seeds), list(web.seeds), {}
    while queue:
        url = queue.pop()
        status, headers, body = get(url)
        while status in (429, 500, 503):
            status, headers, body = get(url)
        bodies[url] = (status, body)
        targets = [headers["Location"]] if status // 100 == 3 else Links(body.decode()).found
        for target in targets:
            absolute = urllib.parse.urldefrag(urllib.parse.urljoin(url, target)).url
            if absolute not in seen and not urllib.parse.urlsplit(absolute).path.startswith("/private/"):
                seen.add(absolute)
                queue.append(absolute)
    return bodies


def test_the_list_of_urls_is_what_links_reach(bench):
    web = bench.web(hosts=4, pages=40, errors=20, redirects=30, push_back=10, seed=7)
    bodies = walk(web)
    assert set(bodies) == web.urls
    assert {status for status, _ in bodies.values()} >= {200, 301, 302, 307, 308, 404}
    statuses = [r.status for r in web.requests()]
    assert statuses.count(500) > 0 and statuses.count(429) + statuses.count(503) > 0


def test_the_same_seed_gives_the_same_web(bench):
    port = harness.free_port()
    webs = []
    for seed in (1, 1, 2):
        web = bench.web(hosts=2, pages=10, seed=seed, port=port, page_bytes=4000)
        webs.append({url: body for url, (_, body) in walk(web).items()})
        assert web.terminate(10) == 0
    assert webs[0] == webs[1] != webs[2]
    assert {len(body) for body in webs[0].values()} == {4000}


def test_every_page_links_within_and_across_hosts(bench):
    web = bench.web(hosts=3, pages=30)
    links = Links(get(web.url(1))[2].decode()).found
    absolute = [urllib.parse.urljoin(web.url(1), link) for link in links]
    hosts = [urllib.parse.urlsplit(link).hostname for link in absolute]
    own = urllib.parse.urlsplit(web.url(1)).hostname
    assert hosts.count(own) >= 10 and len(hosts) - hosts.count(own) == 2
    assert any("/private/" in link for link in links)


def test_robots_says_what_was_asked_for(bench):
    web = bench.web(hosts=1, crawl_delay=1.5)
    status, _, body = get(web.url(0, "/robots.txt"))
    assert status == 200 and b"Disallow: /private/\n" in body and re.search(rb"Crawl-delay: 1\.50*\n", body)
    assert get(bench.web(hosts=1, robots_status=503).url(0, "/robots.txt"))[0] == 503


def test_the_log_has_every_request_at_its_arrival(bench):
    web = bench.web(hosts=2, latency=50)
    before = time.monotonic_ns()
    get(web.url(1, "/behave/echo?x=1"))
    after = time.monotonic_ns()
    get(web.url(0), {"Host": "example.test:80"})
    log = harness.wait_until(lambda: len(web.requests()) == 2 and web.requests(), 5, "two lines in the log")
    assert log[0].path == "/behave/echo?x=1" and log[0].url == web.url(1, "/behave/echo?x=1")
    assert before < log[0].ns < after - 45_000_000, "the arrival is before the latency"
    assert log[1].host == "example.test" and log[1].status == 200
    assert weblog.short_gaps([log[0], log[0]._replace(ns=log[0].ns + 10_000_000)], 0.02)
    assert not weblog.short_gaps([log[0], log[0]._replace(ns=log[0].ns + 20_000_000)], 0.02)


def test_connections_are_kept(bench):
    web = bench.web(hosts=1)
    parts = urllib.parse.urlsplit(web.url(0))
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    local = set()
    for path in ("/", "/robots.txt", "/nowhere"):
        connection.request("GET", path)
        local.add(connection.sock.getsockname())
        connection.getresponse().read()
    assert len(local) == 1
    assert get(bench.web(hosts=1, close=True).url(0))[1]["Connection"] == "close"


def test_only_loopback_is_listened_on(bench):
    web = bench.web(hosts=5)
    text = open("/proc/net/tcp", encoding="ascii").read()
    listening = [line.split()[1] for line in text.splitlines()[1:] if line.split()[3] == "0A"]
    ours = [address for address in listening if int(address.split(":")[1], 16) == web.port]
    assert len(ours) == 6 and all(address[6:8] == "7F" for address in ours), ours


def test_manners(bench):
    web = bench.web(hosts=1)

    def ask(path):
        return get(web.url(0, "/behave/" + path))

    assert [ask("status/503?retry-after=2&times=2")[0] for _ in range(3)] == [503, 503, 200]
    assert ask("status/429?retry-after=2")[1]["Retry-After"] == "2"
    assert len(ask("big?bytes=300000")[2]) == 300000
    assert ask("redirect?to=%2Fx%3Fy")[1]["Location"] == "/x?y"
    assert ask("loop?n=4")[1]["Location"] == "/behave/loop?n=5"
    assert b"<title>chunked</title>" in ask("chunked")[2]
    assert Links(ask("links?to=/a&to=/b")[2].decode()).found == ["/a", "/b"]
    assert b"\r\nX-Test: 1\r\n" in get(web.url(0, "/behave/echo"), {"X-Test": "1"})[2]
    assert b"<title>gzip</title>" in gzip.decompress(ask("gzip")[2])
    for path, error in (("short?bytes=9", http.client.IncompleteRead), ("reset", ConnectionError),
                        ("garbage", http.client.BadStatusLine)):
        try:
            ask(path)
        except error:
            continue
        raise AssertionError(f"{path} was answered")
    started = time.monotonic()
    ask("slow?ms=60")
    ask("drip?bytes=5&ms=10")
    assert time.monotonic() - started >= 0.1


def test_held_bodies_end_together(bench):
    web = bench.web(hosts=3, hold=3, hold_ms=100)
    clients = []
    for host in range(3):
        parts = urllib.parse.urlsplit(web.url(host))
        client = socket.create_connection((parts.hostname, parts.port), timeout=10)
        client.sendall(b"GET /behave/big?bytes=100000 HTTP/1.0\r\n\r\n")
        clients.append(client)
        if host == 1:
            assert "held" not in web.out()
    harness.wait_until(lambda: "held 3" in web.out(), 5, "three bodies have begun")
    for client in clients:
        size = 0
        while chunk := client.recv(65536):
            size += len(chunk)
        assert size > 100000
        client.close()


harness.main(globals())
