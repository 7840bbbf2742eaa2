"""The operator's levers on single hosts: in force within a second, durable, and seen in the server's own log."""
import json
import time

import harness
import outputs
import weblog

SECOND = 1_000_000_000


def running(bench, delay, *settings, **web_options):
    web, redis = bench.web(**web_options), bench.redis()
    serve = bench.serve(redis.url, f"politeness.delay={delay}s", *settings)
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    return web, redis, serve


def host_of(url):
    return url.split("/")[2].split(":")[0]


def order(daemon, host, action, **words):
    """Pulls a lever; the answer and the moment it came, on the clock of the server's log."""
    if "length" in words:
        words["for"] = words.pop("length")
    code, _, text = daemon.http(f"/api/v1/hosts/{host}/{action}", body=json.dumps(words))
    assert code == 200, text
    return json.loads(text), time.monotonic_ns()


def show(daemon, host):
    code, _, text = daemon.http(f"/api/v1/hosts/{host}")
    assert code == 200, text
    return json.loads(text)


def hosts(daemon, query=""):
    code, _, text = daemon.http("/api/v1/hosts" + query)
    assert code == 200, text
    return json.loads(text)


def asked(web, host):
    return [r for r in web.requests() if r.host == host]


def under_way(bench, web, pages):
    harness.wait_until(lambda: len(web.pages()) >= pages, 30 * bench.patience, f"{pages} pages are asked")


