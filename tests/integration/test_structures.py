"""The books compared with the structures themselves: 0 throughout a crawl, and what is broken by hand is told."""
import harness

SETTINGS = ("politeness.delay=0.05s", "frontier.lease_ttl=2s", "workers.threads=1", "backoff.initial=0.2s")
ROUND = 256


def compared(daemon):
    return daemon.status().get("partitions_compared", 0)


def after_a_round(bench, *daemons):
    """When each has looked at every partition anew."""
    before = [compared(daemon) for daemon in daemons]
    harness.wait_until(lambda: all(compared(d) >= n + ROUND + 1 for d, n in zip(daemons, before)), 60 * bench.patience,
                       "every partition is compared")


def test_two_daemons_keep_books_and_structures_equal(bench):
    web, redis = bench.web(hosts=40, pages=60, errors=10, push_back=5), bench.redis()
    daemons = [bench.serve(redis.url, *SETTINGS, data=name) for name in ("first", "second")]
    for daemon in daemons:
        daemon.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)

    def balanced():
        assert [d.metric("decorum_books_imbalance") for d in daemons] == [0, 0], [d.err()[-2000:] for d in daemons]
        return True
    harness.wait_until(lambda: balanced() and len(web.pages()) >= len(web.urls), 90 * bench.patience, "all is fetched")
    assert all(compared(daemon) > 0 for daemon in daemons)
    for daemon in daemons:
        daemon.wait_idle(30 * bench.patience)
    after_a_round(bench, *daemons)
    balanced()
    assert not any("differ from its structures" in daemon.err() for daemon in daemons)


def test_a_broken_structure_is_told(bench):
    redis = bench.redis()
    serve = bench.serve(redis.url, *SETTINGS)
    serve.wait_ready(20 * bench.patience)
    redis.cli("HSET", "decorum:{p255}:flight", "http://127.0.0.1:9/", "0")
    harness.wait_until(lambda: serve.metric("decorum_books_imbalance") == 1, 60 * bench.patience, "it is told")
    assert "partition 255 differ from its structures: queued 0 and 0, in flight 0 and 1" in serve.err()
    redis.cli("DEL", "decorum:{p255}:flight")
    harness.wait_until(lambda: serve.metric("decorum_books_imbalance") == 0, 60 * bench.patience, "it is mended")


harness.main(globals())
