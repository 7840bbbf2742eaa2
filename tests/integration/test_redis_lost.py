"""Redis emptied, or set back to an older state: never finished, nothing fetched until it is told to go on with what is there."""
import json
import re
import shutil
import signal
import time

import harness
import outputs
import weblog
from trouble import SETTINGS, ends_whole, rests, says, under_way


def partitions(daemon):
    return sum(worker["partitions"] for worker in daemon.status().get("workers", []))


def test_an_emptied_redis_is_no_finished_crawl(bench):
    web, redis = bench.web(hosts=10, pages=20), bench.redis()
    serve = under_way(bench, web, redis, pages=30)
    redis.cli("FLUSHALL")
    says(bench, serve, "emptied", "resume")
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    rests(bench, web)
    assert redis.cli("LLEN", "decorum:seeds") == str(len(web.seeds)), "not taken in before it is told to"
    asked = len(web.requests())
    assert serve.http("/api/v1/resume", body="")[0] in (200, 202)
    harness.wait_until(lambda: serve.http("/readyz")[0] == 200, 20 * bench.patience, "it is ready again")
    harness.wait_until(lambda: {r.url for r in weblog.pages(web.requests()[asked:])} == web.urls, 60 * bench.patience,
                       "the whole web is crawled anew")
    status = serve.wait_idle(30 * bench.patience)
    assert weblog.short_gaps(web.requests(), 0.1) == [], "what is known of hosts is kept"
    assert status["books"]["done"] == len(web.urls) and status["books_imbalance"] == 0
    assert redis.cli("HGET", "decorum:meta", "schema") and serve.terminate(8 * bench.patience) == 0


def test_what_one_redis_was_not_told_is_not_told_to_another(bench):
    web, redis = bench.web(hosts=20, pages=40), bench.redis()
    serve = under_way(bench, web, redis, pages=100)
    redis.signal(signal.SIGSTOP)  # it takes questions and does not answer
    asked = len(web.requests())
    harness.wait_until(lambda: len(web.requests()) > asked, 5 * bench.patience, "pages end meanwhile")
    redis.kill()
    redis = bench.redis(port=redis.port, folder="another")
    says(bench, serve, "emptied", "resume")

    def books():
        return [key for key in redis.cli("KEYS", "decorum:{p*").splitlines() if not key.endswith(":owner")]
    harness.stays(lambda: books() == [], 1.5, "no links, no ends")
    asked = rests(bench, web)
    assert serve.http("/api/v1/resume", body="")[0] in (200, 202)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: {r.url for r in weblog.pages(web.requests()[asked:])} == web.urls, 60 * bench.patience,
                       "the whole web is crawled anew")
    assert serve.wait_idle(30 * bench.patience)["books_imbalance"] == 0
    assert weblog.short_gaps(web.requests(), 0.1) == []


def flushed_and_told_to_go_on(bench, web, redis, serve):
    """How many pages were asked for until then."""
    redis.cli("FLUSHALL")
    says(bench, serve, "emptied")
    asked = rests(bench, web)
    assert serve.http("/api/v1/resume", body="")[0] in (200, 202)
    harness.wait_until(lambda: serve.http("/readyz")[0] == 200, 20 * bench.patience, "it is ready again")
    return asked


def again(web, asked):
    return len(weblog.pages(web.requests()[asked:]))


def test_the_budget_of_hosts_begins_anew_with_the_books(bench):
    web, redis = bench.web(hosts=4, pages=20), bench.redis()
    serve = under_way(bench, web, redis, "budget.host_pages=5", pages=20)
    serve.wait_idle(30 * bench.patience)
    asked = flushed_and_told_to_go_on(bench, web, redis, serve)

    def states():
        return sum(int(redis.cli("HLEN", key)) for key in redis.cli("KEYS", "decorum:*:hosts").splitlines())
    harness.wait_until(lambda: states() == 4, 10 * bench.patience, "when hosts were asked last is written anew")
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: again(web, asked) >= 20, 30 * bench.patience, "as many are fetched again")
    assert serve.wait_idle(30 * bench.patience)["books"]["done"] == 20 and again(web, asked) == 20
    assert weblog.short_gaps(web.requests(), 0.1) == []


