"""Two daemons on one Redis: they share the work, and the gap holds across both, also when one is killed."""
import signal
import time

import harness
import outputs
import weblog

SETTINGS = ("politeness.delay=0.2s", "frontier.lease_ttl=2s", "workers.threads=1")
OWNERS = [f"decorum:{{p{number:03}}}:owner" for number in range(256)]


def partitions(daemon):
    return sum(worker["partitions"] for worker in daemon.status().get("workers", []))


def owners(redis):
    return redis.cli("MGET", *OWNERS).splitlines()


def both(bench, redis):
    first = bench.serve(redis.url, *SETTINGS, data="first")
    first.wait_ready(20 * bench.patience)
    harness.wait_until(lambda: partitions(first) == 256, 20 * bench.patience, "the first leases everything")
    second = bench.serve(redis.url, *SETTINGS, data="second")
    second.wait_ready(20 * bench.patience)
    harness.wait_until(lambda: partitions(first) == partitions(second) == 128, 30 * bench.patience,
                       "each has its share")
    return first, second


def fetched(*daemons):
    return [row["url"] for daemon in daemons for row in outputs.feed(daemon.data)]


def test_the_work_is_shared_and_the_gap_holds(bench):
    web, redis = bench.web(hosts=20, pages=15), bench.redis()
    first, second = both(bench, redis)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: {r.url for r in web.pages()} == web.urls, 60 * bench.patience, "all is fetched")
    first.wait_idle(20 * bench.patience)
    assert weblog.short_gaps(web.requests(), 0.2) == []
    assert weblog.repeats(web.requests()) == {}
    assert sorted(fetched(first, second)) == sorted(web.urls)
    assert fetched(first) and fetched(second), "both worked"


def test_the_survivor_takes_over(bench):
    web, redis = bench.web(hosts=20, pages=15), bench.redis()
    first, second = both(bench, redis)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) >= 100, 30 * bench.patience, "the crawl is under way")
    first.kill()
    harness.wait_until(lambda: partitions(second) == 256, 20 * bench.patience, "the survivor leases everything")
    second.wait_idle(60 * bench.patience)
    assert {r.url for r in web.pages()} == web.urls
    assert weblog.short_gaps(web.requests(), 0.2) == []
    assert sum(n - 1 for n in weblog.repeats(web.requests()).values()) <= 64
    assert set(fetched(first, second)) == web.urls
    assert second.metric("decorum_lease_takeovers_total") > 0


def test_a_daemon_that_leaves_hands_over_at_once(bench):
    web, redis = bench.web(hosts=10, pages=15), bench.redis()
    first, second = both(bench, redis)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) >= 40, 30 * bench.patience, "the crawl is under way")
    assert first.terminate(8 * bench.patience) == 0
    second.wait_idle(60 * bench.patience)
    assert weblog.short_gaps(web.requests(), 0.2) == []
    assert weblog.repeats(web.requests()) == {}
    assert sorted(fetched(first, second)) == sorted(web.urls)


def test_redis_away_for_longer_than_the_lease_is_nobodys_death(bench):
    web, redis = bench.web(hosts=20, pages=30), bench.redis()
    first, second = both(bench, redis)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) >= 100, 30 * bench.patience, "the crawl is under way")
    shares, takeovers = owners(redis), [d.metric("decorum_lease_takeovers_total") for d in (first, second)]
    second.signal(signal.SIGSTOP)  # so that it comes back the later of the two
    redis.kill()
    gone = time.monotonic()
    harness.wait_until(lambda: time.monotonic() - gone > 3, 5, "Redis has been away")
    redis = bench.redis(port=redis.port)
    harness.wait_until(lambda: redis.hash("decorum:daemons") and first.http("/readyz")[0] == 200, 20 * bench.patience,
                       "the first is back")
    beats = redis.hash("decorum:daemons")
    harness.wait_until(lambda: redis.hash("decorum:daemons") != beats, 5 * bench.patience, "it has looked")
    second.signal(signal.SIGCONT)
    second.wait_idle(60 * bench.patience)
    assert owners(redis) == shares
    assert [d.metric("decorum_lease_takeovers_total") for d in (first, second)] == takeovers
    assert {r.url for r in web.pages()} == web.urls
    assert weblog.short_gaps(web.requests(), 0.2) == []


def test_what_a_set_back_redis_holds_for_ours_is_worked_again(bench):
    web, redis = bench.web(hosts=20, pages=15), bench.redis()
    daemon = bench.serve(redis.url, *SETTINGS)
    daemon.wait_ready(20 * bench.patience)
    harness.wait_until(lambda: partitions(daemon) == 256, 20 * bench.patience, "it leases everything")
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) >= 40, 30 * bench.patience, "the crawl is under way")
    ours = owners(redis)[0]
    redis.cli("MSET", *(word for owner in OWNERS for word in (owner, "another 1")))
    harness.wait_until(lambda: partitions(daemon) == 0, 20 * bench.patience, "it notices")
    redis.cli("MSET", *(word for owner in OWNERS for word in (owner, ours)))
    harness.wait_until(lambda: partitions(daemon) == 256, 20 * bench.patience, "it works them again")
    daemon.wait_idle(60 * bench.patience)
    assert {r.url for r in web.pages()} == web.urls
    assert weblog.short_gaps(web.requests(), 0.2) == []


def test_partitions_lost_and_returned_are_crawled_on(bench):
    web, redis = bench.web(hosts=20, pages=15), bench.redis()
    daemon = bench.serve(redis.url, *SETTINGS)
    daemon.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) >= 40, 30 * bench.patience, "the crawl is under way")
    before = len(web.pages())
    redis.cli("MSET", *(word for owner in OWNERS for word in (owner, "another 1")))
    harness.wait_until(lambda: partitions(daemon) == 0, 20 * bench.patience, "it notices")
    unsettled = len(web.pages()) - before  # fetched while they were another's: theirs to fetch again
    redis.cli("DEL", *OWNERS)
    harness.wait_until(lambda: partitions(daemon) == 256, 20 * bench.patience, "they are its own again")
    daemon.wait_idle(60 * bench.patience)
    assert {r.url for r in web.pages()} == web.urls
    assert weblog.short_gaps(web.requests(), 0.2) == []
    assert sum(n - 1 for n in weblog.repeats(web.requests()).values()) <= unsettled + 64
    assert set(fetched(daemon)) == web.urls


harness.main(globals())
