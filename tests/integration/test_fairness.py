"""Who waits for whom: a bucket of a host's own, hosts that are not held up by another, hosts of one domain."""
import time

import harness
import weblog

BUCKET = """
[[host]]
match = "127.*"
rate = 5
burst = 3
concurrency = 3
reason = "a test of our own server"
"""


def test_no_window_holds_more_than_the_bucket(bench):
    rate, burst = 5, 3
    web = bench.web(hosts=4, pages=40)
    crawl = bench.crawl("--seeds", web.seeds_file, config=BUCKET)
    assert crawl.wait(60 * bench.patience) == 0
    assert {r.url for r in web.pages()} == web.urls
    spare = []
    for arrivals in weblog.by_host(web.requests()).values():
        times = [r.ns / 1e9 for r in arrivals]
        for first in range(len(times)):
            for last in range(first, len(times)):
                seconds = times[last] - times[first] + 0.001  # the log's clock
                spare.append(burst + rate * seconds - (last - first + 1))
    assert min(spare) >= 0, "a window holds too many"
    assert min(spare) < 1.5, "the bucket is used to its edge"
    assert 40 / rate * 0.9 <= weblog.makespan(web.requests()) <= 40 / rate * 1.25 or bench.sanitized


def test_ten_thousand_urls_of_one_host_hold_nobody_up(bench):
    delay = 0.2
    big, small, redis = bench.moody_site(pages=10_001), bench.web(hosts=50, pages=1), bench.redis()
    serve = bench.serve(redis.url, f"politeness.delay={delay}s")
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", big.url("127.1.1.1"))
    harness.wait_until(lambda: len(big.pages()) >= 5 and serve.status()["books"]["discovered"] >= 10_000,
                       60 * bench.patience, "the big host's URLs are queued, and it is being crawled")
    since = time.monotonic_ns()
    redis.cli("RPUSH", "decorum:seeds", *small.seeds)
    harness.wait_until(lambda: len(small.pages()) == 50, 30 * bench.patience, "the fifty are fetched")
    took = (max(r.ns for r in small.pages()) - since) / 1e9
    print(f"the fifty: {took:.2f} s from the push to the last page, of {5 * delay} s allowed")
    assert took <= 5 * delay or bench.sanitized
    assert weblog.short_gaps(big.requests(), delay) == []
    assert len([r for r in big.requests() if r.ns > since]) >= took / delay / 2, "the big host goes on meanwhile"


def test_the_semaphore_is_shared_fairly(bench):
    web, redis = bench.web(hosts=40, pages=20, latency=40), bench.redis()
    serve = bench.serve(redis.url, "politeness.delay=0.01s", "workers.threads=2", "fetch.max_in_flight=4")
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    # By then each of them has more hosts than permits, and still would.
    harness.wait_until(lambda: len(web.pages()) >= 400, 60 * bench.patience, "half of the pages")
    fetches = [worker["processed"] for worker in serve.status()["workers"]]
    print("processed by each worker:", fetches)
    assert min(fetches) >= 0.8 * max(fetches), "neither had the permits for itself"
    serve.wait_idle(60 * bench.patience)
    assert {r.url for r in web.pages()} == web.urls


harness.main(globals())
