"""What may be fetched of a host: its budget to the page, whatever happens meanwhile, and the rest refused with the reason."""
import collections
import random

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


harness.main(globals())
