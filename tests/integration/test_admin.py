"""The admin endpoint of a running daemon: what it tells, and that its levers move something."""
import json
import re

import harness
import weblog

STATUS = {"state", "uptime_s", "books", "failed_by_reason", "refused_by_reason", "fetches", "hosts", "rates",
          "why_idle", "seeds", "redis", "storage", "workers", "violations"}
BOOKS = {"discovered", "queued", "in_flight", "waiting", "done", "refused"}
WORKER = {"id", "processed", "failed", "in_flight", "queued", "partitions", "loop_lag_ms"}
METRICS = ("decorum_fetches_total", "decorum_fetch_seconds_bucket", "decorum_bytes_total", "decorum_urls",
           "decorum_urls_refused_total", "decorum_hosts", "decorum_politeness_wait_seconds_count",
           "decorum_politeness_violations_total", "decorum_books_imbalance", "decorum_robots_total",
           "decorum_retry_after_total", "decorum_lease_takeovers_total", "decorum_redis_seconds_count",
           "decorum_redis_up", "decorum_storage_bytes_total", "decorum_loop_lag_seconds", "decorum_build_info")


def running(bench, delay, **web_options):
    web, redis = bench.web(**web_options), bench.redis()
    serve = bench.serve(redis.url, f"politeness.delay={delay}s", "workers.threads=2")
    serve.wait_ready(20 * bench.patience)
    return web, redis, serve


def test_status_has_every_field_and_its_books_balance_all_along(bench):
    web, redis, serve = running(bench, 0.1, hosts=20, pages=20, errors=10)
    status = serve.status()
    assert STATUS <= set(status) and BOOKS <= set(status["books"])
    assert {"pages_per_s", "bytes_per_s"} <= set(status["rates"])
    assert {"accepted", "rejected", "duplicates"} <= set(status["seeds"])
    assert [WORKER <= set(worker) for worker in status["workers"]] == [True, True]
    assert isinstance(status["why_idle"], str) and status["violations"] == 0

    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    looks = []

    def done():
        books = serve.status()["books"]
        looks.append(books)
        return books["done"] >= 400 and not books["queued"] + books["in_flight"] + books["waiting"]
    harness.wait_until(done, 60 * bench.patience, "the crawl is done")
    for books in looks:
        assert books["discovered"] == sum(books[k] for k in BOOKS - {"discovered"}), books
        assert 0 <= min(books.values()), books
    assert any(books["in_flight"] or books["queued"] for books in looks), "it was seen at work"
    status = harness.wait_until(lambda: (s := serve.status())["why_idle"] and s, 5, "why it is idle is told")
    assert status["state"] == "running" and status["violations"] == 0
    assert sum(worker["processed"] for worker in status["workers"]) >= 400
    assert sum(worker["partitions"] for worker in status["workers"]) == 256
    assert status["fetches"]["http_4xx"] == len([r for r in web.requests() if r.status == 404])


def test_metrics_are_prometheus_text(bench):
    web, redis, serve = running(bench, 0.05, hosts=3, pages=5)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    serve.wait_idle(20 * bench.patience)
    code, headers, text = serve.http("/metrics")
    assert code == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4")
    line = re.compile(r"^(?:# (?:HELP|TYPE) \S+ .+|[a-zA-Z_:][\w:]*(?:\{(?:\w+=\"(?:[^\"\\]|\\.)*\",?)*\})? \S+)$")
    assert [row for row in text.splitlines() if not line.match(row)] == []
    assert [name for name in METRICS if not re.search(rf"^{name}[ {{]", text, re.M)] == []
    assert serve.metric("decorum_fetches_total") == len(web.requests())
    assert serve.metric("decorum_redis_up") == 1
    assert serve.metric("decorum_politeness_violations_total") == serve.metric("decorum_books_imbalance") == 0
    assert "127.20." not in text, "no host is a label"


def test_health_and_readiness(bench):
    _, redis, serve = running(bench, 0.1, hosts=1)
    assert serve.http("/healthz")[0] == 200
    assert serve.http("/readyz")[0] == 200
    redis.kill()
    harness.wait_until(lambda: serve.http("/readyz")[0] == 503, 10 * bench.patience, "not ready without Redis")
    assert "edis" in serve.http("/readyz")[2]
    assert serve.http("/healthz")[0] == 200, "alive all the same"


def test_pause_and_resume(bench):
    web, redis, serve = running(bench, 0.05, hosts=5, pages=100)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) > 30, 20 * bench.patience, "the crawl is under way")
    assert serve.http("/api/v1/pause", body="")[0] in (200, 202)
    harness.wait_until(lambda: serve.status()["state"] == "paused" and not serve.status()["books"]["in_flight"],
                       10 * bench.patience, "it is paused")
    known = len(web.requests())
    assert known < 505
    harness.stays(lambda: len(web.requests()) == known, 0.5, "no request while paused")
    assert "paus" in serve.status()["why_idle"]
    assert serve.http("/api/v1/resume", body="")[0] in (200, 202)
    serve.wait_idle(60 * bench.patience)
    assert {r.url for r in web.pages()} == web.urls
    assert weblog.short_gaps(web.requests(), 0.05) == []


