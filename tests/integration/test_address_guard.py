"""Where we connect: to public addresses and to what fetch.allow_addresses lists, however a URL spells where it leads and
whatever a name server says; proved by listeners that see nothing."""
import ctypes
import http.server
import json
import os
import re
import socket
import subprocess
import threading

import harness
import outputs
import weblog
from nameserver import Answer, NameServer

# Spellings of loopback and of nowhere.
LOOPBACK = [
    "127.0.0.1", "127.1", "127.0.1", "127.0.0.1.", "0x7f.1", "0x7f000001", "0X7F000001", "2130706433", "0177.0.0.1", "017700000001",
    "0x7f.0x0.0x0.0x1", "0177.00.0x0.01", "127.000.000.001", "127.0x000001", "127.0.0.3", "127.255.255.254", "127.3",
    "１２７.０.０.１", "127。0。0。1", "127．0．0．1", "127｡1", "①②⑦.⓪.⓪.①", "%31%32%37.0.0.1", "%30x7f.1", "127%2e0%2e0%2e1",
    "0.0.0.0", "0", "0x0", "00", "0.0", "0.1.2.3", "localhost", "LOCALHOST", "localhost.", "ｌｏｃａｌｈｏｓｔ", "a.localhost", "a.b.LocalHost.",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::0001]", "[::]", "[0::0]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:FFFF:7F00:0001]",
    "[::127.0.0.1]", "[::7f00:1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]", "[2002:7f00:0001::1]",
    "example.com@127.0.0.1", "example.com:80@127.0.0.1", "example.com%2f@127.0.0.1", "a:b@[::1]", "@127.0.0.1", "a@b@127.0.0.1",
]
# Addresses that are not public, of every kind.
PRIVATE = [
    "10.0.0.1", "10.255.255.255", "167772161", "012.1", "0xa.1", "172.16.0.1", "172.31.255.254", "2886729729", "192.168.0.1",
    "192.168.257", "192.168.255.255", "0xc0a80001", "3232235521", "169.254.169.254", "169.254.1", "2852039166", "0xa9fea9fe",
    "0251.0376.0251.0376", "100.64.0.1", "100.127.255.254", "198.18.0.1", "198.19.255.254", "192.0.0.1", "192.0.0.170", "192.0.2.1",
    "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "4294967295",
    "[fc00::1]", "[fd12:3456::1]", "[fe80::1]", "[febf::1]", "[fec0::1]", "[ff02::1]", "[ff0e::1]", "[2001:db8::1]", "[100::1]",
    "[2001::1]", "[2001:2::1]", "[2001:10::1]", "[2001:20::1]", "[3fff::1]", "[5f00::1]", "[4000::1]", "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[64:ff9b::10.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[2002:a00:1::1]",
    "[2002:a9fe:a9fe::1]", "[2002:c0a8:101::1]", "[::10.0.0.1]", "example.com@10.0.0.1", "8.8.8.8@169.254.169.254",
]
SCHEMES = ["file:///etc/passwd", "file:/etc/passwd", "file://127.0.0.1/etc/passwd", "gopher://{0}/_x", "dict://{0}/d:x", "ftp://{0}/x",
           "ftps://{0}/x", "sftp://{0}/x", "ldap://{0}/x", "tftp://{0}/x", "telnet://{0}/x", "smb://{0}/x", "imap://{0}/x", "rtsp://{0}/x",
           "ws://{0}/x", "wss://{0}/x", "jar:http://{0}/x!/y", "view-source:http://{0}/x", "blob:http://{0}/x", "data:text/html,<a href=/x>",
           "javascript:location='http://{0}/x'", "mailto:a@{0}", "about:blank", "urn:x:y", "unix:///x", "netdoc:///etc/passwd"]
# Of other protocols (the "bad ports" of the fetch standard); never asked, wherever they are.
PORTS = [1, 7, 21, 22, 23, 25, 53, 79, 110, 143, 389, 465, 587, 636, 993, 2049, 5060, 6000, 6667, 10080]
FORMS = ("seed", "link", "301", "302", "307")
SECRET = "hunter2"


