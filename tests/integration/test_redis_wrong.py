"""Redis full, read-only, or about to evict: it is told, nothing is fetched meanwhile, nothing is lost."""
import harness
import weblog
from trouble import IN_FLIGHT, SETTINGS, ends_whole, rests, says, under_way


def test_a_full_redis_is_waited_for_and_nothing_is_dropped(bench):
    web, redis = bench.web(hosts=10, pages=60), bench.redis()
    serve = under_way(bench, web, redis, "fetch.max_in_flight=6", pages=12)
    redis.cli("CONFIG", "SET", "maxmemory", "1")
    assert "OOM" in says(bench, serve, "full")
    rests(bench, web, 2.5)
    unsettled = len(web.pages()) - serve.status()["books"]["done"]
    assert 0 < unsettled <= 6, f"{unsettled} pages wait for their links; each holds its permit"
    assert "full" in redis.hash("decorum:status")["why_idle"], "it can be told where everybody looks"
    assert "OOM" in serve.err()
    redis.cli("CONFIG", "SET", "maxmemory", "0")
    status = ends_whole(bench, web, serve)
    assert status["books"]["done"] == len(web.urls)
    assert weblog.repeats(web.requests()) == {}, "pages that waited for their links are not fetched again"
    assert serve.http("/readyz")[0] == 200


def test_a_full_redis_does_not_hinder_a_stop(bench):
    web, redis = bench.web(hosts=10, pages=60), bench.redis()
    serve = under_way(bench, web, redis, "workers.drain=1s", pages=12)
    redis.cli("CONFIG", "SET", "maxmemory", "1")
    says(bench, serve, "full")
    assert serve.terminate((1 + 5) * bench.patience) == 0
    redis.cli("CONFIG", "SET", "maxmemory", "0")
    again = bench.serve(redis.url, *SETTINGS)
    again.wait_ready(20 * bench.patience)
    ends_whole(bench, web, again)
    assert sum(n - 1 for n in weblog.repeats(web.requests()).values()) <= IN_FLIGHT


def test_a_redis_that_evicts_is_refused(bench):
    web, redis = bench.web(hosts=5, pages=20), bench.redis()
    for policy in ("allkeys-lru", "volatile-ttl"):
        redis.cli("CONFIG", "SET", "maxmemory-policy", policy)
        refused = bench.serve(redis.url, data=policy)
        assert refused.wait(20 * bench.patience) == 4 and "noeviction" in refused.err(), refused.err()
    redis.cli("CONFIG", "SET", "maxmemory-policy", "noeviction")
    serve = under_way(bench, web, redis, pages=10)
    redis.cli("CONFIG", "SET", "maxmemory-policy", "allkeys-random")
    says(bench, serve, "evicts", "allkeys-random")
    rests(bench, web)
    redis.cli("CONFIG", "SET", "maxmemory-policy", "noeviction")
    ends_whole(bench, web, serve)


def test_a_redis_that_takes_no_writes_is_waited_for(bench):
    web, redis = bench.web(hosts=20, pages=20), bench.redis()
    serve = under_way(bench, web, redis)
    nobody = harness.free_port()
    redis.cli("REPLICAOF", "127.0.0.1", nobody)
    says(bench, serve, "READONLY")
    redis.cli("CONFIG", "SET", "replica-serve-stale-data", "no")
    rests(bench, web)
    books = serve.status()["books"]
    assert books["queued"] > 0, "what cannot be read is not taken for empty"
    redis.cli("REPLICAOF", "NO", "ONE")
    ends_whole(bench, web, serve)
    assert sum(n - 1 for n in weblog.repeats(web.requests()).values()) <= 2 * IN_FLIGHT


harness.main(globals())
