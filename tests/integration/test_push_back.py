"""A host that answers 429 or 503: nothing before the time it names, and ever longer waits where it names none."""
import harness
import outputs
import weblog

PAGES = 12


def crawled(bench, mood, until, *settings, before=()):
    """A site that is well, then answers so until `until` such answers were given, then is well again."""
    site = bench.moody_site(pages=PAGES)
    crawl = bench.crawl(site.url(), "--delay", "0.1s", *(part for s in settings for part in ("--set", s)),
                        before=before)
    harness.wait_until(lambda: len(site.pages()) >= 3, 20 * bench.patience, "the crawl is under way")
    site.mood(mood)
    harness.wait_until(lambda: len([r for r in site.pages() if r.status in (429, 503)]) >= until, 60 * bench.patience,
                       f"{until} push-backs")
    site.mood("ok")
    assert crawl.wait(90 * bench.patience) == 0
    pages = sorted(site.pages())
    waits = [(later.ns - answer.ns) / 1e9 for answer, later in zip(pages, pages[1:]) if answer.status in (429, 503)]
    assert outputs.fates(crawl.data) == {"fetched": PAGES}, "a push-back is no failed attempt of its page"
    assert weblog.short_gaps(site.requests(), 0.1) == []
    audit = bench.run("audit", "--out", crawl.data)
    assert audit.wait(20 * bench.patience) == 0, audit.out()
    return waits


def test_retry_after_in_seconds(bench):
    waits = crawled(bench, "429 3", 2, "backoff.initial=0.2s")
    assert waits and min(waits) >= 3, waits


def test_retry_after_as_a_date(bench):
    # A date has no fraction: it is up to a second sooner than the mood says.
    waits = crawled(bench, "date 4", 2, "backoff.initial=0.2s")
    assert waits and min(waits) >= 3, waits


def crawled_with_a_clock(bench, ahead):
    clock = bench.wall_clock()
    clock.step(ahead)
    waits = crawled(bench, "date 4", 2, "backoff.initial=0.2s", before=clock.before)
    assert waits and 3 <= min(waits) and max(waits) < 20 * bench.patience, waits


def test_a_date_is_waited_for_with_our_clock_ahead(bench):
    crawled_with_a_clock(bench, 30)


def test_a_date_is_no_longer_wait_with_our_clock_behind(bench):
    crawled_with_a_clock(bench, -3600)


def test_without_retry_after_the_waits_grow(bench):
    waits = crawled(bench, "503", 6, "backoff.initial=0.2s", "backoff.max_pushbacks=20", "backoff.retry_floor=1000")
    print("waits:", ", ".join(f"{wait:.2f}" for wait in waits))
    # Full jitter may shorten any single wait; below all of them lies the delay that the strain sets.
    assert all(wait >= 0.2 * (n + 1) for n, wait in enumerate(waits)), waits
    assert max(waits[3:]) > 1.5 * min(waits[:3]), waits


def test_a_host_that_never_stops_ends_its_urls_as_rate_limited(bench):
    site = bench.moody_site(pages=3)
    site.mood("503")
    crawl = bench.crawl(site.url(), "--delay", "0.05s", "--set", "backoff.initial=0.1s", "--set", "backoff.retry_floor=1000",
                        "--set", "backoff.max_pushbacks=2")
    assert crawl.wait(60 * bench.patience) == 1, "no seed was fetched"
    assert len(site.pages()) == 3, "the first time and two more"
    assert crawl.summary()["failed_by_reason"] == {"rate_limited": 1}


harness.main(globals())
