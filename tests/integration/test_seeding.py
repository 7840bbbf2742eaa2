"""Seeding a running daemon with redis-cli: what is good is fetched at once, what is bad is told with its reason."""
import json
import re
import time

import harness
import outputs
import weblog

DELAY = 0.5


def arrivals_at(web, host):
    own = web.seeds[host].split("/")[2].split(":")[0]
    return sorted(r for r in web.requests() if r.host == own)


def running(bench, web_options):
    web, redis = bench.web(**web_options), bench.redis()
    serve = bench.serve(redis.url, f"politeness.delay={DELAY}s")
    serve.wait_ready(20 * bench.patience)
    return web, redis, serve


def test_a_pushed_seed_is_asked_for_within_a_second(bench):
    web, redis, serve = running(bench, {"hosts": 3, "pages": 1})
    for host, verb in ((0, "LPUSH"), (1, "RPUSH")):
        pushed = time.monotonic_ns()
        redis.cli(verb, "decorum:seeds", web.url(host))
        harness.wait_until(lambda: len(arrivals_at(web, host)) > 1, 10 * bench.patience, "the page is asked")
        own = arrivals_at(web, host)
        assert [r.path for r in own] == ["/robots.txt", "/"]
        asked, gap = (own[0].ns - pushed) / 1e9, (own[1].ns - own[0].ns) / 1e9
        print(f"{verb}: robots.txt after {asked:.3f} s, the page {gap:.3f} s later")
        assert asked <= 1 * bench.patience
        assert DELAY <= gap <= DELAY + 0.5 * bench.patience
    serve.wait_idle(10 * bench.patience)
    assert serve.status()["seeds"]["accepted"] == 2


def test_json_entries_are_taken(bench):
    web, redis, serve = running(bench, {"hosts": 1, "pages": 3})
    redis.cli("LPUSH", "decorum:seeds", json.dumps({"url": web.url(0), "meta": {"shop": "7"}, "priority": "high"}))
    serve.wait_idle(20 * bench.patience)
    rows = {row["url"]: row for row in outputs.feed(serve.data)}
    assert set(rows) == web.urls
    assert all(row["meta"] == {"shop": "7"} for row in rows.values()), "meta is inherited by discovered links"
    assert rows[web.url(0)]["depth"] == 0 and {row["depth"] for row in rows.values()} == {0, 1}


def test_a_bad_entry_is_rejected_with_its_reason(bench):
    web, redis, serve = running(bench, {"hosts": 1, "pages": 1})
    bad = ["http://[not-an-address/", "ftp://127.20.0.1/file", "example.org/without/scheme", '{"url": "http://', "{}",
           '{"url": 7}', "   ", "http://127.20.0.1/" + "a" * 20000]
    redis.cli("LPUSH", "decorum:seeds", *bad, web.url(0))
    harness.wait_until(lambda: int(redis.cli("LLEN", "decorum:seeds:rejected")) == len(bad), 10 * bench.patience,
                       "every bad entry is in the rejected list")
    rejected = [json.loads(line) for line in redis.cli("LRANGE", "decorum:seeds:rejected", 0, -1).splitlines()]
    assert all(row["reason"] and isinstance(row["reason"], str) and "\n" not in row["reason"] for row in rejected)
    reasons = {row["entry"]: row["reason"] for row in rejected}
    assert set(bad[:-2]) <= set(reasons), "an entry comes back as it was given"
    assert "did you mean https://" in reasons["example.org/without/scheme"]
    assert "ftp" in reasons["ftp://127.20.0.1/file"]
    harness.wait_until(lambda: web.pages(), 10 * bench.patience, "the good one among them is fetched")
    assert serve.status()["seeds"]["rejected"] == len(bad)


def test_a_repeat_is_counted_and_not_fetched_again(bench):
    web, redis, serve = running(bench, {"hosts": 1, "pages": 1})
    for spelling in (web.url(0), web.url(0), web.url(0).upper().replace("HTTP", "Http"), web.url(0) + "#part"):
        redis.cli("LPUSH", "decorum:seeds", spelling)
    harness.wait_until(lambda: serve.status()["seeds"]["duplicates"] == 3, 10 * bench.patience, "three duplicates")
    serve.wait_idle(10 * bench.patience)
    assert len(web.pages()) == 1
    redis.cli("LPUSH", "decorum:seeds", json.dumps({"url": web.url(0), "force": True}))
    harness.wait_until(lambda: len(web.pages()) == 2, 10 * bench.patience, "force fetches it again")
    assert weblog.short_gaps(web.requests(), DELAY) == []


def test_the_status_hash_tells_state_and_why_idle(bench):
    web, redis, serve = running(bench, {"hosts": 1, "pages": 2})
    idle = harness.wait_until(lambda: (h := redis.hash("decorum:status")).get("why_idle") and h, 5 * bench.patience,
                              "why_idle is told")
    assert idle["state"] == "running" and "seed" in idle["why_idle"]
    assert any(f"127.0.0.1:{serve.admin_port}" in value for value in idle.values()), idle
    redis.cli("LPUSH", "decorum:seeds", web.url(0))
    serve.wait_idle(10 * bench.patience)
    harness.wait_until(lambda: redis.hash("decorum:status").get("done") == "2", 3 * bench.patience, "done is told")
    told = redis.hash("decorum:status")
    assert told["queued"] == "0" and told["failed"] == "0"
    serve.http("/api/v1/pause", body="")
    harness.wait_until(lambda: redis.hash("decorum:status")["state"] == "paused", 3 * bench.patience, "paused is told")


def test_the_seed_command_needs_only_redis(bench):
    web, redis = bench.web(hosts=2, pages=1), bench.redis()
    seeds = bench.tmp / "more.txt"
    seeds.write_text(f"# one a line\n{web.url(1)}\n\n")
    for argv in ((web.url(0),), ("--file", seeds)):
        command = bench.run("seed", *argv, "--set", f"redis.url={redis.url}")
        assert command.wait(10 * bench.patience) == 0
    assert sorted(redis.cli("LRANGE", "decorum:seeds", 0, -1).split()) == sorted(web.seeds)
    serve = bench.serve(redis.url, "politeness.delay=0.05s")
    serve.wait_idle(20 * bench.patience)
    assert {r.url for r in web.pages()} == web.urls
    assert re.search(r"\b1 seed\b", command.out())


harness.main(globals())
