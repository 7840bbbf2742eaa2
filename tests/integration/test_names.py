"""Names: one lookup a host, name servers that go and come back, names that do not exist, addresses that do not answer."""
import collections
import socket
import time

import harness
import outputs
from nameserver import NXDOMAIN, SERVFAIL, Answer, NameServer
from oddweb import OddWeb, page

PAGES = 12  # of each host, and a robots.txt
SITE, DEAD = "127.0.0.1", "127.0.0.99"
SETTINGS = ("politeness.delay=0.1s", "workers.threads=2", "fetch.connect_timeout=2s", "fetch.retries=1", "backoff.initial=0.2s",
            "backoff.max=0.5s")


def crawling(bench, names, *settings):
    site, redis = bench.moody_site(PAGES), bench.redis()
    serve = bench.serve(redis.url, *SETTINGS, f'fetch.name_servers=["{names.address}"]', *settings)
    serve.wait_ready(20 * bench.patience)
    return site, redis, serve


def fates(serve):
    """How often each fate, by host."""
    by_host = collections.defaultdict(collections.Counter)
    for row in outputs.feed(serve.data):
        by_host[row["url"].split("/")[2].split(":")[0]][row["fate"]] += 1
    return by_host


def test_one_lookup_of_a_host_serves_all_its_urls(bench):
    names = NameServer(lambda name, _: Answer([SITE]))
    site, redis, serve = crawling(bench, names)
    hosts = [f"h{n}.test" for n in range(10)]
    redis.cli("RPUSH", "decorum:seeds", *(site.url(host, path) for host in hosts for path in ("/", "/1", "/2", "/3")))
    serve.wait_idle(60 * bench.patience)
    assert {host: dict(counts) for host, counts in fates(serve).items()} == {host: {"fetched": PAGES} for host in hosts}
    assert [names.times(host) for host in hosts] == [1] * len(hosts)


def away_and_back(bench, how, *settings):
    """A crawl whose name servers go `how` and come back: everything is fetched in the end. Its daemon."""
    down = {}

    def answer(name, _):
        return Answer(**down) if down else Answer([SITE], ttl=0)
    names = NameServer(answer)
    site, redis, serve = crawling(bench, names, "fetch.dns_min_ttl=1s", *settings)
    old, new = ([f"{age}-{n}.test" for n in range(6)] for age in ("old", "new"))
    redis.cli("RPUSH", "decorum:seeds", *(site.url(host) for host in old))
    harness.wait_until(lambda: len(site.pages()) >= 12, 30 * bench.patience, "the crawl is under way")
    down.update(how)
    redis.cli("RPUSH", "decorum:seeds", *(site.url(host) for host in new))
    harness.wait_until(lambda: "The name servers do not answer" in (serve.status().get("why_idle") or ""), 20 * bench.patience,
                       "it says why")
    log = len(names.log)
    harness.stays(serve.alive, 6, "the name servers are away")
    assert len(names.log) - log <= 100, "one lookup of a worker in a while tries"
    down.clear()
    back = time.monotonic()
    serve.wait_idle(60 * bench.patience)
    assert {host: dict(counts) for host, counts in fates(serve).items()} == {host: {"fetched": PAGES} for host in [*old, *new]}
    first = min(q.at for q in names.log if q.at > back) - back
    print(f"{how}: the first lookup {first:.1f} s after they were back")
    assert first <= 6 * bench.patience
    assert "the name servers do not answer" in serve.err() and "name servers answer again" in serve.err()
    return serve


def test_name_servers_that_fall_silent_are_nobodys_fault(bench):
    ledger = outputs.fetches(away_and_back(bench, {"silent": True}).data)
    assert {line["outcome"] for line in ledger} == {"fetched"}
    assert not [line for line in ledger if line["delay_from"] == "backoff"], "nobody is blamed"


def test_name_servers_that_fail_for_every_name_are_nobodys_fault(bench):
    away_and_back(bench, {"rcode": SERVFAIL}, "fetch.retries=3")  # the first two names pay an attempt


