"""kill -9, twenty times in one crawl: nothing is missing, repeats are bounded, a restart goes on at once."""
import random
import statistics

import harness
import outputs
import weblog

KILLS, IN_FLIGHT, DELAY = 20, 16, 0.05


def killed_again_and_again(bench, web, argv):
    """Seconds from each start to the first request it sent."""
    chance = random.Random(20)
    first_requests = []
    for kill in range(KILLS):
        known = len(web.requests())
        crawl = bench.crawl(*argv)
        more = chance.randint(5, 40)

        def far_enough():
            assert crawl.alive(), f"start {kill} ended by itself: {crawl.err()[-2000:]}"
            return len(web.requests()) >= known + more
        harness.wait_until(far_enough, 20 * bench.patience, f"{more} requests after start {kill}")
        crawl.kill()
        arrivals = [r.ns for r in web.requests()[known:]]
        first_requests.append(min(arrivals) / 1e9 - crawl.started)
    return first_requests


def test_kill_9_twenty_times(bench):
    web = bench.web(hosts=30, pages=40)
    argv = ("--seeds", web.seeds_file, "--delay", f"{DELAY}s", "--set", f"fetch.max_in_flight={IN_FLIGHT}")
    first_requests = killed_again_and_again(bench, web, argv)
    assert len(web.pages()) < len(web.urls), "all kills came in the middle"
    crawl = bench.crawl(*argv)
    assert crawl.wait(90 * bench.patience) == 0

    requests = web.requests()
    assert {r.url for r in weblog.pages(requests)} == web.urls
    again = sum(n - 1 for n in weblog.repeats(requests).values())
    print(f"{KILLS} kills: {again} repeats of {len(requests)} requests; from start to first request: "
          f"median {statistics.median(first_requests):.2f} s, longest {max(first_requests):.2f} s")
    assert again <= KILLS * IN_FLIGHT, "only what was started and not settled may be repeated"
    assert weblog.short_gaps(requests, DELAY) == [], "the gap holds across kills"
    assert statistics.median(first_requests[1:]) <= 1 * bench.patience

    rows = outputs.feed(crawl.data)
    assert {row["url"] for row in rows} == web.urls and {row["fate"] for row in rows} == {"fetched"}
    books = crawl.summary()["books"]
    assert books["done"] == len(web.urls)
    assert books["discovered"] == books["done"] + books["refused"]
    records = outputs.check_warcs(crawl.data)
    assert {r.url for r in records if r.kind == "response"} >= web.urls


harness.main(globals())
