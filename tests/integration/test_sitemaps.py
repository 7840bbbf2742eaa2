"""Sitemaps and feeds, by the server's log: which are asked for, what becomes of their entries, what hostile ones cannot do."""
import collections
import gzip
import time

import harness
import oddweb
import outputs

HOST, OTHER = "127.0.0.61", "127.0.0.62"
XML = {"Content-Type": "application/xml"}


def urlset(*entries):
    """Entries are URLs, or (URL, what else its element holds)."""
    pairs = (entry if isinstance(entry, tuple) else (entry, "") for entry in entries)
    return "<urlset>" + "".join(f"<url><loc>{url}</loc>{more}</url>" for url, more in pairs) + "</urlset>"


def index(*children):
    return "<sitemapindex>" + "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in children) + "</sitemapindex>"


class Site:
    """Serves `files` (path -> (headers, body)) on two hosts; all else is a page without links. In text {HOST} and {OTHER}
    stand for their origins."""

    def __init__(self, files, hosts=(HOST, OTHER)):
        self.files = files
        self.web = oddweb.OddWeb(hosts, self.answer)

    def answer(self, host, path, count):
        if path in self.files:
            headers, body = self.files[path]
            if isinstance(body, str):
                body = body.replace("{HOST}", self.web.url(HOST, "")).replace("{OTHER}", self.web.url(OTHER, "")).encode()
            return 200, headers, body
        if path in ("/robots.txt", "/sitemap.xml"):
            return 404, {}, b""
        return oddweb.page(path)

    def paths(self, host=HOST):
        return [r.path for r in self.web.requests(host) if r.path != "/robots.txt"]


def robots(*lines):
    return {"/robots.txt": ({"Content-Type": "text/plain"}, "User-agent: *\nDisallow: /secret\n" + "\n".join(lines))}


def crawl(bench, site, *more, seed="/", sitemaps="true"):
    done = bench.crawl(site.web.url(HOST, seed), "--delay", "0.01s", "--set", f"parse.sitemaps={sitemaps}", *more)
    assert done.wait(60 * bench.patience) == 0, done.err()[-2000:]
    site.web.close()
    books = done.summary()["books"]
    assert books["discovered"] == books["done"] + books["refused"], books
    return done, {row["url"][row["url"].index("/", 8):]: row for row in outputs.feed(done.data)}


def test_from_robots_over_an_index_to_pages_that_no_link_names(bench):
    site = Site({**robots("Sitemap: /index.xml", "Sitemap: {OTHER}/away.xml"),
                 "/index.xml": (XML, index("/one.xml", "/two.xml.gz", "/three.txt")),
                 "/one.xml": (XML, urlset("/a", "/b#f", "/secret/x", "{OTHER}/foreign")),
                 "/two.xml.gz": ({"Content-Type": "application/gzip"}, gzip.compress(urlset("/c").encode())),
                 "/three.txt": ({"Content-Type": "text/plain"}, "{HOST}/d\nnot a URL\n")})
    done, rows = crawl(bench, site)
    paths = site.paths()
    assert sorted(paths) == sorted(["/", "/index.xml", "/one.xml", "/two.xml.gz", "/three.txt", "/a", "/b", "/c", "/d"]), paths
    assert site.web.requests(OTHER) == [], "another host is asked only where the scope allows"
    refused = {row["url"].split("/", 3)[3]: row["reason"] for row in outputs.refused(done.data)}
    assert refused["away.xml"] == refused["foreign"] == "out_of_scope" and refused["secret/x"] == "robots_disallowed", refused
    assert rows["/index.xml"]["links_found"] == 3 and rows["/index.xml"]["via"].endswith("/robots.txt"), rows["/index.xml"]
    assert rows["/one.xml"]["via"].endswith("/index.xml") and rows["/a"]["via"].endswith("/one.xml")
    assert {rows[path]["depth"] for path in ("/index.xml", "/one.xml", "/a", "/c")} == {1}, "a sitemap is no step"
    assert not any("sitemap_error" in row for row in rows.values()), rows


def test_what_matters_most_is_asked_for_first(bench):
    listed = [("/rest", ""), ("/old", "<lastmod>2001-01-01</lastmod>"), ("/new", "<lastmod>2020-05-05</lastmod>"),
              ("/least", "<priority>0.1</priority>"), ("/most", "<priority>0.9</priority>"),
              ("/more", "<priority>0.8</priority>")]
    site = Site({"/map.xml": (XML, urlset(*listed))})
    crawl(bench, site, seed="/map.xml")
    # What is low is asked for in one of some turns, not after all others.
    assert [path for path in site.paths() if path != "/least"] == ["/map.xml", "/most", "/more", "/new", "/old", "/rest"]
    assert "/least" in site.paths()[3:], site.paths()


