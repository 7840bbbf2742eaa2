"""politeness.ip_delay: hosts that resolve to one address share a second gate, over all daemons on one Redis."""
import json
import re
import time

import harness
import outputs
import weblog
from oddweb import OddWeb

ADDRESS, DELAY = "127.0.0.1", 0.15  # every name under localhost is that address
SETTINGS = ("politeness.delay=0.2s", "frontier.lease_ttl=2s", "workers.threads=2", f"politeness.ip_delay={DELAY}s")
NAMES = [f"n{i}.localhost" for i in range(12)]
PAGES = 6  # of each, and a robots.txt


def partitions(daemon):
    return sum(worker["partitions"] for worker in daemon.status().get("workers", []))


def both(bench, redis, *settings):
    daemons = [bench.serve(redis.url, *SETTINGS, *settings, data=name) for name in ("first", "second")]
    for daemon in daemons:
        daemon.wait_ready(20 * bench.patience)
    harness.wait_until(lambda: [partitions(d) for d in daemons] == [128, 128], 30 * bench.patience, "each has its share")
    return daemons


def audit(bench, *daemons):
    run = bench.run("audit", "--json", *(word for d in daemons for word in ("--log", d.data / "log")))
    code = run.wait(30 * bench.patience)
    assert run.out(), run.err()
    return code, json.loads(run.out())


def seed(redis, site):
    redis.cli("LPUSH", "decorum:seeds", *(site.url(name) for name in NAMES))


def expect_all(site, daemons):
    """Every page of every name has one line in a feed. How often the site was asked."""
    rows = [row["url"] for daemon in daemons for row in outputs.feed(daemon.data)]
    wanted = {site.url(name, path) for name in NAMES for path in ["/", *(f"/{n}" for n in range(PAGES - 1))]}
    assert set(rows) == wanted
    return len(site.requests())


def test_names_of_one_address_take_turns_over_two_daemons(bench):
    site, redis = bench.moody_site(PAGES), bench.redis()
    daemons = both(bench, redis)
    seed(redis, site)
    daemons[0].wait_idle(60 * bench.patience)
    requests = site.requests()
    assert {r.host for r in requests} == {ADDRESS}
    assert weblog.short_gaps(requests, DELAY) == []
    assert expect_all(site, daemons) == len(NAMES) * (PAGES + 1)
    shares = [len(outputs.fetches(d.data)) for d in daemons]
    assert min(shares) > 0, shares
    used = (len(requests) - 1) * DELAY / weblog.makespan(requests)
    asked = int(re.search(r"cmdstat_pexpire:calls=(\d+)", redis.cli("INFO", "commandstats")).group(1))
    print(f"one address, {shares} requests by two daemons of two workers: {used:.1%} of its time is used, "
          f"{asked / len(requests):.1f} scripts of the gate a request")
    assert used >= 0.8 or bench.sanitized
    assert daemons[0].terminate(8 * bench.patience) == daemons[1].terminate(8 * bench.patience) == 0
    code, report = audit(bench, *daemons)
    assert code == 0 and report["violations"] == 0, report
    assert report["address_gaps"] == len(requests) - 1, "across daemons and hosts"
    assert int(redis.cli("PTTL", f"decorum:{{{ADDRESS}}}:gate")) != -1, "it goes by itself"


def test_the_gap_of_an_address_outlives_a_daemon_and_a_redis(bench):
    site, redis = bench.moody_site(PAGES), bench.redis()
    # Who dies inside is waited for: these two, 5 s and the delay.
    daemons = both(bench, redis, "fetch.timeout=5s", "fetch.connect_timeout=2s")
    seed(redis, site)
    harness.wait_until(lambda: len(site.requests()) >= 15, 30 * bench.patience, "the crawl is under way")
    daemons[0].kill()
    harness.wait_until(lambda: partitions(daemons[1]) == 256, 20 * bench.patience, "the survivor leases everything")
    before = len(site.requests())
    harness.wait_until(lambda: len(site.requests()) >= before + 10, 30 * bench.patience, "it goes on")
    redis.kill()
    gone = time.monotonic()
    harness.wait_until(lambda: time.monotonic() - gone > 1, 5, "Redis has been away")
    away = len(site.requests())
    assert away - before <= 64, "nothing starts while it is"
    bench.redis(port=redis.port)
    daemons[1].wait_idle(90 * bench.patience)
    assert weblog.short_gaps(site.requests(), DELAY) == []
    expect_all(site, daemons)


def test_a_robots_txt_on_another_host_of_the_address_waits_too(bench):
    def answer(_, path, __):
        if path == "/robots.txt":
            return 302, {"Location": f"http://rules.localhost:{web.port}/rules.txt"}, b""
        return 200, {}, b"User-agent: *\nDisallow: /no\n" if path == "/rules.txt" else b"<a href=/no>no</a>"

    web = OddWeb([ADDRESS], answer)
    redis = bench.redis()
    daemons = both(bench, redis)
    redis.cli("LPUSH", "decorum:seeds", *(f"http://{name}:{web.port}/" for name in NAMES[:6]))
    daemons[0].wait_idle(60 * bench.patience)
    paths = [r.path for r in web.requests()]
    assert paths.count("/") == 6 and "/rules.txt" in paths and "/no" not in paths, paths
    assert weblog.short_gaps(web.requests(), DELAY) == []


def test_off_or_exempt_it_asks_redis_nothing(bench):
    exempt = ("politeness.ip_delay=5s", f'politeness.ip_exempt=["{ADDRESS}"]')
    for name, settings in {"off": ("politeness.ip_delay=0s",), "exempt": exempt}.items():
        site, redis = bench.moody_site(PAGES), bench.redis(folder=f"redis-{name}")
        serve = bench.serve(redis.url, "politeness.delay=0.05s", *settings, data=name)
        serve.wait_ready(20 * bench.patience)
        seed(redis, site)
        serve.wait_idle(60 * bench.patience)
        expect_all(site, [serve])
        assert "cmdstat_pexpire" not in redis.cli("INFO", "commandstats"), "only the gate's script lets keys expire"
        assert all(line["ip_delay_ms"] is None for line in outputs.fetches(serve.data))
        serve.kill()


harness.main(globals())
