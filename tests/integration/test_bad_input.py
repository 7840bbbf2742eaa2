"""Bad input: one clear line and the contract's exit code, or a fate with its reason. Nothing hangs."""
import socket

import harness
import outputs

GOOD = "http://127.0.0.1:9/"


def one_line(process, *words):
    """Some line on stderr has all of these words."""
    assert any(all(word in line for word in words) for line in process.err().splitlines()), (words, process.err())


def ends(process, codes, *words, timeout=15):
    code = process.wait(timeout)
    assert code in codes, (code, process.err())
    one_line(process, *words)
    assert len(process.err()) < 20_000 and "terminate called" not in process.err()


def test_wrong_usage(bench):
    for argv in (["crawl"], ["crawl", GOOD, "--no-such-flag"], ["no-such-command"], ["seed"],
                 ["crawl", GOOD, "--seeds", "absent", "--allow", "127.0.0.0/8"], ["crawl", GOOD, "--scope"]):
        process = bench.run(*argv)
        assert process.wait(15) == 2, (argv, process.err())
        assert process.err().strip() and len(process.err().splitlines()) < 10, (argv, process.err())


def test_help_and_version(bench):
    for argv in (["--help"], ["crawl", "--help"], ["serve", "--help"], ["--version"]):
        process = bench.run(*argv)
        assert process.wait(15) == 0 and process.out().strip()


def test_a_bad_config_names_file_line_and_key(bench):
    config = bench.tmp / "bad.toml"
    for text, words in (('[politeness]\ndeley = "1s"\n', ("politeness.deley", "2")),
                        ('[politeness]\n\ndelay = "soon"\n', ("politeness.delay", "3")),
                        ('[fetch]\nretries = "many"\n', ("fetch.retries", "2")),
                        ("[fetch\n", ("1",)), ('[[host]]\nmatch = "*.example.org"\nburst = 3\n', ("reason",))):
        config.write_text(text)
        for command in (["serve"], ["crawl", GOOD, "--allow", "127.0.0.0/8"], ["config", "check"]):
            process = bench.run(*command, "--config", config)
            ends(process, [4], "bad.toml", *words)
    ends(bench.run("serve", "--config", bench.tmp / "absent.toml"), [4], "absent.toml")
    for setting in ("no.such.key=1", "fetch.retries=many", "fetch.allow_addresses=[\"127.0.0.0/99\"]"):
        ends(bench.run("serve", "--config", bench.no_config(), "--set", setting), [4], setting.split("=")[0])


def test_a_crawl_asks_for_leave(bench):
    ends(bench.crawl(GOOD, allow=False), [2], "--allow")
    ends(bench.crawl("http://example.org/", allow=False, contact=False), [2], "--contact")


def test_bad_seeds_end_with_their_reason(bench):
    for seed in ("http://[not-an-address/", "ftp://127.0.0.1/file", "mailto:somebody@example.org", "http://a b/"):
        ends(bench.crawl(seed, out="bad"), [1, 2], seed)


def test_a_good_seed_among_bad_ones_is_crawled(bench):
    web = bench.web(hosts=1, pages=3)
    crawl = bench.crawl("http://[not-an-address/", web.url(0), "--delay", "0.02s")
    assert crawl.wait(20 * bench.patience) == 0
    assert {r.url for r in web.pages()} == web.urls
    one_line(crawl, "http://[not-an-address/")


def test_a_seed_nobody_answers_ends_with_a_fate(bench):
    refused = bench.crawl(f"http://127.30.0.1:{harness.free_port()}/", out="refused")
    unknown = bench.crawl("http://no-such-host.invalid/", out="unknown")
    for crawl, host in ((refused, "127.30.0.1"), (unknown, "no-such-host.invalid")):
        assert crawl.wait(180 * bench.patience) == 1, crawl.err()
        fates = ("robots_unreachable", "retries_exhausted", "dns", "connect")
        lines = [line for line in crawl.err().splitlines() if host in line]
        assert any(fate in line for line in lines for fate in fates), crawl.err()