def test_an_index_in_an_index_is_not_followed(bench):
    site = Site({**robots("Sitemap: /index.xml"), "/index.xml": (XML, index("/inner.xml")),
                 "/inner.xml": (XML, index("/deep.xml"))})
    _, rows = crawl(bench, site)
    assert "/deep.xml" not in site.paths() and rows["/inner.xml"]["links_found"] == 0
    assert "index" in rows["/inner.xml"]["sitemap_error"] and rows["/inner.xml"]["fate"] == "fetched"


def test_entries_of_other_hosts_where_the_scope_allows(bench):
    site = Site({**robots("Sitemap: {OTHER}/map.xml"), "/map.xml": (XML, urlset("{HOST}/a", "{OTHER}/b"))})
    crawl(bench, site, "--scope", "any")
    assert set(site.paths()) == {"/", "/a"} and set(site.paths(OTHER)) == {"/map.xml", "/b"}
    assert [r.path for r in site.web.requests(OTHER)][0] == "/robots.txt", "its robots.txt rules it"


def test_feeds_are_pages(bench):
    rss = "<rss><channel><link>/home</link><item><link>/r1</link></item><item><guid>{HOST}/r2</guid></item></channel></rss>"
    atom = "<feed><entry><link href='/a1'/><link rel='enclosure' href='/a.mp3'/></entry></feed>"
    site = Site({"/rss": ({"Content-Type": "application/rss+xml; charset=utf-8"}, rss),
                 "/atom": ({"Content-Type": "application/atom+xml"}, atom),
                 "/other": (XML, "<catalog><item><link>/no</link></item></catalog>"),
                 "/list": ({"Content-Type": "text/plain"}, "{HOST}/no")})
    seeds = [site.web.url(HOST, path) for path in ("/atom", "/other", "/list")]
    _, rows = crawl(bench, site, *seeds, seed="/rss", sitemaps="false")
    assert set(site.paths()) == {"/rss", "/atom", "/other", "/list", "/r1", "/r2", "/a1"}, site.paths()
    assert rows["/r1"]["depth"] == rows["/a1"]["depth"] == 1
    assert "sitemap_error" not in rows["/other"] and "sitemap_error" not in rows["/list"]


def test_off_asks_for_none_and_on_asks_for_the_usual_one_on_request(bench):
    files = {**robots("Sitemap: /map.xml"), "/map.xml": (XML, urlset("/a"))}
    site = Site(files)
    crawl(bench, site, sitemaps="false")
    assert site.paths() == ["/"], site.paths()
    site = Site({"/sitemap.xml": (XML, urlset("/a"))})
    crawl(bench, site, "--fresh")
    assert site.paths() == ["/"], site.paths()
    site = Site({"/sitemap.xml": (XML, urlset("/a"))})
    crawl(bench, site, "--fresh", "--set", "parse.sitemap_xml=true")
    assert site.paths() == ["/", "/sitemap.xml", "/a"], site.paths()


def test_broken_and_hostile_ones_end_as_pages_with_a_mark(bench):
    laughs = "<!DOCTYPE urlset [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>" + urlset("/&b;")
    bomb = gzip.compress((urlset("/b1")[:-9] + " " * (200 << 20)).encode(), 9)
    maps = ("/torn", "/laughs", "/bomb.gz", "/html", "/missing", "/packed")
    site = Site({**robots(*(f"Sitemap: {path}" for path in maps)),
                 "/torn": (XML, urlset("/t1", "/t2")[:-12]), "/laughs": (XML, laughs),
                 "/bomb.gz": ({"Content-Type": "application/gzip"}, bomb),
                 "/html": ({"Content-Type": "text/html"}, "<html><a href=/h1>"),
                 "/packed": ({**XML, "Content-Encoding": "gzip"}, gzip.compress(gzip.compress(urlset("/p1").encode())))})
    _, rows = crawl(bench, site)
    assert set(site.paths()) == {"/", *maps, "/t1", "/t2", "/b1", "/p1"}, site.paths()
    errors = {path: rows[path].get("sitemap_error") for path in maps}
    assert "line 1" in errors["/torn"] and "entities" in errors["/laughs"] and "more than" in errors["/bomb.gz"], errors
    assert "root element is html" in errors["/html"] and errors["/packed"] is None
    assert all(rows[path]["fate"] == "fetched" for path in maps)