def test_many_pauses_lose_no_host(bench):
    web, redis, serve = running(bench, 0.02, hosts=30, pages=60)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    for pages in range(100, 1300, 100):
        harness.wait_until(lambda: len(web.pages()) >= pages, 20 * bench.patience, f"{pages} pages are asked")
        assert serve.http("/api/v1/pause", body="")[0] in (200, 202)
        assert serve.http("/api/v1/resume", body="")[0] in (200, 202)
    serve.wait_idle(60 * bench.patience)
    assert {r.url for r in web.pages()} == web.urls
    assert weblog.repeats(web.requests()) == {}
    assert weblog.short_gaps(web.requests(), 0.02) == []


def test_seeds_and_shutdown_by_post(bench):
    web, _, serve = running(bench, 0.05, hosts=2, pages=3)
    assert serve.http("/api/v1/seeds", body=web.url(0), headers={"Content-Type": "text/plain"})[0] in (200, 202)
    assert serve.http("/api/v1/seeds", body=json.dumps([{"url": web.url(1)}]),
                      headers={"Content-Type": "application/json"})[0] in (200, 202)
    harness.wait_until(lambda: {r.url for r in web.pages()} == web.urls, 20 * bench.patience, "both are crawled")
    serve.wait_idle(10 * bench.patience)
    assert serve.http("/api/v1/shutdown", body="")[0] in (200, 202)
    assert serve.wait((5 + 3) * bench.patience) == 0


def test_the_status_page_and_its_text(bench):
    _, _, serve = running(bench, 0.1, hosts=1)
    code, headers, page = serve.http("/", headers={"Accept": "text/html"})
    assert code == 200 and headers["Content-Type"].startswith("text/html") and "<title>" in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    code, headers, text = serve.http("/", headers={"Accept": "*/*"})
    assert code == 200 and headers["Content-Type"].startswith("text/plain") and "running" in text


def test_errors_are_problem_json_and_levers_want_post(bench):
    _, _, serve = running(bench, 0.1, hosts=1)
    for path, body, wanted in (("/nowhere", None, 404), ("/api/v1/shutdown", None, 405), ("/api/v1/status", "", 405),
                               ("/api/v1/seeds", "", 400)):
        code, headers, text = serve.http(path, body=body)
        assert code == wanted, (path, code)
        assert headers["Content-Type"].startswith("application/problem+json")
        assert json.loads(text)["status"] == wanted
    assert serve.http("/", headers={"Host": "evil.example"})[0] in (400, 403), "DNS rebinding"
    assert serve.http("/api/v1/pause", body="", headers={"Origin": "http://evil.example"})[0] == 403, "CSRF"
    assert serve.status()["state"] == "running"


def test_a_bind_elsewhere_needs_a_token(bench):
    redis = bench.redis()
    serve = bench.serve(redis.url, "admin.listen=0.0.0.0:0")
    assert serve.wait(20 * bench.patience) in (1, 4)
    assert "admin.token" in serve.err()
    guarded = bench.serve(redis.url, "admin.token=open-sesame")
    harness.wait_until(lambda: guarded.http("/healthz")[0] == 200, 20 * bench.patience, "it answers")
    assert guarded.http("/api/v1/status")[0] == 401
    assert guarded.http("/api/v1/status", headers={"Authorization": "Bearer open-sesame"})[0] == 200
    config = guarded.http("/api/v1/config", headers={"Authorization": "Bearer open-sesame"})[2]
    assert "sesame" not in config and "politeness.delay" in config


def test_the_commands_find_the_daemon(bench):
    _, _, serve = running(bench, 0.1, hosts=1)
    address = f"127.0.0.1:{serve.admin_port}"
    for argv, state in ((("pause",), "paused"), (("resume",), "running")):
        assert bench.run(*argv, "--admin", address).wait(10 * bench.patience) == 0
        harness.wait_until(lambda: serve.status()["state"] == state, 5 * bench.patience, f"it is {state}")
    status = bench.run("status", "--json", "--admin", address)
    assert status.wait(10 * bench.patience) == 0
    assert STATUS <= set(json.loads(status.out()))
    assert bench.run("stop", "--admin", address).wait(10 * bench.patience) == 0
    assert serve.wait((5 + 3) * bench.patience) == 0
    lost = bench.run("status", "--admin", address)
    assert lost.wait(10 * bench.patience) == 1
    assert address in lost.err(), "it says where it looked"


harness.main(globals())
