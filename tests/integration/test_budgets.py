"""What a host and a job may cost in bytes and in time: the rest is refused, over kills, restarts and several daemons."""
import collections
import json
import time
import urllib.parse

import harness
import outputs
import weblog

PAGE = 10240  # bytes of a page of the made-up web; its head and robots.txt come on top
KILLS, UNSETTLED = 4, 4  # pages of a host that a kill may find fetched and not settled
SETTLE = 1.5  # seconds between two looks into the books of the jobs, and what was begun before


def requests_of(web):
    """Page requests by host, as the sites saw them."""
    return {host: weblog.pages(requests) for host, requests in weblog.by_host(web.requests()).items()}


def rules(data, reason):
    return {row["rule"] for row in outputs.refused(data) if row["reason"] == reason}


def check_ended(books):
    assert books["discovered"] == books["done"] + books["refused"], books
    assert books["queued"] == books["in_flight"] == books["waiting"] == 0, books


def seed(redis, job, *urls):
    redis.cli("LPUSH", "decorum:seeds", *[json.dumps({"url": url, "job": job}) for url in urls])


def jobs(serve):
    code, _, text = serve.http("/api/v1/jobs")
    return {job["id"]: job for job in json.loads(text)["jobs"]} if code == 200 else {}


def ended(job):
    def looks(serve):
        known = jobs(serve).get(job)
        return known and known["state"] == "finished"
    return looks


def explain(serve, url):
    code, _, text = serve.http("/api/v1/url?url=" + urllib.parse.quote(url, safe=""))
    assert code == 200, text
    return json.loads(text)


def test_a_host_gives_its_bytes_and_the_page_that_passes_them(bench):
    web = bench.web(hosts=8, pages=30)
    crawl = bench.crawl("--seeds", web.seeds_file, "--delay", "0.02s", "--set", f"budget.host_bytes={5 * PAGE}")
    assert crawl.wait(60 * bench.patience) == 0, "a budget of hosts never changes the exit code"
    check_ended(crawl.summary()["books"])
    # Four pages with their heads are less than the limit; a robots.txt is counted and is small.
    pages = {host: len(requests) for host, requests in requests_of(web).items()}
    assert len(pages) == 8 and set(pages.values()) == {5}, pages
    assert rules(crawl.data, "budget_host") == {f"budget.host_bytes = {5 * PAGE}"}
    received = collections.defaultdict(list)
    for row in outputs.fetches(crawl.data):
        received[row["host"]].append(row["bytes"])
    for host, each in received.items():
        assert sum(each[:-1]) < 5 * PAGE <= sum(each), (host, each)


def test_bytes_of_a_host_survive_kills(bench):
    web = bench.web(hosts=4, pages=80)
    argv = ("--seeds", web.seeds_file, "--delay", "0.1s", "--set", f"budget.host_bytes={20 * PAGE}")
    for _ in range(KILLS):
        known = len(web.requests())
        crawl = bench.crawl(*argv)
        harness.wait_until(lambda: len(web.requests()) >= known + 14, 30 * bench.patience, "it crawls on")
        assert crawl.alive()
        crawl.kill()
    crawl = bench.crawl(*argv)
    assert crawl.wait(60 * bench.patience) == 0
    check_ended(crawl.summary()["books"])
    pages = {host: len(requests) for host, requests in requests_of(web).items()}
    print(f"pages of each host: {pages}")
    assert len(pages) == 4 and min(pages.values()) >= 20 and max(pages.values()) <= 20 + KILLS * UNSETTLED, pages
    assert crawl.summary()["books"]["done"] <= 20 * 4


def test_a_host_is_asked_for_so_long(bench):
    web = bench.web(hosts=3, pages=400)
    crawl = bench.crawl("--seeds", web.seeds_file, "--delay", "0.05s", "--set", "budget.host_time=2s")
    assert crawl.wait(60 * bench.patience) == 0
    check_ended(crawl.summary()["books"])
    for host, requests in weblog.by_host(web.requests()).items():
        lasted = (requests[-1].ns - requests[0].ns) / 1e9
        assert len(requests) > 5 and 1 < lasted < 2.2, f"{host}: {lasted} s"
    assert rules(crawl.data, "budget_host") == {"budget.host_time = 2s"}


