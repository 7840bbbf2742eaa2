"""Two daemons on one Redis: they share the work, and the gap holds across both, also when one is killed."""
import harness
import outputs
import weblog

SETTINGS = ("politeness.delay=0.2s", "frontier.lease_ttl=2s", "workers.threads=1")


def partitions(daemon):
    return sum(worker["partitions"] for worker in daemon.status().get("workers", []))


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


def test_partitions_lost_and_returned_are_crawled_on(bench):
    web, redis = bench.web(hosts=20, pages=15), bench.redis()
    daemon = bench.serve(redis.url, *SETTINGS)
    daemon.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) >= 40, 30 * bench.patience, "the crawl is under way")
    before = len(web.pages())
    owners = [f"decorum:{{p{number:03}}}:owner" for number in range(256)]
    redis.cli("MSET", *(word for owner in owners for word in (owner, "another 1")))
    harness.wait_until(lambda: partitions(daemon) == 0, 20 * bench.patience, "it notices")
    unsettled = len(web.pages()) - before  # fetched while they were another's: theirs to fetch again
    redis.cli("DEL", *owners)
    harness.wait_until(lambda: partitions(daemon) == 256, 20 * bench.patience, "they are its own again")
    daemon.wait_idle(60 * bench.patience)
    assert {r.url for r in web.pages()} == web.urls
    assert weblog.short_gaps(web.requests(), 0.2) == []
    assert sum(n - 1 for n in weblog.repeats(web.requests()).values()) <= unsettled + 64
    assert set(fetched(daemon)) == web.urls


harness.main(globals())
