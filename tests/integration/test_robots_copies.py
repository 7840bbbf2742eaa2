"""How long a robots.txt is obeyed: refreshed when it is old, kept through failures, remembered over a restart."""
import harness
import oddweb
import weblog

HOST = "127.32.0.1"
RULES = "User-agent: *\nDisallow: /no\n"
BRIEF = ("--set", "robots.ttl=1s", "--set", "backoff.initial=0.1s")


def chain(path, length, *more):
    """Page n links to page n+1, and to `more` of its number."""
    n = int(path.rsplit("/", 1)[1] or 0)
    links = [f"/p/{n + 1}"] if n < length else []
    return oddweb.page(path, *links, *(link.format(n) for link in more))


def test_the_last_good_copy_is_kept_through_503s(bench):
    def answer(_, path, count):
        if path == "/robots.txt":
            return oddweb.text(RULES) if count == 0 else oddweb.text("", 503)
        return chain(path, 40, "/no/{}")

    web = oddweb.OddWeb([HOST], answer)
    crawl = bench.crawl(web.url(HOST, "/p/0"), "--delay", "0.05s", *BRIEF)
    assert crawl.wait(60 * bench.patience) == 0
    requests = web.requests()
    assert {r.path for r in weblog.pages(requests)} == {f"/p/{n}" for n in range(41)}
    asked = [r for r in requests if r.path == "/robots.txt"]
    assert len(asked) > 1, "the copy was to be refreshed"
    assert asked[-1].ns < requests[-1].ns, "pages went on after the failure"
    assert crawl.summary()["refused_by_reason"]["robots_disallowed"] == 41
    web.close()


def test_a_stale_copy_is_refreshed_and_the_new_one_obeyed(bench):
    def answer(_, path, count):
        if path == "/robots.txt":
            return oddweb.text(RULES + ("Disallow: /later\n" if count else ""))
        return chain(path, 40, "/no/{}", "/later/{}")

    web = oddweb.OddWeb([HOST], answer)
    crawl = bench.crawl(web.url(HOST, "/p/0"), "--delay", "0.05s", *BRIEF)
    assert crawl.wait(60 * bench.patience) == 0
    requests = web.requests()
    asked = [r.ns for r in requests if r.path == "/robots.txt"]
    later = [r.ns for r in requests if r.path.startswith("/later/")]
    assert len(asked) > 1 and later and max(later) < asked[1], "the second version forbids them"
    assert all(b - a >= 0.95e9 for a, b in zip(asked, asked[1:])), "no sooner than robots.ttl"
    assert {f"/p/{n}" for n in range(41)} <= {r.path for r in requests}
    assert not [r for r in requests if r.path.startswith("/no/")]
    assert weblog.short_gaps(requests, 0.05) == []
    web.close()


def test_that_there_is_none_outlives_a_restart(bench):
    web = oddweb.OddWeb([HOST], lambda _, path, count: oddweb.text("", 404) if path == "/robots.txt" else chain(path, 20))
    argv = (web.url(HOST, "/p/0"), "--delay", "0.1s")
    crawl = bench.crawl(*argv)
    harness.wait_until(lambda: len(web.requests()) > 5, 20 * bench.patience, "the crawl is under way")
    assert crawl.terminate(10 * bench.patience) == 11
    assert bench.crawl(*argv).wait(30 * bench.patience) == 0
    assert len(web.requests(path="/robots.txt")) == 1, "asked once in two runs"
    assert {r.path for r in weblog.pages(web.requests())} == {f"/p/{n}" for n in range(21)}
    web.close()


harness.main(globals())