def test_the_time_of_a_host_runs_on_while_no_daemon_does(bench):
    web, redis = bench.web(hosts=2, pages=400), bench.redis()
    settings = ("politeness.delay=0.1s", "budget.host_time=8s")
    serve = bench.serve(redis.url, *settings)
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) > 10 and len(requests_of(web)) == 2, 8 * bench.patience, "both are asked")
    serve.terminate(30 * bench.patience)
    assert serve.wait(30 * bench.patience) == 0
    before = web.requests()
    over = max(requests[0].ns for requests in weblog.by_host(before).values()) + 8.5e9
    harness.wait_until(lambda: time.monotonic_ns() > over, 20 * bench.patience, "their time is over")
    serve = bench.serve(redis.url, *settings)
    serve.wait_ready(20 * bench.patience)
    check_ended(serve.wait_idle(30 * bench.patience)["books"])
    assert web.requests() == before, "nobody is asked for anything any more"
    assert rules(serve.data, "budget_host") == {"budget.host_time = 8s"}
    redis.cli("LPUSH", "decorum:seeds", web.url(0, "/late"))
    harness.wait_until(lambda: explain(serve, web.url(0, "/late"))["rule"] == "budget.host_time = 8s", 20 * bench.patience,
                       "it ends by that rule")
    told = explain(serve, web.url(0, "/late"))
    assert told["reason"] == "budget_host", told
    assert told["now"]["rule"] == "budget.host_time = 8s", told
    assert web.requests() == before


def test_a_job_gives_its_bytes_whichever_daemon_receives_them(bench):
    web, redis, limit = bench.web(hosts=9, pages=60), bench.redis(), 120 * PAGE
    settings = ("politeness.delay=0.2s", f"budget.job_bytes={limit}", "workers.threads=1", "frontier.lease_ttl=2s")
    first = bench.serve(redis.url, *settings, data="first")
    second = bench.serve(redis.url, *settings, data="second")
    for serve in (first, second):
        serve.wait_ready(20 * bench.patience)
        harness.wait_until(lambda: sum(w["partitions"] for w in serve.status()["workers"]) == 128, 30 * bench.patience,
                           "each has its share")
    seed(redis, "one", *web.seeds[:6])
    redis.cli("LPUSH", "decorum:seeds", *web.seeds[6:])
    first.wait_idle(90 * bench.patience)
    harness.wait_until(lambda: ended("one")(first), 20 * bench.patience, "the job is finished")
    of_job = [row for serve in (first, second) for row in outputs.feed(serve.data) if row["job"] == "one"]
    asked = {row["url"] for row in of_job}
    received = sum(row["bytes"] for serve in (first, second) for row in outputs.fetches(serve.data)
                   if row["kind"] == "page" and row["url"] in asked)
    assert jobs(first)["one"]["bytes"] == received, "the books have what the ledgers have"
    pages = [r for r in web.pages() if r.url in asked]
    print(f"{len(pages)} pages of the job, {received} bytes of {limit}")
    assert len(pages) == len(asked) and limit <= received
    assert received - limit <= (PAGE + 1000) * 6 * SETTLE * bench.patience / 0.2, "what was begun before the last look"
    assert all(any(row["job"] == "one" for row in outputs.feed(serve.data)) for serve in (first, second)), "both worked"
    assert rules(first.data, "budget_job") | rules(second.data, "budget_job") == {f"budget.job_bytes = {limit}"}
    without = {url for url in web.urls if url.startswith(tuple(web.seeds[6:]))}
    assert without and without <= {r.url for r in web.pages()}, "what has no job goes on"


def test_a_job_lasts_so_long_and_another_has_its_own_time(bench):
    web, redis = bench.web(hosts=4, pages=300), bench.redis()
    serve = bench.serve(redis.url, "politeness.delay=0.1s", "budget.job_time=4s", "scope.type=host", "workers.threads=1")
    serve.wait_ready(20 * bench.patience)
    named = time.monotonic_ns()
    seed(redis, "one", *web.seeds[:2])
    harness.wait_until(lambda: ended("one")(serve), 40 * bench.patience, "the first job is finished")
    lasted = (max(r.ns for r in web.requests()) - named) / 1e9
    print(f"its last request came after {lasted:.1f} s")
    assert 3 < lasted < 4 + SETTLE * bench.patience
    assert len(web.pages()) > 20 and rules(serve.data, "budget_job") == {"budget.job_time = 4s"}
    before = len(web.requests())
    seed(redis, "one", web.url(2))
    harness.wait_until(lambda: explain(serve, web.url(2))["rule"] == "budget.job_time = 4s", 20 * bench.patience,
                       "named again, it is over still")
    assert explain(serve, web.url(2))["reason"] == "budget_job"
    assert not [r for r in web.pages() if r.host == urllib.parse.urlsplit(web.url(2)).hostname]
    seed(redis, "two", web.url(3))
    harness.wait_until(lambda: len(web.requests()) > before + 10, 20 * bench.patience, "another is fetched")


harness.main(globals())
