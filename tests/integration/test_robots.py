"""robots.txt: asked once for each origin and before its first page, obeyed, its failures too (RFC 9309 2.3.1)."""
import harness
import outputs
import weblog


def test_the_disallowed_area_is_never_asked(bench):
    web = bench.web(hosts=20, pages=20)
    crawl = bench.crawl("--seeds", web.seeds_file, "--delay", "0.02s")
    assert crawl.wait(60 * bench.patience) == 0
    requests = web.requests()
    assert not [r.url for r in requests if r.path.startswith("/private/")]
    assert {r.url for r in weblog.pages(requests)} == web.urls
    for host, arrivals in weblog.by_host(requests).items():
        assert [r.path for r in arrivals].count("/robots.txt") == 1, host
        assert arrivals[0].path == "/robots.txt", host
    assert crawl.summary()["refused_by_reason"]["robots_disallowed"] == 20 * 5  # every fourth page links to it


def test_a_missing_robots_txt_allows_everything(bench):
    web = bench.web(hosts=2, pages=9, robots_status=404)
    crawl = bench.crawl("--seeds", web.seeds_file, "--delay", "0.02s")
    assert crawl.wait(30 * bench.patience) == 0
    asked = {r.url for r in web.pages()}
    assert asked > web.urls and len([url for url in asked if "/private/" in url]) == 2 * 3


def unreachable(bench, status):
    """A crawl that loses patience with an origin whose robots.txt answers so."""
    web = bench.web(hosts=1, pages=3, robots_status=status)
    crawl = bench.crawl(web.url(0), "--delay", "0.05s", "--set", "budget.patience=2s", out=f"crawl-{status}")
    return web, crawl


def test_an_unreachable_robots_txt_forbids_everything(bench):
    for web, crawl in [unreachable(bench, status) for status in (500, 503, 429)]:
        assert crawl.wait(30 * bench.patience) == 14, "patience ends it"
        requests = web.requests()
        assert requests and not weblog.pages(requests)
        host = weblog.by_host(requests).popitem()[0]
        assert host in crawl.err() + crawl.out(), "the waiting host is named"


def test_an_origin_is_given_up_after_four_attempts(bench):
    web = bench.web(hosts=1, pages=3, robots_status=503)
    crawl = bench.crawl(web.url(0), "--delay", "0.05s")
    assert crawl.wait(150 * bench.patience) == 1
    requests = sorted(web.requests())
    assert [r.path for r in requests] == ["/robots.txt"] * 4
    waits = [(b.ns - a.ns) / 1e9 for a, b in zip(requests, requests[1:])]
    assert all(low <= wait <= high for wait, (low, high) in
               zip(waits, ((2.5, 10), (10, 40), (30, 100)))) or bench.sanitized, waits
    assert "robots_unreachable" in crawl.err()
    assert [row for row in crawl.err().splitlines() if web.url(0) in row and "robots_unreachable" in row]


def test_an_origin_that_recovers_is_crawled(bench):
    web = bench.web(hosts=1, pages=3, robots_status=503)
    port = web.port
    crawl = bench.crawl(web.url(0), "--delay", "0.05s")
    harness.wait_until(lambda: web.requests(), 10, "robots.txt is asked")
    assert web.terminate(10) == 0
    again = bench.web(hosts=1, pages=3, port=port)
    assert crawl.wait(60 * bench.patience) == 0
    assert {r.url for r in again.pages()} == again.urls


def test_the_verdict_outlives_a_restart(bench):
    web = bench.web(hosts=10, pages=20)
    argv = ("--seeds", web.seeds_file, "--delay", "0.1s")
    crawl = bench.crawl(*argv)
    harness.wait_until(lambda: len(web.pages()) > 30, 20 * bench.patience, "the crawl is under way")
    assert crawl.terminate(10 * bench.patience) == 11
    assert bench.crawl(*argv).wait(60 * bench.patience) == 0
    requests = web.requests()
    assert {r.url for r in weblog.pages(requests)} == web.urls
    assert len(requests) - len(weblog.pages(requests)) == 10, "ten origins, ten questions, two runs"
    rows = outputs.feed(crawl.data)
    assert len({row["url"] for row in rows}) == len(rows) == len(web.urls)


harness.main(globals())