class Canary:
    """Listens on every address of its port, for both families, and counts who comes."""

    def __init__(self, addresses=("0.0.0.0", "::"), port=0):
        self.sockets, self.seen, self.port = [], [], port
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            listener = socket.socket(family, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind((address, self.port))
            listener.listen(64)
            self.port = self.port or listener.getsockname()[1]
            self.sockets.append(listener)
            threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def _serve(self, listener):
        while True:
            connection, _ = listener.accept()
            self.seen.append(connection.getsockname()[0])
            connection.close()

    def works(self, *addresses):
        """It sees a connection to each of them; then forgets."""
        for address in addresses:
            before = len(self.seen)
            socket.create_connection((address, self.port), timeout=5).close()
            harness.wait_until(lambda: len(self.seen) > before, 5, f"the canary sees a connection to {address}")
        self.seen.clear()


class Site:
    """Redirects /to/CODE/N to the Nth target; / links to all. Keeps each request's host, path and head."""

    def __init__(self, address):
        site = self
        self.requests, self.targets, self.links = [], [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.requests.append((self.connection.getsockname()[0], self.path, dict(self.headers)))
                status, body, fields = site.answer(self.path)
                self.send_response(status)
                for name, text in [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body))), *fields]:
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(body)

            def send_header(self, name, text):  # as bytes: a Location may hold anything
                self._headers_buffer = [*getattr(self, "_headers_buffer", []), f"{name}: {text}\r\n".encode()]

            def log_message(self, *_):
                pass
        server = http.server.ThreadingHTTPServer((address, 0), Handler)
        server.daemon_threads = True
        self.address, self.port = address, server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def answer(self, path):
        if path == "/robots.txt":
            return 404, b"", [("Set-Cookie", "id=robots; Path=/")]
        if path.startswith("/to/"):
            _, _, code, number = path.split("/")
            return int(code), b"", [("Location", self.targets[int(number)].format(code)), ("Set-Cookie", "id=1; Path=/")]
        body = "".join(f'<a href="{link}">x</a>' for link in self.links) if path == "/" else "<p>a page</p>"
        return 200, body.encode(), [("Set-Cookie", "id=page; Path=/"), ("WWW-Authenticate", "Basic")]


def normal(bench, urls):
    """The normal form of each, or None, as the program has it."""
    lines = "".join(json.dumps({"id": i, "url": url, "base": None, "mode": "crawl"}) + "\n" for i, url in enumerate(urls))
    done = subprocess.run([bench.decorum, "eval", "url"], input=lines, capture_output=True, text=True, timeout=60, check=True)
    return [json.loads(line)["url"] for line in done.stdout.splitlines()]


def a_network_of_its_own(hosts):
    """From now on this process and its children are in a network where every address there is leads to themselves, and
    read `hosts` as their hosts file."""
    if os.geteuid() != 0:
        raise harness.Skip("network namespaces need root")
    libc = ctypes.CDLL(None, use_errno=True)
    new_network, new_mounts = 0x40000000, 0x20000
    if libc.unshare(new_network | new_mounts) != 0:
        raise harness.Skip(f"no network namespace: {os.strerror(ctypes.get_errno())}")
    ip = harness.program("ip")
    for command in ([ip, "link", "set", "lo", "up"], [ip, "route", "add", "local", "0.0.0.0/0", "dev", "lo"],
                    [ip, "-6", "route", "add", "local", "::/0", "dev", "lo"], ["mount", "--make-rprivate", "/"],
                    ["mount", "--bind", hosts, "/etc/hosts"]):
        subprocess.run(list(map(str, command)), check=True, timeout=10, capture_output=True)


