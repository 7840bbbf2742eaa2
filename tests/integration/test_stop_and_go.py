"""Stopped in the middle and started again: nothing is missing, and nothing but what was cut is fetched twice."""
import signal
import time

import harness
import outputs
import weblog


def test_sigterm_drains_and_the_same_command_finishes(bench):
    web = bench.web(hosts=20, pages=20, latency=30)
    argv = ("--seeds", web.seeds_file, "--delay", "0.1s")
    crawl = bench.crawl(*argv)
    harness.wait_until(lambda: len(web.pages()) >= 120, 30 * bench.patience, "the crawl is under way")
    started = time.monotonic()
    assert crawl.terminate((5 + 3) * bench.patience) == 11
    print(f"drained in {time.monotonic() - started:.2f} s")
    stopped_at = time.monotonic_ns()
    assert len(web.pages()) < len(web.urls), "the stop came in the middle"
    assert crawl.summary()["books"]["in_flight"] == 0
    assert "crawl" in crawl.summary()["resume"]

    again = bench.crawl(*argv)
    assert again.wait(60 * bench.patience) == 0
    requests = web.requests()
    assert {r.url for r in weblog.pages(requests)} == web.urls
    assert weblog.repeats(requests) == {}
    assert weblog.short_gaps(requests, 0.1) == [], "the gap holds across the restart"
    assert [r for r in requests if r.ns > stopped_at]
    assert sorted(row["url"] for row in outputs.feed(crawl.data)) == sorted(web.urls)

    count = len(requests)
    finished = bench.crawl(*argv)
    assert finished.wait(20 * bench.patience) == 0, "a finished folder says so"
    assert len(web.requests()) == count


def test_what_does_not_end_is_cut_and_fetched_again(bench):
    web = bench.web(hosts=2, pages=1)
    slow = web.url(0, "/behave/slow?ms=8000")
    argv = (slow, web.url(1), "--delay", "0.1s", "--set", "workers.drain=1s")
    crawl = bench.crawl(*argv)
    harness.wait_until(lambda: len(web.pages()) == 2, 20 * bench.patience, "both pages are asked")
    assert crawl.terminate((1 + 3) * bench.patience) == 11
    assert bench.crawl(*argv).wait(40 * bench.patience) == 0
    assert weblog.repeats(web.requests()) == {slow: 2}
    rows = outputs.feed(crawl.data)
    assert sorted((row["url"], row["fate"]) for row in rows) == sorted([(slow, "fetched"), (web.url(1), "fetched")])


def test_a_second_sigint_ends_at_once_and_loses_nothing(bench):
    web = bench.web(hosts=5, pages=10)
    argv = ("--seeds", web.seeds_file, web.url(0, "/behave/slow?ms=6000"), "--delay", "0.1s", "--set",
            "workers.drain=60s")
    crawl = bench.crawl(*argv)
    harness.wait_until(lambda: [r for r in web.requests() if "slow" in r.path] and len(web.pages()) > 10,
                       20 * bench.patience, "the slow page is asked")
    crawl.signal(signal.SIGINT)
    harness.wait_until(lambda: crawl.status().get("state") == "draining", 5 * bench.patience, "it drains")
    crawl.signal(signal.SIGINT)
    assert crawl.wait(3 * bench.patience) == 11
    assert bench.crawl(*argv).wait(60 * bench.patience) == 0
    assert {r.url for r in web.pages()} >= web.urls
    fates = {row["url"]: row["fate"] for row in outputs.feed(crawl.data)}
    assert set(fates) == web.urls | {web.url(0, "/behave/slow?ms=6000")} and set(fates.values()) == {"fetched"}


def test_serve_ends_well_on_sigterm(bench):
    web, redis = bench.web(hosts=5, pages=20), bench.redis()
    serve = bench.serve(redis.url, "politeness.delay=0.1s")
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) >= 20, 20 * bench.patience, "the crawl is under way")
    assert serve.terminate((5 + 3) * bench.patience) == 0
    again = bench.serve(redis.url, "politeness.delay=0.1s")
    again.wait_idle(60 * bench.patience)
    requests = web.requests()
    assert {r.url for r in weblog.pages(requests)} == web.urls
    assert weblog.repeats(requests) == {}
    assert weblog.short_gaps(requests, 0.1) == []
    assert again.terminate(8 * bench.patience) == 0


harness.main(globals())