def levers_log(data):
    rows = []
    for path in sorted(data.glob("log/levers-*.jsonl")):
        rows += [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return rows


def test_a_paused_host_is_not_asked_until_it_is_resumed(bench):
    web, _, serve = running(bench, 0.1, hosts=4, pages=25)
    host, admin = host_of(web.seeds[0]), f"127.0.0.1:{serve.admin_port}"
    under_way(bench, web, 20)
    paused = bench.run("host", "pause", host, "--why", "their shop rests", "--admin", admin)
    assert paused.wait(10 * bench.patience) == 0, paused.err()
    since = time.monotonic_ns()
    assert "pause" in paused.out() and "their shop rests" in paused.out()
    rest = {u for u in web.urls if host_of(u) != host}
    harness.wait_until(lambda: rest <= {r.url for r in web.pages()}, 30 * bench.patience, "the others go on")
    harness.wait_until(lambda: "paused by the operator" in (serve.status().get("why_idle") or ""), 10 * bench.patience,
                       "it says why it is idle")
    assert [r for r in asked(web, host) if r.ns > since + SECOND] == []
    before = len(asked(web, host))
    assert before < 26, "the pause came in the middle"
    books = serve.status()["books"]
    assert books["queued"] > 0 and books["in_flight"] == 0, "its URLs stay queued"
    assert "1 host is paused by the operator" in serve.status()["why_idle"]
    assert serve.status()["hosts"]["paused"] == 1 and serve.status()["levers"]["paused"] == 1
    view = show(serve, host)
    assert view["state"] == "paused" and view["queued"] > 0
    assert [(lever["lever"], lever["why"], lever["until"]) for lever in view["levers"]] == [
        ("pause", "their shop rests", None)]
    assert [row["host"] for row in hosts(serve, "?state=paused")["hosts"]] == [host]
    harness.stays(lambda: len(asked(web, host)) == before, 1, "no request while it is paused")

    order(serve, host, "resume")
    harness.wait_until(lambda: len(asked(web, host)) > before, bench.patience, "resumed within a second")
    serve.wait_idle(30 * bench.patience)
    assert {r.url for r in web.pages()} == web.urls
    assert weblog.repeats(web.requests()) == {}
    assert weblog.short_gaps(web.requests(), 0.1) == []
    assert serve.metric("decorum_politeness_violations_total") == serve.metric("decorum_books_imbalance") == 0
    log = harness.wait_until(lambda: len(levers_log(serve.data)) == 2 and levers_log(serve.data), 5, "both are logged")
    assert [(row["lever"], row["event"], row["host"]) for row in log] == [
        ("pause", "ordered", host), ("resume", "ordered", host)]
    assert log[0]["why"] == "their shop rests" and log[0]["at"].endswith("Z") and log[0]["by"]
    assert f"{host} is paused" in serve.err() and f"{host} is resumed" in serve.err()


def test_a_slowed_host_waits_longer_at_once(bench):
    web, _, serve = running(bench, 0.1, hosts=2, pages=200)
    host, other = host_of(web.seeds[0]), host_of(web.seeds[1])
    under_way(bench, web, 10)
    _, since = order(serve, host, "slow", delay="0.7s", why="asked by mail")
    harness.wait_until(lambda: len([r for r in asked(web, host) if r.ns > since]) >= 4, 20 * bench.patience,
                       "it goes on, slowly")
    late = [r for r in asked(web, host) if r.ns > since]
    assert weblog.short_gaps(late, 0.7) == [], "from the first request after the answer on"
    assert len([r for r in asked(web, other) if r.ns > since]) > 2 * len(late), "the other does not wait"
    view = show(serve, host)
    assert view["delay_ms"] == 700 and view["delay_from"] == "operator"
    rows = [row for row in outputs.fetches(serve.data) if row["host"] == host and row["delay_from"] == "operator"]
    assert rows and all(row["delay_ms"] == 700 and row["gap_ms"] >= 700 for row in rows)

    slower = bench.run("host", "slow", host, "1h", "--admin", f"127.0.0.1:{serve.admin_port}")
    assert slower.wait(10 * bench.patience) == 0, slower.err()
    before = len(asked(web, host))
    harness.stays(lambda: len(asked(web, host)) <= before + 1, 1.5, "the wait that runs is longer too")
    before = len(asked(web, host))
    order(serve, host, "resume")
    harness.wait_until(lambda: len(asked(web, host)) >= before + 5, (0.1 * 5 + 1) * bench.patience, "resumed at once")
    assert weblog.short_gaps(web.requests(), 0.1) == []
    assert serve.metric("decorum_politeness_violations_total") == 0
    assert serve.terminate(20 * bench.patience) == 0
    audit = bench.run("audit", "--out", serve.data)
    assert audit.wait(20 * bench.patience) == 0, audit.out() + audit.err()


def test_a_blocked_hosts_urls_end_and_may_be_found_again(bench):
    web, redis, serve = running(bench, 0.1, hosts=2, pages=25)
    host = host_of(web.seeds[0])
    under_way(bench, web, 20)
    _, since = order(serve, host, "block", why="spam")
    status = serve.wait_idle(30 * bench.patience)
    assert [r for r in asked(web, host) if r.ns > since + SECOND] == []
    refused = status["refused_by_reason"]["blocked_host"]
    fetched = {r.url for r in web.pages()}
    rows = [json.loads(line) for path in serve.data.glob("log/refused-*.jsonl") for line in path.open()]
    blocked = [row for row in rows if row["reason"] == "blocked_host"]
    assert blocked and all(row["rule"] == "operator: spam" and host_of(row["url"]) == host for row in blocked)
    ended = [row["url"] for row in blocked]
    assert len(ended) == len(set(ended)) == refused and not fetched & set(ended), "what was found of it, and no more"
    missing = sorted(web.urls - fetched)
    redis.cli("LPUSH", "decorum:seeds", missing[0])  # newly found while it is blocked
    harness.wait_until(lambda: serve.status()["seeds"]["accepted"] == 3, 10 * bench.patience, "it is taken in")
    serve.wait_idle(10 * bench.patience)
    assert len([r for r in web.pages() if r.url == missing[0]]) == 0
    assert serve.status()["refused_by_reason"]["blocked_host"] == refused

    order(serve, host, "resume")
    redis.cli("LPUSH", "decorum:seeds", *ended)
    harness.wait_until(lambda: web.urls <= {r.url for r in web.pages()}, 30 * bench.patience, "all is fetched")
    status = serve.wait_idle(10 * bench.patience)
    assert status["refused_by_reason"].get("blocked_host", 0) == 0
    assert status["books_imbalance"] == 0
    assert weblog.repeats(web.pages()) == {}
    assert weblog.short_gaps(web.requests(), 0.1) == []


def test_levers_outlive_a_kill(bench):
    web, redis, serve = running(bench, 0.1, hosts=3, pages=25)
    paused, slowed, short = (host_of(seed) for seed in web.seeds)
    under_way(bench, web, 15)
    order(serve, paused, "pause", why="rests")
    order(serve, slowed, "slow", delay="0.5s", length="1h")
    _, since = order(serve, short, "pause", length="3s")
    serve.kill()
    killed = time.monotonic_ns()
    again = bench.serve(redis.url, "politeness.delay=0.1s")
    again.wait_ready(20 * bench.patience)
    harness.wait_until(lambda: len([r for r in asked(web, slowed) if r.ns > killed]) >= 4, 20 * bench.patience,
                       "the slowed host goes on")
    late = [r for r in asked(web, slowed) if r.ns > killed]
    assert weblog.short_gaps(late, 0.5) == []
    assert [r for r in asked(web, paused) if r.ns > since + SECOND] == []
    assert show(again, paused)["levers"][0]["why"] == "rests"
    assert show(again, slowed)["levers"][0]["until"] is not None
    harness.wait_until(lambda: [r for r in asked(web, short) if r.ns > since + SECOND], 10 * bench.patience,
                       "what was paused for 3 s goes on by itself")
    first = min(r.ns for r in asked(web, short) if r.ns > since + SECOND)
    assert first >= since + 2.9 * SECOND
    _, since = order(again, paused, "pause", length="1s", why="ends while nobody watches")
    again.kill()
    harness.wait_until(lambda: time.monotonic_ns() > since + 1.1 * SECOND, 10, "its time is over")
    third = bench.serve(redis.url, "politeness.delay=0.1s")
    third.wait_ready(20 * bench.patience)
    order(third, slowed, "resume")
    third.wait_idle(60 * bench.patience)
    assert {r.url for r in web.pages()} == web.urls
    assert show(third, paused)["levers"] == []
    harness.wait_until(lambda: redis.cli("--scan", "--pattern", "*:levers") == "", 5 * bench.patience,
                       "what has ended leaves nothing")
    ends = [row["why"] for row in levers_log(third.data) if row["event"] == "ended"]
    assert "ends while nobody watches" in ends, "and is logged"
    assert weblog.short_gaps(web.requests(), 0.1) == []


def test_a_lever_for_a_time_lifts_itself(bench):
    web, _, serve = running(bench, 0.1, hosts=1, pages=60)
    host = host_of(web.seeds[0])
    under_way(bench, web, 5)
    answer, since = order(serve, host, "pause", length="2s", why="a nap")
    assert answer["levers"][0]["until"] > answer["levers"][0]["since"]
    harness.wait_until(lambda: [r for r in asked(web, host) if r.ns > since + SECOND], 10 * bench.patience,
                       "it goes on by itself")
    first = min(r.ns for r in asked(web, host) if r.ns > since + SECOND)
    assert 1.9 * SECOND <= first - since <= 3 * SECOND * bench.patience
    assert show(serve, host)["levers"] == []
    log = harness.wait_until(lambda: len(levers_log(serve.data)) == 2 and levers_log(serve.data), 5, "its end is logged")
    assert [row["event"] for row in log] == ["ordered", "ended"] and log[0]["id"] == log[1]["id"]
    order(serve, host, "slow", delay="1h", length="1s")
    before = len(asked(web, host))
    harness.wait_until(lambda: len(asked(web, host)) >= before + 5, 5 * bench.patience, "so does what was slowed")
    assert weblog.short_gaps(web.requests(), 0.1) == []


def test_a_host_may_have_orders_before_it_is_known(bench):
    web, redis = bench.web(hosts=2, pages=3), bench.redis()
    serve = bench.serve(redis.url, "politeness.delay=0.05s")
    serve.wait_ready(20 * bench.patience)
    host = host_of(web.seeds[0])
    answer, _ = order(serve, host, "block", why="never")
    assert answer["known"] is False and answer["host"] == host
    harness.wait_until(lambda: show(serve, host)["state"] == "blocked", 1 * bench.patience, "the order is in force")
    harness.wait_until(lambda: [row["host"] for row in hosts(serve, "?state=blocked")["hosts"]] == [host],
                       1 * bench.patience, "it is listed so")
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: serve.status()["seeds"]["accepted"] == 2, 10 * bench.patience, "they are taken in")
    status = serve.wait_idle(10 * bench.patience)
    assert asked(web, host) == []
    assert status["refused_by_reason"]["blocked_host"] == 1


