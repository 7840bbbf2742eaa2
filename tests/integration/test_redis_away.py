"""Redis absent, killed, restarted: `serve` waits and says so, and nothing is lost."""
import signal
import time

import harness
import outputs
import weblog

SETTINGS = ("politeness.delay=0.1s", "frontier.lease_ttl=2s")


def test_serve_waits_for_redis(bench):
    web, port = bench.web(hosts=2, pages=3), harness.free_port()
    serve = bench.serve(f"redis://127.0.0.1:{port}", *SETTINGS)
    harness.wait_until(lambda: (s := serve.status()).get("state") == "waiting" and "edis" in (s["why_idle"] or ""),
                       20 * bench.patience, "it says that it waits for Redis")
    harness.wait_until(lambda: serve.http("/healthz")[0] == 200, 5 * bench.patience, "it is alive")
    assert serve.http("/readyz")[0] == 503
    assert serve.metric("decorum_redis_up") == 0
    assert serve.http("/api/v1/seeds", body=web.url(0))[0] == 503
    redis = bench.redis(port=port)
    serve.wait_ready(15 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    serve.wait_idle(30 * bench.patience)
    assert {r.url for r in web.pages()} == web.urls


def test_redis_killed_and_restarted_loses_nothing(bench):
    web, redis = bench.web(hosts=20, pages=20), bench.redis()
    serve = bench.serve(redis.url, *SETTINGS)
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    for away, target in ((0.1, 80), (4.0, 200)):  # once within a lease, once beyond it
        harness.wait_until(lambda: len(web.pages()) >= target, 30 * bench.patience, f"{target} pages")
        redis.kill()
        gone = time.monotonic()
        harness.wait_until(lambda: time.monotonic() - gone >= away, away + 5, "Redis has been away")
        assert serve.alive() and serve.http("/healthz")[0] == 200
        redis = bench.redis(port=redis.port)
    status = serve.wait_idle(90 * bench.patience)
    requests = web.requests()
    assert {r.url for r in weblog.pages(requests)} == web.urls
    assert weblog.short_gaps(requests, 0.1) == []
    repeats = sum(n - 1 for n in weblog.repeats(requests).values())
    print(f"Redis killed twice: {repeats} repeats of {len(requests)} requests")
    assert repeats <= 2 * 64, "at most what was in flight"
    assert {row["url"] for row in outputs.feed(serve.data)} == web.urls
    assert status["books"]["done"] == len(web.urls)
    assert serve.terminate(8 * bench.patience) == 0


def test_what_people_want_of_a_redis_that_is_away_is_refused_and_not_kept(bench):
    web, redis = bench.web(hosts=1, pages=3), bench.redis()
    serve = bench.serve(redis.url, *SETTINGS)
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    serve.wait_idle(30 * bench.patience)
    host = redis.cli("HKEYS", redis.cli("KEYS", "decorum:*:hosts"))
    redis.kill()
    harness.wait_until(lambda: serve.http("/readyz")[0] == 503, 10 * bench.patience, "it knows")
    stray = web.url(0, "/behave/echo")
    for path, body in (("/api/v1/seeds", stray), (f"/api/v1/hosts/{host}/pause", ""), (f"/api/v1/hosts/{host}", None)):
        began = time.monotonic()
        status, _, text = serve.http(path, body=body)
        assert status == 503 and "Redis is away" in text, (path, status, text)
        assert time.monotonic() - began < 1 or bench.sanitized, "at once"
    redis = bench.redis(port=redis.port)
    serve.wait_ready(20 * bench.patience)
    assert serve.http("/api/v1/seeds", body=web.url(0, "/behave/echo?2"))[0] == 202
    harness.wait_until(lambda: "/behave/echo?2" in {r.url.partition("/behave")[1] + r.url.partition("/behave")[2]
                                                     for r in web.pages()}, 20 * bench.patience, "a later one is taken")
    assert stray not in {r.url for r in web.pages()}, "it was refused"


def test_nothing_is_started_beyond_the_lease(bench):
    web, redis = bench.web(hosts=10, pages=200), bench.redis()
    serve = bench.serve(redis.url, *SETTINGS)
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) >= 30, 20 * bench.patience, "the crawl is under way")
    redis.kill()
    gone = time.monotonic_ns()
    limit = 2 * 2 / 3 + 0.3  # two thirds of the lease, and some for what was on its way
    harness.wait_until(lambda: time.monotonic_ns() - gone > (limit + 1) * 1e9, 10, "the lease has run out")
    late = [r for r in web.requests() if r.ns > gone + limit * 1e9]
    assert late == [] or bench.sanitized, f"{len(late)} requests without a lease"


def test_a_stop_while_redis_is_away_ends_in_time(bench):
    web, redis = bench.web(hosts=5, pages=20), bench.redis()
    serve = bench.serve(redis.url, *SETTINGS, "workers.drain=2s")
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) >= 20, 20 * bench.patience, "the crawl is under way")
    redis.kill()
    serve.terminate((2 + 3) * bench.patience)
    redis = bench.redis(port=redis.port)
    again = bench.serve(redis.url, *SETTINGS)
    again.wait_idle(60 * bench.patience)
    assert {r.url for r in web.pages()} == web.urls
    assert {row["url"] for row in outputs.feed(again.data)} == web.urls
    assert weblog.short_gaps(web.requests(), 0.1) == []


def test_a_stop_while_redis_hangs_ends_in_time(bench):
    web, redis = bench.web(hosts=5, pages=20), bench.redis()
    serve = bench.serve(redis.url, *SETTINGS, "workers.drain=1s")
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) >= 20, 20 * bench.patience, "the crawl is under way")
    redis.signal(signal.SIGSTOP)
    assert serve.terminate((1 + 2 + 1 + 1 + 2) * bench.patience) == 0  # drain, its grace, release, last write
    redis.signal(signal.SIGCONT)


harness.main(globals())
