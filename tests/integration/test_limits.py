"""What may be fetched of a host: its budget to the page, whatever happens meanwhile, and the rest refused with the reason."""
import collections
import json
import random
import re

import harness
import outputs
import weblog

LIMIT, DELAY = 7, 0.02


def pages_of_each(web):
    return {host: len({r.url for r in weblog.pages(list_of_one)})
            for host, list_of_one in weblog.by_host(web.requests()).items()}


def check_books(crawl, web, limit):
    books, summary = crawl.summary()["books"], crawl.summary()
    assert books["discovered"] == books["done"] + books["refused"], books
    assert books["queued"] == books["in_flight"] == books["waiting"] == 0, books
    assert books["done"] == limit * len(web.seeds), books
    return summary


def test_a_host_gives_exactly_its_pages(bench):
    web = bench.web(hosts=12, pages=30, errors=20, redirects=10)
    crawl = bench.crawl("--seeds", web.seeds_file, "--delay", f"{DELAY}s", "--set", f"budget.host_pages={LIMIT}")
    assert crawl.wait(60 * bench.patience) == 0, "a budget of hosts never changes the exit code"
    check_books(crawl, web, LIMIT)
    # A page that failed and was asked again is one page: of 500s the last try counts.
    counts = collections.Counter((r.host, r.url) for r in web.pages() if r.status != 500)
    assert set(counts.values()) == {1}
    each = collections.Counter(host for host, _ in counts)
    assert len(each) == 12 and set(each.values()) == {LIMIT}, each
    refused = outputs.refused(crawl.data)
    rules = {row["rule"] for row in refused if row["reason"] == "budget_host"}
    assert rules == {f"budget.host_pages = {LIMIT}"}


def test_the_budget_of_a_host_survives_kills(bench):
    web = bench.web(hosts=10, pages=30)
    argv = ("--seeds", web.seeds_file, "--delay", f"{DELAY}s", "--set", "budget.host_pages=20")
    chance = random.Random(4)
    for _ in range(6):
        known = len(web.requests())
        crawl = bench.crawl(*argv)
        more = chance.randint(5, 30)
        harness.wait_until(lambda: len(web.requests()) >= known + more, 20 * bench.patience, "it crawls on")
        assert crawl.alive()
        crawl.kill()
    crawl = bench.crawl(*argv)
    assert crawl.wait(60 * bench.patience) == 0
    check_books(crawl, web, 20)
    assert pages_of_each(web) == {host: 20 for host in pages_of_each(web)} and len(pages_of_each(web)) == 10


def test_the_budget_goes_by_the_politeness_key(bench):
    site = bench.moody_site(pages=20)
    crawl = bench.crawl(*(site.url(f"{name}.shop.localhost") for name in ("a", "b")), "--delay", "0s", "--set", "budget.host_pages=5", "--set", "politeness.key=domain")
    assert crawl.wait(60 * bench.patience) == 0
    books = crawl.summary()["books"]
    assert books["done"] == len(site.pages()) == 5, "of all names of the domain together"
    assert books["discovered"] == books["done"] + books["refused"] > 20


def test_a_job_gives_exactly_its_pages(bench):
    web, redis = bench.web(hosts=8, pages=20, errors=10), bench.redis()
    serve = bench.serve(redis.url, f"politeness.delay={DELAY}s", "budget.job_pages=30", "workers.threads=2")
    serve.wait_ready(20 * bench.patience)
    for host, seed in enumerate(web.seeds):
        job = ("one", "two", "")[host % 3]
        redis.cli("LPUSH", "decorum:seeds", json.dumps({"url": seed, "job": job} if job else {"url": seed}))
    serve.wait_idle(60 * bench.patience)
    serve.terminate(30 * bench.patience)
    assert serve.wait(30 * bench.patience) == 0
    rows = collections.Counter(row["job"] for row in outputs.feed(serve.data))
    assert rows["one"] == rows["two"] == 30, rows
    assert rows[None] + rows[""] >= 40, "what is of no job has no such budget"
    rules = {row["rule"] for row in outputs.refused(serve.data) if row["reason"] == "budget_job"}
    assert rules == {"budget.job_pages = 30"}


def test_what_one_job_may_not_have_another_may(bench):
    web, redis = bench.web(hosts=2, pages=20), bench.redis()
    serve = bench.serve(redis.url, f"politeness.delay={DELAY}s", "budget.job_pages=5", "workers.threads=2")
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *[json.dumps({"url": seed, "job": "one"}) for seed in web.seeds])
    status = serve.wait_idle(60 * bench.patience)
    assert status["refused_by_reason"]["budget_job"] > 0 and len({r.url for r in web.pages()}) == 5
    missing = sorted({row["url"] for row in outputs.refused(serve.data) if row["reason"] == "budget_job"})
    redis.cli("LPUSH", "decorum:seeds", json.dumps({"url": missing[0], "job": "two"}), *missing[1:])
    harness.wait_until(lambda: web.urls <= {r.url for r in web.pages()}, 60 * bench.patience,
                       "what another job and a seed without one ask for is fetched, and what they lead to")
    status = serve.wait_idle(60 * bench.patience)
    assert status["books_imbalance"] == 0 and status["books"]["discovered"] == status["books"]["done"] + status["books"]["refused"]
    assert weblog.repeats(web.pages()) == {}


def test_most_repeated_links_are_known_without_asking_redis(bench):
    web, redis = bench.web(hosts=40, pages=100), bench.redis()
    serve = bench.serve(redis.url, "politeness.delay=0s", "politeness.factor=0")
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    serve.wait_idle(90 * bench.patience)
    assert {r.url for r in web.pages()} == web.urls
    text = serve.http("/metrics")[2]
    filtered, asked = (int(re.search(rf'^decorum_repeated_links_total{{kind="{kind}"}} (\d+)$', text, re.M)[1])
                       for kind in ("filtered", "asked"))
    print(f"repeated links in a host: {filtered + asked}, of them {100 * filtered / (filtered + asked):.2f} % by the filter")
    assert filtered + asked > 20_000
    assert filtered >= 0.9 * (filtered + asked)


harness.main(globals())