def test_any_daemon_takes_orders_for_any_host(bench):
    web, redis = bench.web(hosts=8, pages=150), bench.redis()
    settings = ("politeness.delay=0.1s", "workers.threads=1", "frontier.lease_ttl=2s")
    first, second = bench.serve(redis.url, *settings, data="a"), bench.serve(redis.url, *settings, data="b")
    for daemon in (first, second):
        daemon.wait_ready(20 * bench.patience)
    harness.wait_until(lambda: all(sum(w["partitions"] for w in d.status().get("workers", [])) == 128
                                   for d in (first, second)), 30 * bench.patience, "each has its share")
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    under_way(bench, web, 40)
    views = {host_of(seed): (show(first, host_of(seed)), show(second, host_of(seed))) for seed in web.seeds}
    daemons = [hosts(first)["daemon"], hosts(second)["daemon"]]
    assert daemons[0] != daemons[1]
    for host, (by_first, by_second) in views.items():
        assert by_first["in_memory"] != by_second["in_memory"], host
        assert by_first["owner"] == by_second["owner"] == daemons[0 if by_first["in_memory"] else 1]
        assert by_first["asked"] and by_second["asked"] and by_second["queued"] > 0
    assert {v[0]["in_memory"] for v in views.values()} == {True, False}, "both own some"
    since = {}
    for host, (by_first, _) in views.items():
        elsewhere = second if by_first["in_memory"] else first
        since[host] = order(elsewhere, host, "pause")[1]
    last = max(since.values())
    harness.wait_until(lambda: time.monotonic_ns() > last + 2 * SECOND, 10, "two seconds")
    assert [r for r in web.requests() if r.ns > since[r.host] + SECOND] == []
    assert hosts(first, "?state=paused")["matched"] + hosts(second, "?state=paused")["matched"] == 8
    known = len(web.requests())
    first.kill()
    harness.wait_until(lambda: sum(w["partitions"] for w in second.status()["workers"]) == 256, 30 * bench.patience,
                       "the survivor takes over")
    harness.stays(lambda: len(web.requests()) == known, 1, "and asks no paused host")
    for host in views:
        order(second, host, "resume")
    harness.wait_until(lambda: {r.host for r in web.requests()[known:]} == set(views), 10 * bench.patience,
                       "all go on")
    assert weblog.short_gaps(web.requests(), 0.1) == []