def test_the_budget_of_a_job_begins_anew_with_the_books(bench):
    web, redis = bench.web(hosts=4, pages=20), bench.redis()
    seeds = [json.dumps({"url": seed, "job": "j"}) for seed in web.seeds]
    serve = bench.serve(redis.url, *SETTINGS, "budget.job_pages=12")
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *seeds)
    harness.wait_until(lambda: len(web.pages()) >= 12, 30 * bench.patience, "the job has its pages")
    serve.wait_idle(30 * bench.patience)
    asked = flushed_and_told_to_go_on(bench, web, redis, serve)
    redis.cli("LPUSH", "decorum:seeds", *seeds)
    harness.wait_until(lambda: again(web, asked) >= 12, 30 * bench.patience, "as many are fetched again")
    assert serve.wait_idle(30 * bench.patience)["books"]["done"] == 12 and again(web, asked) == 12
    assert redis.cli("HKEYS", "decorum:jobs") == "j", "its name is known again"


def test_a_finite_crawl_does_not_end_because_redis_was_emptied(bench):
    web, redis = bench.web(hosts=10, pages=30), bench.redis()
    argv = (*web.seeds, "--delay", "0.1s", "--set", "redis.mode=external", "--set", f"redis.url={redis.url}", "--set",
            "frontier.lease_ttl=2s")
    crawl = bench.crawl(*argv)
    harness.wait_until(lambda: len(web.pages()) >= 40, 30 * bench.patience, "the crawl is under way")
    redis.cli("FLUSHALL")
    says(bench, crawl, "emptied")
    harness.stays(crawl.alive, 1.5, "it does not end")
    asked = len(web.requests())
    assert crawl.http("/api/v1/resume", body="")[0] in (200, 202)
    assert crawl.wait(60 * bench.patience) == 0, crawl.err()
    assert {r.url for r in weblog.pages(web.requests()[asked:])} == web.urls, "its seeds are offered again"
    assert weblog.short_gaps(web.requests(), 0.1) == []


def two_that_lost_their_redis(bench, web, redis):
    """The first was told to go on, and has the share of the second too."""
    first, second = (bench.serve(redis.url, *SETTINGS, "politeness.max_crawl_delay=6s", data=name) for name in ("first", "second"))
    for daemon in (first, second):
        daemon.wait_ready(20 * bench.patience)
    harness.wait_until(lambda: partitions(first) == partitions(second) == 128, 20 * bench.patience, "each has its share")
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) >= 12, 60 * bench.patience, "hosts of both were asked")
    redis.cli("FLUSHALL")
    for daemon in (first, second):
        says(bench, daemon, "emptied")
    assert redis.cli("EXISTS", "decorum:daemons") == "0", "what is not known is not written to"
    asked = rests(bench, web)
    assert first.http("/api/v1/resume", body="")[0] in (200, 202), "it goes on"
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: partitions(first) == 256, 20 * bench.patience, "one has them all")
    return first, second, asked


def test_who_does_not_go_on_after_a_loss_keeps_nothing_from_the_others(bench):
    web, redis = bench.web(hosts=10, pages=3, crawl_delay=5), bench.redis()
    first, second, _ = two_that_lost_their_redis(bench, web, redis)
    harness.wait_until(lambda: {row["url"] for row in outputs.feed(first.data)} == web.urls, 90 * bench.patience,
                       "one fetches them all")
    assert weblog.short_gaps(web.requests(), 5) == [], "what the other knew of hosts is reckoned with"
    assert second.http("/api/v1/resume", body="")[0] in (200, 202), "it goes on too"
    harness.wait_until(lambda: partitions(first) == partitions(second) == 128, 20 * bench.patience, "they share again")


