"""The books at the end: they balance, and agree with the feed, the fetch log, the archive and the server's own log."""
import collections

import harness
import outputs
import weblog

FAILED = {"http_4xx", "http_5xx", "rate_limited", "timeout", "dns", "connect", "tls", "protocol", "too_many_redirects",
          "retries_exhausted"}


def manners(web):
    """URLs under /behave/ with the fate each must end in."""
    return {web.url(0, "/behave/" + path): fate for path, fate in {
        "status/404": "http_4xx", "status/410": "http_4xx", "status/500": "retries_exhausted http_5xx",
        "garbage": "protocol retries_exhausted", "short?bytes=40": "fetched retries_exhausted",
        "redirect?to=/behave/echo": "redirected", "gzip": "fetched", "chunked": "fetched",
        "status/503?times=2&retry-after=1": "fetched"}.items()}


def crawled(bench):
    web = bench.web(hosts=12, pages=25, errors=20, redirects=20, push_back=5)
    redis = bench.redis()
    serve = bench.serve(redis.url, "politeness.delay=0.03s", "backoff.initial=0.1s", "fetch.retries=2",
                        "backoff.retry_floor=1000")
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds, *manners(web))
    status = serve.wait_idle(120 * bench.patience)
    return web, serve, status


def test_every_account_says_the_same(bench):
    web, serve, status = crawled(bench)
    assert serve.terminate(8 * bench.patience) == 0
    rows, log = outputs.feed(serve.data), web.requests()
    books, extra = status["books"], {web.url(0, "/behave/echo")}

    done = collections.Counter(row["fate"] for row in rows)
    urls = {row["url"]: row for row in rows}
    assert len(urls) == len(rows), "each URL has one fate"
    assert books["done"] == len(rows)
    assert books["discovered"] == books["done"] + books["refused"]
    assert books["queued"] == books["waiting"] == books["in_flight"] == 0
    assert books["refused"] == sum(n for reason, n in status["refused_by_reason"].items()
                                   if reason not in ("bad_url", "scheme"))
    assert {k: n for k, n in status["failed_by_reason"].items() if n} == {k: n for k, n in done.items() if k in FAILED}
    assert set(urls) >= web.urls | set(manners(web)) | extra
    for url, fates in manners(web).items():
        assert urls[url]["fate"] in fates.split(), (url, urls[url])
    missing = {url for url in web.urls if "/missing/" in url}
    moved = {url for url in web.urls if "/go/" in url}
    for url in web.urls:
        wanted = "http_4xx" if url in missing else "redirected" if url in moved else "fetched"
        assert urls[url]["fate"] == wanted, urls[url]

    ledger = outputs.fetches(serve.data)
    asked = collections.Counter(r.url for r in log)
    assert collections.Counter(row["url"] for row in ledger) == asked, "one line a request"
    statuses = collections.Counter((r.url, r.status) for r in log)
    assert collections.Counter((row["url"], row["status"] or 0) for row in ledger) == statuses
    assert all(row["gap_ms"] is None or row["gap_ms"] >= row["delay_ms"] for row in ledger)
    records = outputs.check_warcs(serve.data)
    kept = collections.Counter(r.url for r in records if r.kind == "response")
    answered = collections.Counter(r.url for r in log if r.status)
    assert kept == answered, f"the archive has every answer: {kept - answered}, {answered - kept}"
    places = {(r.file, r.offset, r.length): r.url for r in records}
    for row in rows:
        if row["warc"]:
            assert places[row["warc"]["file"], row["warc"]["offset"], row["warc"]["length"]] == row["url"]
    assert weblog.short_gaps(log, 0.03) == []


def test_the_feed_has_every_field_of_the_contract(bench):
    web = bench.web(hosts=1, pages=6)
    crawl = bench.crawl(web.url(0), "--delay", "0.02s")
    assert crawl.wait(20 * bench.patience) == 0
    fields = ("url fate status fetched_at depth via seed job meta content_type charset title bytes digest duration_ms "
              "location error links_found warc items").split()
    rows = {row["url"]: row for row in outputs.feed(crawl.data)}
    assert set(rows) == web.urls
    for row in rows.values():
        assert set(fields) <= set(row), set(fields) - set(row)
        assert row["seed"] == web.url(0) and row["status"] == 200 and row["bytes"] == 10240
        assert row["content_type"].startswith("text/html") and row["title"].startswith("127.20.0.1 page ")
    root = rows[web.url(0)]
    assert root["depth"] == 0 and not root["via"] and root["links_found"] >= 5
    assert {row["depth"] for row in rows.values()} == {0, 1} or {row["depth"] for row in rows.values()} == {0, 1, 2}
    assert all(rows[row["via"]]["depth"] == row["depth"] - 1 for row in rows.values() if row["via"])
    ledger = ("url host origin ip sent_at first_byte_at ended_at gap_ms delay_ms delay_from outcome status worker "
              "lease").split()
    for row in outputs.fetches(crawl.data):
        assert set(ledger) <= set(row), set(ledger) - set(row)
        assert row["delay_from"] in ("config", "crawl_delay", "response_time", "retry_after", "backoff", "operator")


def test_the_crawler_says_who_it_is(bench):
    web = bench.web(hosts=1, pages=1)
    echo = web.url(0, "/behave/echo")
    crawl = bench.crawl(echo, "--set", "agent.name=tester", "--delay", "0.02s")
    assert crawl.wait(20 * bench.patience) == 0
    records = [r for r in outputs.check_warcs(crawl.data) if r.url == echo]
    request = next(r for r in records if r.kind == "request")
    answer = next(r for r in records if r.kind == "response")
    assert outputs.payload(answer.block) == request.block.removesuffix(b"\r\n"), "the archive has what was sent"
    head = request.block.decode()
    assert f"\r\nUser-Agent: tester/0.1.0 (+{harness.CONTACT})\r\n" in head
    assert f"\r\nFrom: {harness.CONTACT}\r\n" in head


