"""A host that fails is left alone and tried with one request at a time; an outage of our own is nobody's fault."""
import os
import subprocess

import harness
import outputs
import weblog

OPEN = 1.0  # seconds of the first opening


def test_a_failing_host_is_tried_with_one_probe_and_recovers(bench):
    site = bench.moody_site(pages=60)
    crawl = bench.crawl(site.url(), "--delay", "0.05s", "--set", f"backoff.breaker_open={OPEN}s",
                        "--set", "backoff.initial=0.1s", "--set", "backoff.retry_floor=1000")
    harness.wait_until(lambda: len(site.pages()) >= 10, 20 * bench.patience, "the crawl is under way")
    site.mood("500")
    harness.wait_until(lambda: [r.status for r in site.pages()[-7:]] == [500] * 7, 30 * bench.patience,
                       "two probes failed")
    site.mood("ok")
    assert crawl.wait(90 * bench.patience) == 0
    pages = sorted(site.pages())
    first = next(i for i, r in enumerate(pages) if r.status == 500)
    failures = [r for r in pages if r.status == 500]
    gaps = [(b.ns - a.ns) / 1e9 for a, b in zip(pages[first:], pages[first + 1:])]
    waits = [gap for gap in gaps if gap > 0.8 * OPEN]  # the jitter takes at most a tenth
    assert len(waits) == len(failures) - 4, "opened at the fifth failure, then one probe per opening"
    assert all(later > 1.5 * earlier for earlier, later in zip(waits, waits[1:])), waits
    after = gaps[gaps.index(waits[-1]) + 1:]
    assert len(after) > 20 and max(after) < 0.8 * OPEN, "one good probe recovers it"
    assert weblog.short_gaps(site.requests(), 0.05) == []
    assert outputs.fates(crawl.data) == {"fetched": 60}, "no URL pays for its host's bad minutes"


def test_a_dead_host_is_given_up_and_the_others_are_not_touched(bench):
    web = bench.web(hosts=10, pages=10)
    site = bench.moody_site(pages=30)
    crawl = bench.crawl(site.url(), "--seeds", web.seeds_file, "--delay", "0.05s", "--set", "backoff.breaker_open=0.3s",
                        "--set", "backoff.initial=0.1s", "--set", "backoff.retry_floor=1000")
    harness.wait_until(lambda: len(site.pages()) >= 5, 20 * bench.patience, "the crawl is under way")
    site.kill()
    assert crawl.wait(90 * bench.patience) == 0
    assert {r.url for r in web.pages()} == web.urls
    fates = crawl.summary()["failed_by_reason"]
    assert fates["retries_exhausted"] > 10, fates


def namespaces(bench, hosts):
    """A crawler's and a site's network, linked; the site has `hosts` addresses. Gone with the test's processes."""
    if os.geteuid() != 0:
        raise harness.Skip("network namespaces need root")
    harness.program("unshare")
    ip = harness.program("ip")
    holders = [bench.keep(harness.Process(["unshare", "-n", "sleep", "600"], bench.tmp, f"net{i}")) for i in (1, 2)]
    own = os.readlink("/proc/self/ns/net")
    for holder in holders:
        harness.wait_until(lambda: not holder.alive() or os.readlink(f"/proc/{holder.pid}/ns/net") != own, 10,
                           "a network namespace")
        if not holder.alive():
            raise harness.Skip(f"no network namespace: {holder.err()}")
    crawler, site = ([harness.program("nsenter"), "-n", "-t", str(holder.pid)] for holder in holders)

    def run(where, *command):
        subprocess.run([*where, ip, *map(str, command)], check=True, timeout=10, capture_output=True)
    run(crawler, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", holders[1].pid)
    for where in (crawler, site):
        run(where, "link", "set", "lo", "up")
        run(where, "link", "set", "cable", "up")
    run(crawler, "addr", "add", "10.77.0.200/24", "dev", "cable")
    addresses = [f"10.77.0.{n + 1}" for n in range(hosts)]
    for address in addresses:
        run(site, "addr", "add", f"{address}/24", "dev", "cable")
    return crawler, site, addresses, run


def crawled_through_a_cut(bench, mood):
    crawler, inside, addresses, ip = namespaces(bench, 12)
    site = bench.moody_site(pages=40, before=inside)
    site.mood(mood)
    command = [*crawler, bench.decorum, "crawl", *(site.url(a) for a in addresses), "--config", bench.no_config(),
               "--out", bench.tmp / "crawl", "--json", "--admin", "off", "--allow", "10.77.0.0/16", "--contact",
               harness.CONTACT, "--delay", "0.3s"]
    crawl = bench.keep(harness.Daemon(command, bench.tmp, "crawl", 0, bench.tmp / "crawl"))
    harness.wait_until(lambda: len(site.pages()) >= 60, 30 * bench.patience, "the crawl is under way")
    ip(crawler, "link", "set", "cable", "down")
    harness.stays(lambda: crawl.alive(), 20, "the link is cut")
    ip(crawler, "link", "set", "cable", "up")
    assert crawl.wait(120 * bench.patience) == 0
    assert outputs.fates(crawl.data) == {"fetched": 40 * len(addresses)}
    assert crawl.summary()["refused_by_reason"] == {}
    requests = site.requests()
    assert weblog.short_gaps(requests, 0.3) == []
    assert {r.url for r in weblog.pages(requests)} == {site.url(a, p) for a in addresses
                                                      for p in ("/", *(f"/{n}" for n in range(39)))}
    assert max(weblog.repeats(requests).values(), default=0) <= 2
    assert not [row for row in outputs.fetches(crawl.data) if row["delay_from"] == "backoff"], "nobody is blamed"
    arrivals = sorted(r.ns for r in requests)
    pause = max(b - a for a, b in zip(arrivals, arrivals[1:])) / 1e9
    assert pause <= 28, f"the crawl goes on by itself: {pause}"
    return crawl


def test_a_cut_link_blames_nobody_and_the_crawl_goes_on_by_itself(bench):
    crawl = crawled_through_a_cut(bench, "ok close")
    assert "our own network seems to be down" in crawl.err() and "the network is back" in crawl.err()


def test_connections_that_stood_when_the_link_was_cut_carry_on(bench):
    crawled_through_a_cut(bench, "ok")


harness.main(globals())