def test_a_crawl_has_the_same_levers(bench):
    web = bench.web(hosts=3, pages=15)
    crawl = bench.crawl("--seeds", web.seeds_file, "--delay", "0.1s")
    under_way(bench, web, 9)
    host, blocked, out = host_of(web.seeds[0]), host_of(web.seeds[1]), ("--out", crawl.data)
    assert bench.run("host", "pause", host, *out).wait(10 * bench.patience) == 0
    since = time.monotonic_ns()
    assert bench.run("host", "block", blocked, "--why", "no more", *out).wait(10 * bench.patience) == 0
    harness.wait_until(lambda: "paused by the operator" in (crawl.status().get("why_idle") or ""), 20 * bench.patience,
                       "all but the paused host is done")
    assert crawl.alive(), "it waits for the paused host"
    assert [r for r in asked(web, host) if r.ns > since + SECOND] == []
    table = bench.run("hosts", "--state", "paused", *out)
    assert table.wait(10 * bench.patience) == 0
    assert host in table.out() and blocked not in table.out()
    shown = bench.run("host", "show", host, *out)
    assert shown.wait(10 * bench.patience) == 0
    assert "paused" in shown.out() and "robots.txt" not in shown.err()
    assert "User-agent" in shown.out() and " old" in shown.out(), "its robots.txt and the age of that"
    assert bench.run("host", "resume", host, *out).wait(10 * bench.patience) == 0
    assert crawl.wait(30 * bench.patience) == 0
    books = crawl.summary()["books"]
    assert books["done"] + books["refused"] == books["discovered"] and books["refused"] > 0
    assert {u for u in web.urls if host_of(u) != blocked} <= {r.url for r in web.pages()}
    assert weblog.short_gaps(web.requests(), 0.1) == []


