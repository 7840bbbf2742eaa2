"""robots.txt as it should not be: huge, no text, endless patterns, absurd numbers, bombs. Read politely, in bounded time
and memory, with one line in the log that says what was odd."""
import gzip
import itertools
import re
import time

import harness
import oddweb
import weblog

MIB = 1 << 20
RULES = b"User-agent: *\nDisallow: /no\n"
PAGES = ("/", "/no/1", "/late/1", "/" + "a" * 1500)


def long_file(line, size):
    """`size` bytes after RULES, most of them `line` again and again, in pieces."""
    block = line * (65536 // len(line) + 1)
    return itertools.chain([RULES], itertools.repeat(block, size // len(block)), [b"\nDisallow: /late\n"])


def many_rules(count):
    for first in range(0, count, 5000):
        yield (RULES if first == 0 else b"") + b"".join(b"Disallow: /r%d\n" % n for n in range(first, first + 5000))


def bomb(size):
    return gzip.compress(RULES + b"#" * size + b"\nDisallow: /late\n")


# name -> (answer to /robots.txt, what the log says of it)
ODD = {
    "ten MiB": (lambda: (200, {"Content-Type": "text/plain"}, long_file(b"# filler\n", 10 * MIB)), "cut at 500 KiB"),
    "a million rules": (lambda: (200, {"Content-Type": "text/plain"}, many_rules(1_000_000)), "rules"),
    "HTML": (lambda: (200, {"Content-Type": "text/html"}, b"<!doctype html>\n<pre>\n" + RULES + b"</pre>"), "HTML"),
    "forty stars": (lambda: oddweb.text(RULES + b"Disallow: /" + b"*a" * 40 + b"b$\n"), "40 wildcards in one rule"),
    "twenty digits": (lambda: oddweb.text(RULES + b"Crawl-delay: 99999999999999999999\n"), "more than a day"),
    "negative": (lambda: oddweb.text(RULES + b"Crawl-delay: -5\n"), "no number of seconds"),
    "NaN": (lambda: oddweb.text(RULES + b"Crawl-delay: NaN\n"), "no number of seconds"),
    "gzip bomb": (lambda: (200, {"Content-Encoding": "gzip"}, bomb(200 * MIB)), "cut at 500 KiB"),
    "gzip in disguise": (lambda: oddweb.text(gzip.compress(RULES)), "gzip without saying so"),
    "zeros": (lambda: oddweb.text(RULES + b"\0" * 1000), "no text"),
    "unknown coding": (lambda: oddweb.text(RULES, **{"Content-Encoding": "utf-8"}), "unknown content coding"),
}


def lines_about(crawl, web, host):
    return [line for line in crawl.err().splitlines() if f"robots.txt of http://{host}:{web.port} is odd" in line]


def test_each_is_read_politely_and_told_in_one_line(bench):
    names = {f"127.31.0.{i + 1}": name for i, name in enumerate(ODD)}
    answers = {host: ODD[name][0]() for host, name in names.items()}
    sent = dict.fromkeys(names, 0)

    def counted(host, parts):
        for part in parts:
            sent[host] += len(part)
            yield part

    def answer(host, path, _):
        if path != "/robots.txt":
            return oddweb.page(host, *PAGES)
        status, fields, body = answers[host]
        return status, fields, body if isinstance(body, bytes) else counted(host, body)

    web = oddweb.OddWeb(names, answer)
    started = time.monotonic()
    crawl = bench.crawl(*(web.url(host) for host in names), "--delay", "0.02s", "--set", "politeness.max_crawl_delay=0.4s")
    assert crawl.wait(60 * bench.patience) == 0, crawl.err()
    took = time.monotonic() - started
    for host, name in names.items():
        paths = [r.path for r in web.requests(host)]
        assert paths[0] == "/robots.txt" and paths.count("/robots.txt") == 1, (name, paths)
        assert set(paths) == {"/robots.txt", *PAGES} - {"/no/1"}, (name, paths)
        told = lines_about(crawl, web, host)
        assert len(told) == 1 and ODD[name][1] in told[0], (name, told)
    slow = next(host for host, name in names.items() if name == "twenty digits")
    assert weblog.short_gaps(web.requests(slow), 0.4) == []
    assert all(n < 6 * MIB for n in sent.values()), "reading stops at the limit; what socket buffers take is lost"
    assert took < 20 * bench.patience, took
    web.close()


def test_memory_does_not_grow_with_the_file(bench):
    hosts = [f"127.31.1.{i + 1}" for i in range(20)]
    packed = bomb(300 * MIB)

    def answer(host, path, _):
        return (200, {"Content-Encoding": "gzip"}, packed) if path == "/robots.txt" else oddweb.page(host)

    web = oddweb.OddWeb(hosts, answer)
    redis = bench.redis()
    crawl = bench.serve(redis.url, "politeness.delay=0.05s")
    crawl.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *(web.url(host) for host in hosts))
    crawl.wait_idle(60 * bench.patience)
    assert len(web.requests(path="/")) == len(hosts)
    if not bench.sanitized:
        assert crawl.memory("VmHWM") < 250 * MIB, crawl.memory("VmHWM")
    web.close()


def test_what_cannot_be_unpacked_forbids(bench):
    broken = gzip.compress(RULES + bytes(range(256)) * 50)[:-40]
    bodies = {"127.31.2.1": (broken, "gzip"), "127.31.2.2": (b"\x01\x02\x03" + RULES, "secret"),
              "127.31.2.3": (RULES, "gzip")}

    def answer(host, path, _):
        if path != "/robots.txt":
            return oddweb.page(host)
        return oddweb.text(bodies[host][0], **{"Content-Encoding": bodies[host][1]})

    web = oddweb.OddWeb(bodies, answer)
    crawl = bench.crawl(*(web.url(host) for host in bodies), "--delay", "0.02s", "--set", "budget.patience=1s")
    assert crawl.wait(30 * bench.patience) == 14, crawl.err()
    assert {r.path for r in web.requests()} == {"/robots.txt"}
    for host in bodies:
        told = lines_about(crawl, web, host)
        assert len(told) == 1 and re.search("cannot be undone, so nothing is allowed", told[0]), told
    web.close()


harness.main(globals())
