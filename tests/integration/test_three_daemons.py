"""Daemons come and go on one Redis: shares are even soon after, nothing is fetched twice but what was in flight at a kill."""
import time

import harness
import outputs
import weblog

DELAY, LEASE = 0.2, 2.0
SETTINGS = (f"politeness.delay={DELAY}s", f"frontier.lease_ttl={LEASE}s", "workers.threads=1", "fetch.max_in_flight=16")


def partitions(daemon):
    return sum(worker["partitions"] for worker in daemon.status().get("workers", []))


def even(daemons):
    shares = [partitions(daemon) for daemon in daemons]
    return sum(shares) == 256 and max(shares) <= 1.1 * min(shares)


def shared_within(daemons, bound, patience, what):
    """Seconds until the shares are even; more than `bound` only as far as the machine is slow."""
    began = time.monotonic()
    harness.wait_until(lambda: even(daemons), bound * patience, what)
    took = time.monotonic() - began
    print(f"{what}: {[partitions(daemon) for daemon in daemons]} after {took:.1f} s")


def test_one_joins_one_is_killed_one_leaves(bench):
    web, redis = bench.web(hosts=60, pages=60), bench.redis()

    def start(name):
        daemon = bench.serve(redis.url, *SETTINGS, data=name)
        daemon.wait_ready(20 * bench.patience)
        return daemon

    first, second = start("first"), start("second")
    shared_within([first, second], 3 * LEASE, bench.patience, "two share")
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) >= 300, 60 * bench.patience, "the crawl is under way")
    third = start("third")
    shared_within([first, second, third], 3 * LEASE, bench.patience, "three share")
    harness.wait_until(lambda: outputs.feed(third.data), 20 * bench.patience, "the third works")
    in_flight = second.status()["books"]["in_flight"]
    second.kill()
    shared_within([first, third], 2 * LEASE + LEASE, bench.patience, "the survivors have taken over")
    harness.wait_until(lambda: len(web.pages()) >= 1500, 60 * bench.patience, "the crawl goes on")
    assert third.terminate(10 * bench.patience) == 0
    harness.wait_until(lambda: partitions(first) == 256, 2 * LEASE * bench.patience, "the last one has all")
    first.wait_idle(300 * bench.patience)
    requests = web.requests()
    assert weblog.short_gaps(requests, DELAY) == []
    assert {r.url for r in web.pages()} == web.urls
    repeats = sum(n - 1 for n in weblog.repeats(requests).values())
    print(f"{len(requests)} requests, {repeats} repeats; {in_flight} URLs were taken when the second was killed")
    assert repeats <= 16, "only what had begun and was not settled at the kill: it held a permit"
    fetched = [row["url"] for daemon in (first, second, third) for row in outputs.feed(daemon.data)]
    assert set(fetched) == web.urls
    books = first.status()["books"]
    assert books["discovered"] == books["done"] + books["refused"]
    assert first.status()["books_imbalance"] == 0


harness.main(globals())