def test_bad_orders_are_refused_with_a_reason(bench):
    redis = bench.redis()
    serve = bench.serve(redis.url)
    serve.wait_ready(20 * bench.patience)
    root = "/api/v1/hosts"
    for path, body, wanted, said in (
            (f"{root}/unknown.example", None, 404, "unknown.example"),
            (f"{root}/", None, 400, "No host"),
            (f"{root}//pause", "", 400, "No host"),
            (f"{root}/a.example/explode", "", 404, "pause, slow, block and resume"),
            (f"{root}/a.example/drop", "", 404, "no such lever"),
            (f"{root}/a.example/pause/now", "", 404, "no such lever"),
            (f"{root}/a.example/pause", None, 405, "another method"),
            (f"{root}/a.example", "", 405, "another method"),
            (root, "", 405, "another method"),
            (f"{root}/a.example%3A80/pause", "", 400, "without ports"),
            (f"{root}/a%20b/pause", "", 400, "no host name"),
            (f"{root}/256.1.1.1/pause", "", 400, "no host name"),
            (f"{root}/a.example/pause", '{"for":"soon"}', 400, '"for"'),
            (f"{root}/a.example/pause", '{"for":"0s"}', 400, '"for"'),
            (f"{root}/a.example/pause", '{"for":10}', 400, "string"),
            (f"{root}/a.example/pause", '{"until":"10m"}', 400, '"for"'),
            (f"{root}/a.example/pause", '["10m"]', 400, "JSON object"),
            (f"{root}/a.example/pause", "{", 400, "JSON object"),
            (f"{root}/a.example/pause", '{"why":"' + "x" * 201 + '"}', 400, "200 bytes"),
            (f"{root}/a.example/pause", '{"why":"a\\u001bb"}', 400, "control characters"),
            (f"{root}/a.example/slow", "", 400, "delay"),
            (f"{root}/a.example/slow", '{"delay":"2d"}', 400, "24h"),
            (f"{root}/a.example/block", '{"delay":"2s"}', 400, "Only slow"),
            (f"{root}?state=asleep", None, 400, "paused"),
            (f"{root}?sort=beauty", None, 400, "delay"),
            (f"{root}?limit=1001", None, 400, "1000"),
            (f"{root}?limit=-1", None, 400, "1000"),
            (f"{root}?color=red", None, 400, "state")):
        code, headers, text = serve.http(path, body=body)
        assert code == wanted, (path, body, code, text)
        assert headers["Content-Type"].startswith("application/problem+json")
        assert said in json.loads(text)["detail"], (path, text)
    assert redis.cli("--scan", "--pattern", "*:levers") == "", "nothing of it was done"
    for spelling in ("A.Example.", "a.example", "%61.example"):
        assert order(serve, spelling, "pause")[0]["host"] == "a.example"
    assert order(serve, "0x7f.1", "pause")[0]["host"] == "127.0.0.1"
    harness.wait_until(lambda: hosts(serve)["matched"] == 2, 5 * bench.patience, "both are in force")
    assert len(hosts(serve, "?limit=1")["hosts"]) == 1

    admin = ("--admin", f"127.0.0.1:{serve.admin_port}")
    for argv, wanted in ((("host", "slow", "a.example", *admin), 2), (("host", "pause", *admin), 2),
                         (("host", "pause", "", *admin), 2), (("host", "pause", "a.example", "--for", "x", *admin), 2),
                         (("host", "show", "unknown.example", *admin), 1), (("host", *admin), 2),
                         (("host", "show", "a.example", "--admin", f"127.0.0.1:{harness.free_port()}"), 1)):
        run = bench.run(*argv)
        assert run.wait(10 * bench.patience) == wanted, (argv, run.err())
        assert run.err(), argv
    redis.kill()
    code, _, text = serve.http(f"{root}/a.example/pause", body="")
    assert code == 503 and "Redis" in json.loads(text)["detail"]


harness.main(globals())