def test_a_name_that_does_not_exist_ends_at_once_and_a_broken_one_after_its_retries(bench):
    answers = {"good": Answer([SITE]), "empty": Answer(), "none": Answer(rcode=NXDOMAIN), "broken": Answer(rcode=SERVFAIL)}
    names = NameServer(lambda name, _: answers[name.split("-")[0]])
    site, redis, serve = crawling(bench, names, "robots.ttl=24h")
    redis.cli("RPUSH", "decorum:seeds", *(site.url(f"{kind}-{n}.test") for kind in answers for n in range(2)))
    ended = {f"{kind}-{n}.test": {"fetched": PAGES} if kind == "good" else {"dns": 1}
             for kind in ("good", "empty", "none") for n in range(2)}
    harness.wait_until(lambda: {host: dict(counts) for host, counts in fates(serve).items()} == ended, 30 * bench.patience,
                       "good, empty and unknown names have their fates")
    assert names.times("none-0.test") == 1
    # robots.txt of the broken ones is asked for again and again, by its own schedule; they are not our outage.
    harness.wait_until(lambda: sum(serve.status()["books"][k] for k in ("queued", "in_flight", "waiting")) == 2, 5 * bench.patience,
                       "the broken ones' URLs wait")
    assert "name servers" not in serve.err()


def names_that_die(bench, count, how):
    """A crawl of a good host and of `count` whose names have no answer (`how`) once their front page was fetched: it ends."""
    addresses = {f"dies-{n}.test": f"127.0.0.{n + 2}" for n in range(count)}
    web = OddWeb([SITE, *addresses.values()], lambda _, path, __: page(path, "/1", "/2") if path != "/robots.txt" else (404, {}, b""))

    def answer(name, _):
        dead = name in addresses and web.requests(addresses[name], "/")
        return Answer(**how) if dead else Answer([addresses.get(name, SITE)], ttl=0)
    names = NameServer(answer)
    settings = (*SETTINGS, "fetch.dns_min_ttl=0.5s", "fetch.connect_timeout=1s", "politeness.delay=0.7s",
                f'fetch.name_servers=["{names.address}"]')
    began = time.monotonic()
    crawl = bench.crawl(web.url("good.test"), *map(web.url, addresses), *(word for setting in settings for word in ("--set", setting)))
    assert crawl.wait(60 * bench.patience) == 0
    assert {host: dict(counts) for host, counts in fates(crawl).items()} == {
        "good.test": {"fetched": 3}, **{host: {"fetched": 1, "dns": 2} for host in addresses}}
    print(f"{count} names that die, {how}: the crawl took {time.monotonic() - began:.1f} s")
    assert "the name servers do not answer" not in crawl.err()


def test_a_crawl_ends_where_its_last_name_falls_silent(bench):
    names_that_die(bench, 1, {"silent": True})


def test_a_crawl_ends_where_its_last_names_all_fail(bench):
    names_that_die(bench, 3, {"rcode": SERVFAIL})


class Deaf:
    """An address whose queue of connections is full: the kernel drops what comes."""

    def __init__(self, address, port):
        self.sockets = [socket.socket() for _ in range(4)]
        self.sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sockets[0].bind((address, port))
        self.sockets[0].listen(0)
        for client in self.sockets[1:]:
            client.setblocking(False)
            client.connect_ex((address, port))


def test_an_address_that_does_not_answer_is_passed_over(bench):
    web = OddWeb([SITE], lambda *_: page("x", *(f"/{n}" for n in range(PAGES - 1))))
    deaf = Deaf(DEAD, web.port)
    names = NameServer(lambda name, _: Answer([DEAD, SITE]))
    redis = bench.redis()
    serve = bench.serve(redis.url, *SETTINGS, f'fetch.name_servers=["{names.address}"]', "fetch.connect_timeout=4s")
    serve.wait_ready(20 * bench.patience)
    hosts = [f"h{n}.test" for n in range(4)]
    began = time.monotonic()
    redis.cli("RPUSH", "decorum:seeds", *(web.url(host) for host in hosts))
    serve.wait_idle(60 * bench.patience)
    took = time.monotonic() - began
    assert {host: dict(counts) for host, counts in fates(serve).items()} == {host: {"fetched": PAGES} for host in hosts}
    ledger = outputs.fetches(serve.data)
    assert {line["ip"] for line in ledger} == {SITE} and {line["outcome"] for line in ledger} == {"fetched"}
    print(f"{len(ledger)} requests to hosts with a deaf first address: {took:.1f} s")
    assert took < 4 * bench.patience, "less than one connect timeout for all of it"
    assert deaf.sockets


harness.main(globals())
