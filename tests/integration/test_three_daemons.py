"""Daemons come and go on one Redis: shares are even soon after, nothing is fetched twice but what was in flight at a kill."""
import time

import harness
import outputs
import weblog

DELAY, LEASE = 0.2, 2.0
SETTINGS = (f"politeness.delay={DELAY}s", f"frontier.lease_ttl={LEASE}s", "workers.threads=1", "fetch.max_in_flight=16")
OWNERS = [f"decorum:{{p{number:03}}}:owner" for number in range(256)]


def partitions(daemon):
    return sum(worker["partitions"] for worker in daemon.status().get("workers", []))


def even(daemons):
    shares = [partitions(daemon) for daemon in daemons]
    return sum(shares) == 256 and max(shares) <= 1.1 * min(shares)


def shared_within(daemons, bound, patience, what):
    """Until the shares are even."""
    began = time.monotonic()
    harness.wait_until(lambda: even(daemons), bound * patience, what)
    took = time.monotonic() - began
    print(f"{what}: {[partitions(daemon) for daemon in daemons]} after {took:.1f} s")


def taken_over_within(redis, dead, bound, patience):
    """Until Redis holds no partition for the dead."""
    killed = time.monotonic()
    harness.wait_until(lambda: not any(owner.startswith(dead) for owner in redis.cli("MGET", *OWNERS).splitlines()),
                       bound * patience, "all of the dead one's partitions are taken over")
    print(f"taken over {time.monotonic() - killed:.1f} s after the kill, {bound} s are allowed")


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
    dead = second.status()["instance"]
    second.kill()
    taken_over_within(redis, dead, 2 * LEASE, bench.patience)
    shared_within([first, third], LEASE, bench.patience, "the survivors have taken over")
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
