"""Stops, kills and clock steps in the middle of a crawl: no host sees it by a gap, and no robots.txt is asked again."""
import collections
import signal
import time

import harness
import outputs
import weblog

DELAY = 0.2
HOUR = 3600
IN_FLIGHT = 64  # fetch.max_in_flight: what is started and not settled
SETTINGS = (f"politeness.delay={DELAY}s", "frontier.lease_ttl=2s")


def big_web(bench, pages=30):
    return bench.web(hosts=20 if bench.sanitized else 100, pages=pages)


def fetched(bench, web, share):
    """Waits until this share of the pages was asked for; by then every robots.txt was."""
    count = int(share * len(web.urls))
    harness.wait_until(lambda: len(web.pages()) >= count, 60 * bench.patience, f"{count} pages")


def check(web, interruptions, *daemons):
    requests = web.requests()
    assert {r.url for r in weblog.pages(requests)} == web.urls
    assert weblog.short_gaps(requests, DELAY) == []
    repeats = weblog.repeats(requests)
    assert sum(n - 1 for n in repeats.values()) <= IN_FLIGHT * interruptions, repeats
    assert [url for url in repeats if url.endswith("/robots.txt")] == []
    assert {row["url"] for daemon in daemons for row in outputs.feed(daemon.data)} == web.urls
    print(f"{len(requests)} requests, {sum(n - 1 for n in repeats.values())} repeats, 0 gaps below {DELAY} s")


def start(bench, redis, data="data", before=()):
    serve = bench.serve(redis.url, *SETTINGS, data=data, before=before)
    serve.wait_ready(20 * bench.patience)
    return serve


def test_sigterm_then_kill_9_then_redis_restarted(bench):
    web, redis = big_web(bench), bench.redis("--appendfsync", "always")
    serve = start(bench, redis)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    fetched(bench, web, 0.2)
    assert serve.terminate(8 * bench.patience) == 0
    serve = start(bench, redis)
    fetched(bench, web, 0.4)
    serve.kill()
    serve = start(bench, redis)
    fetched(bench, web, 0.6)
    redis.kill()
    redis = bench.redis("--appendfsync", "always", port=redis.port)
    serve.wait_idle(60 * bench.patience)
    check(web, 2, serve)
    assert serve.metric("decorum_politeness_violations_total") == 0


def test_clocks_that_step_by_an_hour(bench):
    web, of_redis, of_daemon = big_web(bench), bench.wall_clock(), bench.wall_clock()
    redis = bench.redis(before=of_redis.before)
    serve = start(bench, redis, before=of_daemon.before)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    for share, clock, seconds in ((0.1, of_daemon, HOUR), (0.2, of_redis, HOUR), (0.3, of_daemon, -HOUR),
                                  (0.4, of_redis, -HOUR)):
        fetched(bench, web, share)
        clock.step(seconds)
    fetched(bench, web, 0.5)
    serve.kill()
    of_daemon.step(HOUR)
    serve = start(bench, redis, before=of_daemon.before)
    serve.wait_idle(60 * bench.patience)
    check(web, 1, serve)
    told = {row["sent_at"][11:13] for row in outputs.fetches(serve.data)}
    assert len(told) >= 3, f"the daemon's clock was stepped: {told}"
    assert serve.metric("decorum_politeness_violations_total") == 0


def partitions(daemon):
    return sum(worker["partitions"] for worker in daemon.status().get("workers", []))


def two_daemons(bench, redis, clocks=((), ())):
    daemons = [start(bench, redis, data=f"data{n}", before=before) for n, before in enumerate(clocks)]
    harness.wait_until(lambda: [partitions(d) for d in daemons] == [128, 128], 30 * bench.patience, "each has its share")
    return daemons


def test_two_daemons_whose_clocks_are_half_a_minute_apart(bench):
    web, redis, ahead = big_web(bench), bench.redis(), bench.wall_clock()
    ahead.step(30)
    first, second = two_daemons(bench, redis, (ahead.before, ()))
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    fetched(bench, web, 0.3)
    assert first.terminate(8 * bench.patience) == 0, "what it held goes to the other"
    fetched(bench, web, 0.5)
    first = start(bench, redis, data="data0", before=ahead.before)
    second.wait_idle(60 * bench.patience)
    first.wait_idle(20 * bench.patience)
    check(web, 0, first, second)


def test_one_that_stood_still_for_ten_seconds(bench):
    web, redis = big_web(bench), bench.redis()
    serve = start(bench, redis)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    fetched(bench, web, 0.3)
    stand_still(serve, lambda: True)
    serve.wait_idle(60 * bench.patience)
    check(web, 1, serve)


def test_one_that_stood_still_while_another_took_over(bench):
    # Enough that the other is in the midst of it when the first wakes.
    web, redis = big_web(bench, pages=70), bench.redis()
    first, second = two_daemons(bench, redis)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    fetched(bench, web, 0.2)
    stand_still(first, lambda: partitions(second) == 256)
    assert len(web.pages()) < len(web.urls), "it wakes in the midst of the crawl"
    second.wait_idle(90 * bench.patience)
    first.wait_idle(20 * bench.patience)
    check(web, 1, first, second)
    worked = collections.Counter(len(outputs.feed(daemon.data)) > 0 for daemon in (first, second))
    assert worked == {True: 2}


def stand_still(daemon, meanwhile):
    """SIGSTOP for ten seconds, in which `meanwhile` becomes true."""
    stopped = time.monotonic()
    daemon.signal(signal.SIGSTOP)
    harness.wait_until(lambda: time.monotonic() - stopped >= 10 and meanwhile(), 60, "ten seconds have passed")
    daemon.signal(signal.SIGCONT)


harness.main(globals())