def entries(count):
    return [f"/page/{i}" for i in range(count)]


def test_fifty_thousand_entries_do_not_hold_the_loop_up(bench):
    site = Site({**robots("Sitemap: /huge.xml"), "/huge.xml": (XML, urlset(*entries(50_000)))})
    redis = bench.redis()
    serve = bench.serve(redis.url, "politeness.delay=0.02s", "workers.threads=1")
    serve.wait_ready(20 * bench.patience)
    redis.cli("CONFIG", "SET", "slowlog-log-slower-than", 250_000 * bench.patience)
    redis.cli("SLOWLOG", "RESET")
    redis.cli("LPUSH", "decorum:seeds", site.web.url(HOST))
    started, lags = time.monotonic(), []

    def all_known():
        status = serve.status()
        lags.extend(worker["loop_lag_ms"] for worker in status["workers"])
        return status["books"]["discovered"] >= 50_002
    harness.wait_until(all_known, 60 * bench.patience, "every entry is filed")
    print(f"filed within {time.monotonic() - started:.2f} s; longest lag seen {max(lags)} ms")
    assert redis.cli("SLOWLOG", "LEN") == "0", "no script holds Redis up"
    assert max(lags) < 100 * bench.patience
    serve.terminate(30 * bench.patience)
    site.web.close()


def test_a_stop_amid_a_long_list_loses_no_entry(bench):
    """One that does not wait for the list: the archive is closed while entries are being filed, and other lists wait."""
    names = [f"/m{k}.xml" for k in range(5)]
    size = 5_000 if bench.sanitized else 50_000
    lists = {name: (XML, urlset(*(f"{name}/{i}" for i in range(size)))) for name in names}
    site = Site({**robots("Sitemap: /index.xml"), "/index.xml": (XML, index(*names)), **lists})
    redis = bench.redis()
    settings = ("politeness.delay=0.05s", "workers.threads=1", "workers.drain=0s")
    serve = bench.serve(redis.url, *settings)
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", site.web.url(HOST))
    known = harness.wait_until(lambda: max(0, serve.status()["books"]["discovered"] - 500), 60 * bench.patience, "entries are being filed")
    began = time.monotonic()
    assert serve.terminate(30 * bench.patience) == 0
    print(f"stopped in {time.monotonic() - began:.2f} s, after {known + 500} entries or more", flush=True)
    serve = bench.serve(redis.url, *settings)
    serve.wait_ready(20 * bench.patience)
    harness.wait_until(lambda: serve.status()["books"]["discovered"] == 5 * size + 7, 60 * bench.patience, "every entry is known")
    assert serve.terminate(60 * bench.patience) == 0
    done = collections.Counter(row["url"] for row in outputs.feed(serve.data))
    again = {url for url, count in done.items() if count > 1}
    assert again <= {site.web.url(HOST, name) for name in names}, "only what was not filed whole is read again"
    verify = bench.run("warc", "verify", *outputs.warc_files(serve.data))
    assert verify.wait(60 * bench.patience) == 0, verify.out() + verify.err()
    site.web.close()


def test_kill_9_loses_no_entry(bench):
    site = Site({**robots("Sitemap: /index.xml"), "/index.xml": (XML, index("/m0.xml", "/m1.xml", "/m2.xml")),
                 **{f"/m{k}.xml": (XML, urlset(*(f"/{k}/{'yes' if i % 40 == 0 else 'no'}/{i}" for i in range(4000))))
                    for k in range(3)}})
    argv = (site.web.url(HOST), "--delay", "0s", "--set", "parse.sitemaps=true", "--set", 'scope.exclude=["*/no/*"]')
    for path in ("/index.xml", "/m0.xml", "/m1.xml", "/m2.xml"):
        run = bench.crawl(*argv)
        harness.wait_until(lambda p=path: site.web.requests(HOST, p), 30 * bench.patience, f"{path} is asked for")
        run.kill()
    run = bench.crawl(*argv)
    assert run.wait(120 * bench.patience) == 0, run.err()[-2000:]
    books = run.summary()["books"]
    assert books["discovered"] == books["done"] + books["refused"] == 12_005, books
    assert books["done"] == len({row["url"] for row in outputs.feed(run.data)}) == 305, books
    assert {f"/{k}/yes/{i}" for k in range(3) for i in range(0, 4000, 40)} <= set(site.paths())
    site.web.close()


harness.main(globals())
