"""A robots.txt that a redirect puts on another host: each hop is a request of the host it lands on, through that host's
gate, and what is found at the end rules the origin (RFC 9309 2.3.1.2)."""
import time

import harness
import oddweb
import outputs
import weblog

RULES = "User-agent: *\nDisallow: /no\n"
DELAY = 0.2


def address(n, net=0):
    return f"127.34.{net}.{n + 1}"


def links(host, n=8):
    """The root of a host: `n` pages that its rules allow and two that they do not."""
    return oddweb.page(host, *(f"/p/{i}" for i in range(n)), "/no/1", "/no/2")


class Web(oddweb.OddWeb):
    """Hosts whose robots.txt is where `moves` says: {host: [url path of the next hop on which host, ...]}."""

    def __init__(self, hosts, hops, slow=0.0):
        self.hops, self.slow = hops, slow  # host -> hosts its robots.txt goes through; the last one has the rules
        super().__init__(hosts, self.reply)

    def reply(self, host, path, _):
        if path == "/":
            return links(host)
        if path == "/robots.txt" or path.startswith("/of/"):
            origin = host if path == "/robots.txt" else path.split("/")[2]
            done = 0 if path == "/robots.txt" else int(path.split("/")[3])
            way = self.hops.get(origin, [])
            if done == len(way):
                time.sleep(self.slow if done else 0)
                return oddweb.text(RULES)
            return oddweb.moved(self.url(way[done], f"/of/{origin}/{done + 1}"), 301 + done % 2)
        return oddweb.page(path)

    def check(self, host):
        """The whole way was gone once, before the first page, and the rules at its end are obeyed."""
        way = [(host, "/robots.txt")] + [(h, f"/of/{host}/{i + 1}") for i, h in enumerate(self.hops.get(host, []))]
        arrivals = [self.requests(*step) for step in way]
        assert [len(a) for a in arrivals] == [1] * len(way), (host, arrivals)
        pages = [r for r in self.requests(host) if r.path == "/" or r.path.startswith("/p/")]
        assert len(pages) == 9 and min(pages).ns > max(a[0].ns for a in arrivals), host
        assert not [r for r in self.requests(host) if r.path.startswith("/no/")]


def test_each_hop_is_asked_once_and_the_rules_at_the_end_are_obeyed(bench):
    a, b, c, d, e, f = (address(n) for n in range(6))
    web = Web((a, b, c, d, e, f), {a: [b, c, d, e, f], b: [b]})  # five hops, and one on the host itself
    crawl = bench.crawl(web.url(a), web.url(b), "--delay", f"{DELAY}s")
    assert crawl.wait(60 * bench.patience) == 0, crawl.err()
    web.check(a)
    web.check(b)
    assert web.requests(c, "/robots.txt") == [], "the rules of a host on the way are not asked for"
    assert weblog.short_gaps(web.requests(), DELAY) == []
    books = crawl.summary()["books"]
    assert (books["discovered"], books["done"], books["refused"]) == (22, 18, 4), books
    robots = [row for row in outputs.fetches(crawl.data) if row["kind"] == "robots"]
    assert {row["host"] for row in robots} == {a, b, c, d, e, f}
    web.close()


def test_one_host_has_the_rules_of_many_and_its_gap_holds(bench):
    hosts = [address(n, 1) for n in range(12)]
    last = hosts[-1]
    web = Web(hosts, {host: [last] for host in hosts[:-1]})
    crawl = bench.crawl(*(web.url(host) for host in hosts), "--delay", f"{DELAY}s")
    assert crawl.wait(90 * bench.patience) == 0, crawl.err()
    for host in hosts:
        web.check(host)
    assert weblog.short_gaps(web.requests(), DELAY) == []
    order = ["of" if r.path.startswith("/of/") else "page" for r in web.requests(last)]
    assert "page" in order[:len(order) - order[::-1].index("of") - 1], "its own pages are not starved meanwhile"
    web.close()


def unreachable(bench, hosts, hops):
    web = Web(hosts, hops)
    crawl = bench.crawl(web.url(hosts[0]), "--delay", "0.02s", "--set", "budget.patience=2s", out=f"crawl-{hosts[0]}")
    return web, crawl


