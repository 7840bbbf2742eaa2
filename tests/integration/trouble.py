"""A crawl whose Redis gets into trouble: what it must say, and how it must end."""
import time

import harness
import outputs
import weblog

SETTINGS = ("politeness.delay=0.1s", "frontier.lease_ttl=2s", "workers.threads=2")
IN_FLIGHT = 64


def under_way(bench, web, redis, *settings, pages=40):
    serve = bench.serve(redis.url, *SETTINGS, *settings)
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) >= pages, 30 * bench.patience, "the crawl is under way")
    return serve


def says(bench, serve, *words):
    """It is not ready, and both status and readiness tell why."""
    def told():
        why = serve.status().get("why_idle") or ""
        return all(word in why for word in words) and serve.http("/readyz")[0] == 503
    harness.wait_until(told, 20 * bench.patience, f"it says {words}")
    assert serve.status()["state"] == "waiting" and serve.http("/healthz")[0] == 200
    return serve.http("/readyz")[2]


def rests(bench, web, seconds=1.5):
    """Once what was in flight has ended, nothing is asked for."""
    quiet = 0.5 * bench.patience
    last = [len(web.requests()), time.monotonic()]

    def still():
        now = len(web.requests())
        if now != last[0]:
            last[:] = now, time.monotonic()
        return time.monotonic() - last[1] > quiet
    harness.wait_until(still, 10 * bench.patience, "what was in flight has ended")
    asked = len(web.requests())
    harness.stays(lambda: len(web.requests()) == asked, seconds, "nothing is asked for")
    return asked


def ends_whole(bench, web, serve):
    status = serve.wait_idle(90 * bench.patience)
    requests = web.requests()
    assert {r.url for r in weblog.pages(requests)} == web.urls
    assert weblog.short_gaps(requests, 0.1) == []
    assert {row["url"] for row in outputs.feed(serve.data)} == web.urls
    assert status["books_imbalance"] == 0, status
    return status