def crawl_seeds(bench, redis, serve, *urls, known=()):
    """Seeds them and waits for their ends; the status then. `known`: what may have ended before, or under another name."""
    def ends():
        return {row["url"] for row in [*outputs.feed(serve.data), *outputs.refused(serve.data)]}
    redis.cli("RPUSH", "decorum:seeds", *known, *urls)
    harness.wait_until(lambda: ends().issuperset(urls), 60 * bench.patience, f"{urls} have ended")
    return serve.wait_idle(120 * bench.patience)


def crawled(bench, site, canary, hosts, names=None, ports=(), allow="[]", env=()):
    """Every host and scheme as a seed, as a link, and as the target of each redirect. What became of them."""
    places = [f"{host}:{canary.port}" for host in hosts] + [f"{site.address}:{port}" for port in (0, *ports)]
    site.targets = [f"http://{place}/{{0}}" for place in places] + [f"https://{place}/s{{0}}" for place in places]
    other = [text.format(f"127.0.0.1:{canary.port}") for text in SCHEMES]
    own = f"http://{site.address}:{site.port}"
    wanted = [target.format(form) for form in FORMS for target in site.targets]
    site.links = [target.format("link") for target in site.targets] + other
    site.links += [f"/to/{code}/{n}" for code in FORMS[2:] for n in range(len(site.targets) + len(other))]
    site.links += [f"http://user:{SECRET}@{site.address}:{site.port}/with-credentials"]
    site.targets += [text.replace("{", "{{").replace("}", "}}") for text in other]
    redis = bench.redis(folder=f"redis-{len(hosts)}")
    settings = ["politeness.delay=0s", "scope.type=any", f"fetch.allow_addresses={allow}", "budget.patience=60s"]
    if names:
        settings += [f'fetch.name_servers=["{names.address}"]', "fetch.dns_min_ttl=0s"]
    serve = bench.serve(redis.url, *settings, data=f"data-{len(hosts)}", before=["env", *env] if env else ())
    serve.wait_ready(20 * bench.patience)
    status = crawl_seeds(bench, redis, serve, f"{own}/", known=[target.format("seed") for target in site.targets])
    forms = normal(bench, wanted)
    assert None not in forms, [url for url, form in zip(wanted, forms) if form is None]
    apart = len({re.sub("//[^/]*@", "//", form) for form in forms})
    assert canary.seen == []
    assert status["refused_by_reason"] == {"forbidden_address": apart}, status["refused_by_reason"]
    assert len([form for form in normal(bench, other) if form and form.startswith("http")]) == 0
    fetched = {row["url"] for row in outputs.feed(serve.data)}
    assert fetched == {f"{own}/", f"{own}/with-credentials"} | {f"{own}{link}" for link in site.links if link.startswith("/to/")}
    assert status["seeds"]["rejected"] == len(other)
    rejected = [json.loads(line) for line in redis.cli("LRANGE", "decorum:seeds:rejected", 0, -1).splitlines()]
    assert all(row["reason"].startswith("scheme") for row in rejected), rejected
    print(f"{len(hosts)} spellings, {len(ports) + 1} ports, {len(other)} schemes: {len(wanted)} URLs and "
          f"{len(other) * (len(FORMS) - 1)} more, {apart} of them apart, refused; the canary saw nothing", flush=True)
    return redis, serve


