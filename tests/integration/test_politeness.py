"""Politeness as the server sees it: no two requests to one host closer than its delay, and no idling."""
from urllib.parse import quote

import harness
import weblog


def test_no_gap_below_the_delay_and_no_idling(bench):
    hosts, pages, delay = 100, 20, 0.2
    web = bench.web(hosts=hosts, pages=pages)
    crawl = bench.crawl("--seeds", web.seeds_file, "--delay", f"{delay}s")
    assert crawl.wait(60 * bench.patience) == 0
    requests = web.requests()
    assert weblog.short_gaps(requests, delay) == []
    assert {r.url for r in weblog.pages(requests)} == web.urls
    assert weblog.repeats(requests) == {}
    busy = pages * delay / weblog.makespan(requests)
    print(f"{hosts} hosts x {pages} pages at {delay} s: {busy:.1%} of the makespan is delay")
    assert busy >= 0.90 or bench.sanitized


def test_crawl_delay_is_kept(bench):
    web = bench.web(hosts=5, pages=4, crawl_delay=0.6)
    crawl = bench.crawl("--seeds", web.seeds_file, "--delay", "0.1s")
    assert crawl.wait(30 * bench.patience) == 0
    assert {r.url for r in web.pages()} == web.urls
    assert weblog.short_gaps(web.requests(), 0.6) == []


def test_errors_redirects_and_retries_keep_the_delay(bench):
    web = bench.web(hosts=20, pages=15, errors=30, redirects=30)
    crawl = bench.crawl("--seeds", web.seeds_file, "--delay", "0.1s", "--set", "backoff.initial=0.3s",
                        "--set", "backoff.retry_floor=1000")
    assert crawl.wait(90 * bench.patience) == 0
    requests = web.requests()
    assert {r.url for r in weblog.pages(requests)} == web.urls
    assert [r for r in requests if r.status == 500] and [r for r in requests if r.status == 404]
    assert weblog.short_gaps(requests, 0.1) == []


def test_retry_after_is_waited_for(bench):
    web = bench.web(hosts=10, pages=15, push_back=10, retry_after=2)
    crawl = bench.crawl("--seeds", web.seeds_file, "--delay", "0.05s", "--set", "backoff.initial=0.2s",
                        "--set", "backoff.retry_floor=1000")
    assert crawl.wait(120 * bench.patience) == 0
    assert {r.url for r in web.pages()} == web.urls
    pushed = 0
    for arrivals in weblog.by_host(web.requests()).values():
        for answer, following in zip(arrivals, arrivals[1:]):
            if answer.status in (429, 503):
                pushed += 1
                assert following.ns - answer.ns >= 2_000_000_000, f"{following} came too soon after {answer}"
    assert pushed > 0


def test_a_slow_host_is_given_its_answer_time_again(bench):
    web = bench.web(hosts=2, pages=4, latency=300)
    crawl = bench.crawl("--seeds", web.seeds_file, "--delay", "0.05s")
    assert crawl.wait(30 * bench.patience) == 0
    assert weblog.short_gaps(web.requests(), 0.6) == []  # 0.3 s to the answer, and the factor's 0.3 s


def test_a_dead_kept_connection_is_no_excuse(bench):
    web = bench.web(hosts=1, pages=1)
    paths = [quote(f"/behave/reset?n={n}", safe="/") for n in range(3)] + ["/behave/echo"]
    seed = web.url(0, "/behave/links?" + "&".join(f"to={path}" for path in paths))
    crawl = bench.crawl(seed, "--delay", "0.2s", "--set", "fetch.retries=2", "--set", "backoff.initial=0.2s",
                        "--set", "backoff.retry_floor=1000")
    assert crawl.wait(60 * bench.patience) == 0
    requests = web.requests()
    assert len([r for r in requests if r.status == 0]) > 3, "what was reset is tried again"
    assert weblog.short_gaps(requests, 0.2) == []


def test_ports_of_one_host_share_its_delay(bench):
    first, second = bench.web(hosts=1, pages=6), bench.web(hosts=1, pages=6)
    crawl = bench.crawl(first.url(0), second.url(0), "--delay", "0.2s")
    assert crawl.wait(30 * bench.patience) == 0
    assert {r.url for r in first.pages() + second.pages()} == first.urls | second.urls
    assert weblog.short_gaps(first.requests() + second.requests(), 0.2) == []
    for web in (first, second):
        assert min(web.requests()).path == "/robots.txt", "each origin has a robots.txt of its own"


harness.main(globals())