def test_links_out_of_scope_are_refused_and_counted(bench):
    web = bench.web(hosts=6, pages=10)
    crawl = bench.crawl(web.url(0), "--delay", "0.02s")
    assert crawl.wait(20 * bench.patience) == 0
    assert {r.host for r in web.requests()} == {"127.20.0.1"}
    summary = crawl.summary()
    assert summary["books"]["done"] == 10
    assert summary["refused_by_reason"]["out_of_scope"] > 10
    anywhere = bench.crawl(web.url(0), "--delay", "0.02s", "--scope", "any", out="anywhere")
    assert anywhere.wait(30 * bench.patience) == 0
    assert {r.url for r in web.pages()} == web.urls


def test_a_page_budget_keeps_the_rest_queued(bench):
    web = bench.web(hosts=5, pages=20)
    argv = ("--seeds", web.seeds_file, "--delay", "0.02s")
    crawl = bench.crawl(*argv, "--pages", "30")
    assert crawl.wait(20 * bench.patience) == 14
    books = crawl.summary()["books"]
    assert books["done"] == 30 and books["queued"] + books["waiting"] > 0
    assert bench.crawl(*argv).wait(30 * bench.patience) == 0
    assert {r.url for r in web.pages()} == web.urls and weblog.repeats(web.requests()) == {}


def test_a_page_budget_counts_errors_over_restarts_too(bench):
    web = bench.web(hosts=5, pages=20, errors=40)
    argv = ("--seeds", web.seeds_file, "--delay", "0.02s", "--set", "fetch.retries=0")
    for pages in (15, 15, 30):  # the second time nothing is left to fetch
        crawl = bench.crawl(*argv, "--pages", str(pages))
        assert crawl.wait(20 * bench.patience) == 14
        assert crawl.summary()["books"]["done"] == pages
    assert len({r.url for r in web.pages()}) == 30


def test_what_was_given_up_with_its_host_had_no_place_in_a_page_budget(bench):
    web = bench.web(hosts=2, pages=8)
    dead = [f"http://no-such-host-{n}.invalid/" for n in range(5)]
    more = [web.url(0, "/behave/echo?again=1"), web.url(0, "/behave/echo?again=2")]
    for seeds, said, fetched in (([], "finished", 16), ([], "finished already", 16), (more, "finished", 18)):
        crawl = bench.crawl(*web.seeds, *dead, *seeds, "--delay", "0.02s", "--pages", "18")
        assert crawl.wait(20 * bench.patience) == 0 and said in crawl.err(), crawl.err()
        assert crawl.summary()["fates"] == {"fetched": fetched, "dns": 5}
    assert {r.url for r in web.requests()} >= web.urls | set(more)


def test_a_daemon_stays_up_when_its_pages_are_used_up(bench):
    web, redis = bench.web(hosts=5, pages=20), bench.redis()
    settings = ("politeness.delay=20ms", "budget.pages=30", "budget.bytes=1GiB")
    serve = bench.serve(redis.url, *settings)
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    for _ in range(2):
        harness.wait_until(lambda: serve.status()["why_idle"] == "budget.pages is used up.", 30 * bench.patience, "it is used up")
        harness.wait_until(lambda: serve.status()["books"]["done"] == 30, 10 * bench.patience, "what was begun has ended")
        harness.stays(lambda: len({r.url for r in web.pages()}) == 30, 1, "no more is fetched")
        received = sum(int(n) for n in redis.cli("HVALS", "decorum:received").split())
        assert received >= 30 * 100, received
        assert serve.terminate(20 * bench.patience) == 0
        serve = bench.serve(redis.url, *settings, data=serve.data)
        serve.wait_ready(20 * bench.patience)
    serve.terminate(20 * bench.patience)


def test_a_budget_of_bytes_counts_over_restarts(bench):
    web = bench.web(hosts=3, pages=20)
    argv = ("--seeds", web.seeds_file, "--delay", "0.02s")
    assert bench.crawl(*argv, "--pages", "20", "--set", "budget.bytes=1GiB").wait(20 * bench.patience) == 14
    before = len(web.requests())
    again = bench.crawl(*argv, "--set", "budget.bytes=150000")
    assert again.wait(20 * bench.patience) == 14 and "budget.bytes is used up" in again.err()
    assert len(web.requests()) <= before + 12, "it ends as soon as it knows"


def test_without_a_budget_of_bytes_none_are_told(bench):
    web, redis = bench.web(hosts=3, pages=20), bench.redis()
    serve = bench.serve(redis.url, "politeness.delay=20ms")
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: len(web.pages()) >= 20, 30 * bench.patience, "the crawl is under way")
    harness.stays(lambda: redis.cli("EXISTS", "decorum:received") == "0", 2, "nothing is told")
    assert serve.terminate(20 * bench.patience) == 0
    assert redis.cli("EXISTS", "decorum:received") == "0"


def test_endless_redirects_end(bench):
    web = bench.web(hosts=1, pages=1)
    crawl = bench.crawl(web.url(0), web.url(0, "/behave/loop?n=0"), "--delay", "0.02s", "--set",
                        "fetch.max_redirects=4")
    assert crawl.wait(20 * bench.patience) == 0
    fates = [row["fate"] for row in outputs.feed(crawl.data) if "/loop" in row["url"]]
    assert collections.Counter(fates) == {"redirected": 4, "too_many_redirects": 1}


harness.main(globals())