def check_secrets(site, serve, redis_folder):
    """No request had what nobody gave us, and nothing keeps a URL's credentials."""
    assert not [head for _, _, head in site.requests if {"cookie", "authorization", "proxy-authorization"} & {n.lower() for n in head}]
    assert any(path == "/with-credentials" for _, path, _ in site.requests)
    kept = [path for path in [*serve.data.rglob("*.jsonl"), *redis_folder.rglob("*")] if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert kept == [], kept
    assert serve.terminate(20) == 0
    for record in outputs.check_warcs(serve.data):
        assert SECRET not in (record.url or "") and (record.kind == "response" or SECRET.encode() not in record.block)


def test_on_loopback_a_narrow_block_lets_nothing_else_in(bench):
    canary, site = Canary(), Site("127.0.0.2")
    canary.works("127.0.0.1", "127.0.0.3", "::1")
    proxy = f"http://127.0.0.1:{canary.port}"
    env = [f"{name}={proxy}" for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")]
    _, serve = crawled(bench, site, canary, LOOPBACK, allow='["127.0.0.2/32"]', env=env)
    check_secrets(site, serve, bench.tmp / f"redis-{len(LOOPBACK)}")


def test_in_a_network_where_every_address_answers(bench):
    public, other, hosts = "93.184.216.34", "8.8.8.8", bench.tmp / "hosts"
    hosts.write_text("127.0.0.1 localhost\n10.0.0.7 intranet.example\n::1 six.example\n127.0.0.1 both.example\n::1 both.example\n")
    a_network_of_its_own(hosts)
    canary, site = Canary(), Site(public)
    canary.works("10.0.0.1", "169.254.169.254", "100.64.0.1", other, "fc00::1", "2002:7f00:1::", "64:ff9b::7f00:1")
    bad_ports = [Canary((public,), port) for port in (22, 25, 6667)]
    bad_ports[0].works(public)
    inside = {
        "private.test": Answer(["10.0.0.1"]), "loop.test": Answer(["127.0.0.1"], ["::1"]), "meta.test": Answer(["169.254.169.254"]),
        "mapped.test": Answer(v6=["::ffff:127.0.0.1"]), "nat64.test": Answer(v6=["64:ff9b::7f00:1"]), "6to4.test": Answer(v6=["2002:a00:1::1"]),
        "unique-local.test": Answer(v6=["fd00::1"]), "zero.test": Answer(["0.0.0.0"]), "all.test": Answer(["255.255.255.255"]),
        "alias.test": Answer(["127.0.0.1"], alias="localhost"), "many.test": Answer(["10.0.0.1", "192.168.0.1"], ["::1", "fe80::1"]),
    }
    good = {
        "mixed.test": Answer(["127.0.0.1", public], ["::1"]), "mixed-6.test": Answer([public], ["::1", "fc00::1"]),
        "mixed-many.test": Answer(["10.0.0.1", "10.0.0.2", "192.168.0.1", public]),
    }

    def answer(name, times):
        if name == "rebinding.test":  # the first page and its robots.txt only
            return Answer([public if times < 2 else "127.0.0.1"], ttl=0)
        return inside.get(name) or good.get(name) or Answer(rcode=3)
    names = NameServer(answer)
    redis, serve = crawled(bench, site, canary, [*LOOPBACK, *PRIVATE, *inside, "intranet.example", "six.example", "both.example"],
                           names, PORTS, env=[f"http_proxy=http://10.0.0.1:{canary.port}"])
    assert sum(len(c.seen) for c in bad_ports) == 0

    crawl_seeds(bench, redis, serve, *(f"http://{name}:{site.port}/mixed" for name in good))
    fetched = {row["url"] for row in outputs.feed(serve.data)}
    assert {f"http://{name}:{site.port}/mixed" for name in good} <= fetched, "by their public address"

    # What the name leads to changes between two lookups: the page is asked where it was checked, or not at all.
    for number in range(6):
        crawl_seeds(bench, redis, serve, f"http://rebinding.test:{site.port}/rebinding/{number}")
    fates = [row["fate"] for row in outputs.feed(serve.data) if "/rebinding/" in row["url"]]
    refused = [row["reason"] for row in outputs.refused(serve.data) if "/rebinding/" in row["url"]]
    assert fates == ["fetched"] and refused == ["forbidden_address"] * 5, (fates, refused)
    assert {address for address, _, _ in site.requests} == {public}
    assert canary.seen == []
    assert {line["ip"] for line in outputs.fetches(serve.data)} == {public}
    check_secrets(site, serve, bench.tmp / f"redis-{len(LOOPBACK) + len(PRIVATE) + len(inside) + 3}")


harness.main(globals())