def test_who_goes_on_later_does_not_ask_the_hosts_of_the_first_at_once(bench):
    web, redis = bench.web(hosts=10, pages=3, crawl_delay=5), bench.redis()
    first, second, asked = two_that_lost_their_redis(bench, web, redis)
    assert second.http("/api/v1/resume", body="")[0] in (200, 202), "it goes on too"
    harness.wait_until(lambda: partitions(first) == partitions(second) == 128, 30 * bench.patience, "they share again")
    harness.wait_until(lambda: {r.url for r in weblog.pages(web.requests()[asked:])} == web.urls, 90 * bench.patience,
                       "all are fetched again")
    assert weblog.short_gaps(web.requests(), 5) == [], weblog.short_gaps(web.requests(), 5)


def grow_old():
    kept = time.monotonic()
    harness.wait_until(lambda: time.monotonic() - kept > 6, 20, "the state grows old")


def saved(bench, redis):
    redis.cli("SAVE")
    return shutil.copy(bench.tmp / "redis-data/old.rdb", bench.tmp / "old.rdb")


def restored(bench, redis, dump):
    redis.kill()
    folder = bench.tmp / "restored"
    folder.mkdir()
    shutil.copy(dump, folder / "dump.rdb")
    return bench.redis("--appendonly", "no", port=redis.port, folder="restored")


def test_an_older_state_is_told_and_gone_on_with_when_told(bench):
    web, redis = bench.web(hosts=10, pages=40), bench.redis("--dbfilename", "old.rdb")
    serve = under_way(bench, web, redis, pages=20)
    dump = saved(bench, redis)
    grow_old()
    restored(bench, redis, dump)
    says(bench, serve, "older state", "resume")
    rests(bench, web)
    harness.wait_until(lambda: any("append-only" in text for text in serve.status()["warnings"]), 10 * bench.patience,
                       "it also tells that nothing is appended to a file")
    assert serve.http("/api/v1/resume", body="")[0] in (200, 202)
    ends_whole(bench, web, serve)


def test_an_older_state_is_told_after_an_orderly_restart(bench):
    web, redis = bench.web(hosts=2, pages=2), bench.redis("--dbfilename", "old.rdb")
    serve = under_way(bench, web, redis, pages=4)
    dump = saved(bench, redis)
    grow_old()
    assert serve.terminate(8 * bench.patience) == 0
    assert not re.search(r"^\S+ error ", serve.err(), re.M), serve.err()
    serve = bench.serve(redis.url, *SETTINGS)
    serve.wait_ready(20 * bench.patience)
    restored(bench, redis, dump)
    says(bench, serve, "older state")


def test_what_redis_holds_in_flight_and_nobody_fetches_goes_back(bench):
    web, redis = bench.web(hosts=1, pages=5), bench.redis("--appendfsync", "always")
    serve = under_way(bench, web, redis, pages=5)
    serve.wait_idle(20 * bench.patience)
    partition = next(key for key in redis.cli("KEYS", "decorum:*:counts").splitlines()
                     if int(redis.cli("HGET", key, "discovered") or 0) > 1).removesuffix(":counts")
    stray = web.url(0, "/behave/echo")
    lost = "redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) redis.call('HINCRBY', KEYS[2], 'in_flight', 1) " \
           "redis.call('HINCRBY', KEYS[2], 'discovered', 1)"  # as one that was taken and whose answer was lost
    redis.cli("EVAL", lost, 2, partition + ":flight", partition + ":counts", stray, "0\t0\t0\t0\t\t\t\t")
    redis.kill()
    bench.redis("--appendfsync", "always", port=redis.port)
    harness.wait_until(lambda: stray in {r.url for r in web.pages()}, 20 * bench.patience, "it is fetched")
    harness.wait_until(lambda: (s := serve.status()).get("books", {}).get("done") == len(web.urls) + 1 and
                       s["books_imbalance"] == 0, 20 * bench.patience, "it is settled")


harness.main(globals())