def test_forbidden_addresses_are_not_connected_to(bench):
    web = bench.web(hosts=2, pages=1)
    crawl = bench.crawl(web.url(0), web.url(1), "--allow", "127.20.0.1/32", "--delay", "0.02s", allow=False)
    ends(crawl, [2], "--allow")
    seed = web.url(0, "/behave/redirect?to=" + web.url(1))
    crawl = bench.crawl(seed, "--allow", "127.20.0.1/32", "--scope", "any", "--delay", "0.02s", allow=False,
                        out="redirect")
    assert crawl.wait(20 * bench.patience) in (0, 1)
    assert {r.host for r in web.requests()} == {"127.20.0.1"}
    refused = {reason: n for reason, n in crawl.summary()["refused_by_reason"].items() if n}
    assert refused == {"forbidden_address": 1}


def test_a_folder_that_cannot_be_used(bench):
    file = bench.tmp / "file"
    file.write_text("in the way\n")
    ends(bench.crawl(GOOD, out="file/crawl"), [3], "file/crawl")
    ends(bench.crawl(GOOD, out="file"), [3], "file")
    redis = bench.redis()
    ends(bench.serve(redis.url, data="file/data"), [3], "file/data")


def test_a_folder_in_use_is_locked(bench):
    web = bench.web(hosts=1, pages=50)
    first = bench.crawl(web.url(0), "--delay", "0.2s")
    harness.wait_until(web.pages, 20 * bench.patience, "the first crawl is under way")
    ends(bench.crawl(web.url(0), "--delay", "0.2s"), [3], "crawl")
    assert first.alive()
    assert first.terminate(8 * bench.patience) == 11


def test_a_port_in_use(bench):
    web, redis = bench.web(hosts=1, pages=2), bench.redis()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ends(bench.serve(redis.url, f"admin.listen=127.0.0.1:{port}"), [1], str(port))
        crawl = bench.crawl(web.url(0), "--delay", "0.02s", "--set", f"admin.listen=127.0.0.1:{port}", admin=False)
        assert crawl.wait(20 * bench.patience) == 0, "crawl takes any free port instead"
    assert {r.url for r in web.pages()} == web.urls
    run = (crawl.data / "run.json").read_text()
    assert "127.0.0.1:" in run and str(port) not in run


def test_a_full_list_of_host_names_hangs_nobody(bench):
    web = bench.web(hosts=1, pages=10)
    others = [f"http://127.30.{i}.1:{harness.free_port()}/" for i in range(30)]
    crawl = bench.crawl(*others, web.url(0, "/behave/hang"), web.url(0), "--delay", "0.05s", "--set",
                        "budget.patience=2s", "--set", "fetch.timeout=3s", "--set", "fetch.retries=0")
    assert crawl.wait(60 * bench.patience) == 14
    fates = {row["url"]: row["fate"] for row in outputs.feed(crawl.data)}
    assert web.urls <= set(fates) and fates[web.url(0, "/behave/hang")] in ("timeout", "retries_exhausted")


def test_redis_that_is_not_there(bench):
    port = harness.free_port()
    ends(bench.run("seed", GOOD, "--set", f"redis.url=redis://127.0.0.1:{port}"), [8], str(port))
    ends(bench.run("seed", GOOD, "--set", f"redis.url=unix://{bench.tmp}/no.sock"), [8], "no.sock")
    ends(bench.crawl(GOOD, "--set", "redis.mode=external", "--set", f"redis.url=redis://127.0.0.1:{port}"), [8],
         str(port), timeout=60)
    ends(bench.crawl(GOOD, "--set", "redis.server=no-such-redis-server", out="other"), [8], "no-such-redis-server")


def test_eval_survives_any_line(bench):
    lines = ['{"id":1,"url":"HTTP://Example.ORG/a/../b","base":null,"mode":"crawl"}', "no json", "[" * 100_000, "",
             '{"id":2}', '{"id":3,"url":7,"base":[],"mode":null}', '{"id":4,"url":"\\ud800","mode":"whatwg"}']
    given = bench.tmp / "lines"
    given.write_text("\n".join(lines) + "\n")
    with open(given, "rb") as stdin:
        process = bench.run("eval", "url", stdin=stdin)
        assert process.wait(15 * bench.patience) == 0
    answers = process.out().splitlines()
    assert '"http://example.org/b"' in answers[0]
    assert len(answers) in (len(lines) - 1, len(lines)), "one answer a line"


harness.main(globals())