def test_a_loop_and_one_hop_too_many_forbid(bench):
    two = [address(n, 2) for n in range(2)]
    seven = [address(n, 3) for n in range(7)]
    many = unreachable(bench, seven, {seven[0]: seven[1:]})
    gone = unreachable(bench, [address(0, 4)], {address(0, 4): [address(1, 4)]})
    web = oddweb.OddWeb(two, lambda host, path, _: oddweb.moved(web.url(two[host == two[0]], "/robots.txt")))
    loop = web, bench.crawl(web.url(two[0]), "--delay", "0.02s", "--set", "budget.patience=2s")
    for web, crawl in (loop, many, gone):
        assert crawl.wait(40 * bench.patience) == 14, crawl.err()
        assert not [r for r in web.requests() if r.path == "/"]
        assert max(weblog.repeats(web.requests()).values(), default=1) <= 1
        assert [row["outcome"] for row in outputs.fetches(crawl.data)]
    assert len(loop[0].requests()) == 2
    assert len(many[0].requests()) == 6, "robots.txt and five redirects"
    for web, _ in (loop, many, gone):
        web.close()


def test_it_is_not_asked_again_after_a_restart(bench):
    a, b = address(0, 5), address(1, 5)
    web = Web((a, b), {a: [b]})
    argv = (web.url(a), "--delay", f"{DELAY}s")
    crawl = bench.crawl(*argv)
    harness.wait_until(lambda: len(web.requests(a)) > 3, 20 * bench.patience, "the crawl is under way")
    assert crawl.terminate(10 * bench.patience) == 11
    assert bench.crawl(*argv).wait(40 * bench.patience) == 0
    web.check(a)
    assert weblog.short_gaps(web.requests(), DELAY) == []
    web.close()


def test_it_is_found_after_kill_9_on_the_way(bench):
    a, b = address(0, 6), address(1, 6)
    web = Web((a, b), {a: [b]}, slow=2)
    redis = bench.redis()
    first = bench.serve(redis.url, f"politeness.delay={DELAY}s", "workers.threads=1")
    first.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", web.url(a))
    harness.wait_until(lambda: web.requests(b), 20 * bench.patience, "the rules are being asked for on the way")
    first.kill()
    second = bench.serve(redis.url, f"politeness.delay={DELAY}s", "workers.threads=1")
    second.wait_idle(40 * bench.patience)
    assert len(web.requests(a, "/robots.txt")) == 1, "the way is kept"
    assert len(web.requests(b)) == 2, "what was under way is asked again"
    assert {r.path for r in web.requests(a)} == {"/robots.txt", "/", *(f"/p/{i}" for i in range(8))}
    assert weblog.short_gaps(web.requests(), DELAY) == []
    assert redis.cli("KEYS", "*:errands") == redis.cli("KEYS", "*:asked") == "", "nothing is left behind"
    web.close()


def test_two_daemons_fetch_for_each_other(bench):
    hosts = [address(n, 7) for n in range(24)]
    web = Web(hosts, {host: [hosts[(n * 7 + 1) % 24], hosts[(n * 5 + 3) % 24]] for n, host in enumerate(hosts)})
    redis = bench.redis()
    settings = (f"politeness.delay={DELAY}s", "frontier.lease_ttl=2s", "workers.threads=1")
    daemons = [bench.serve(redis.url, *settings, data=name) for name in ("first", "second")]

    def shares():
        return [sum(w["partitions"] for w in d.status().get("workers", [])) for d in daemons]
    harness.wait_until(lambda: shares() == [128, 128], 40 * bench.patience, "each has its share")
    redis.cli("LPUSH", "decorum:seeds", *(web.url(host) for host in hosts))
    pages = 24 * 9
    harness.wait_until(lambda: sum(1 for r in web.requests() if r.path == "/" or r.path.startswith("/p/")) == pages,
                       90 * bench.patience, "all is fetched")
    for daemon in daemons:
        daemon.wait_idle(20 * bench.patience)
    for host in hosts:
        if web.hops[host][0] != web.hops[host][1]:
            web.check(host)
    assert weblog.short_gaps(web.requests(), DELAY) == []
    books = daemons[0].status()["books"]
    assert books["discovered"] == books["done"] + books["refused"] == 24 * 11, books
    kept = {d: {row["host"] for row in outputs.fetches(d.data) if row["kind"] == "robots"} for d in daemons}
    assert all(kept.values()), "both asked"
    assert daemons[0].metric("decorum_books_imbalance") == 0
    web.close()


harness.main(globals())
