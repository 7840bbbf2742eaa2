"""`decorum eval`: one answer a line, in order, flushed at once, whatever the input."""
import base64
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys

import harness

SUITES = ("robots", "robotsurl", "url", "html", "sitemap")


def b64(text):
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def answers(bench, suite, lines):
    """The answers to these lines, bytes or objects."""
    text = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    done = subprocess.run([bench.decorum, "eval", suite], input=text, capture_output=True, timeout=60 * bench.patience)
    assert done.returncode == 0, f"eval {suite} ended with {done.returncode}: {done.stderr[-500:]}"
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(lines), f"{len(found)} answers to {len(lines)} lines"
    return found


def test_robots(bench):
    text = "User-agent: testbot\nDisallow: /a\nAllow: /a/b$\nCrawl-delay: 2.5\nSitemap: /map.xml\n"
    ask = {"robots": b64(text), "ua": "testbot"}
    got = answers(bench, "robots", [
        {"id": 1, "url": "http://h.example/a/x", **ask}, {"id": "two", "url": "https://h.example/a/b", **ask},
        {"id": 3, "url_b64": b64(b"http://h.example/\xe4"), **ask}, {"id": 4, "url": "/a", **ask},
        {"id": 5, "url": "http://h.example/a", "robots": "", "ua": "testbot"}])
    assert [answer["verdict"] for answer in got] == ["deny", "allow", "allow", "deny", "allow"], got
    assert got[1] == {"id": "two", "verdict": "allow", "crawl_delay": 2.5, "sitemaps": ["/map.xml"]}
    assert got[4]["crawl_delay"] is None and got[4]["sitemaps"] == []


def test_robotsurl(bench):
    got = answers(bench, "robotsurl", [{"id": 1, "url": "https://u:p@h.example:8443/a?b#c"}, {"id": 2, "url": "x"}])
    assert got == [{"id": 1, "robots_url": "https://h.example:8443/robots.txt"}, {"id": 2, "robots_url": None}]


def test_url(bench):
    got = answers(bench, "url", [
        {"id": 1, "url": "../b#f", "base": "HTTP://H.example/x/y", "mode": "whatwg"},
        {"id": 2, "url": "http://h.example/%7ea%2f#f", "base": None, "mode": "crawl"},
        {"id": 3, "url": "b", "base": None, "mode": "whatwg"},
        {"id": 4, "url": "http://h.example/", "mode": "nosuch"}])
    assert [answer.get("url") for answer in got] == ["http://h.example/b#f", "http://h.example/~a%2F", None, None], got
    assert "mode" in got[3]["error"]


def test_html(bench):
    page = """<html><head><title> A
        title</title><meta name=robots content=noindex><link rel=canonical href=/c><meta http-equiv=refresh
        content="3; url=/r"></head><body><a href=a>a</a><a href=b rel=nofollow>b</a><a href="mailto:x">m</a>
        <iframe src=f></iframe></body></html>"""
    got = answers(bench, "html", [
        {"id": 1, "html": b64(page), "url": "http://h.example/d/", "content_type": "text/html; charset=utf-8",
         "headers": {}, "ua": "testbot"},
        {"id": 2, "html": b64("<a href=x>"), "url": "http://h.example/", "content_type": "text/html",
         "headers": {"X-Robots-Tag": ["testbot: nofollow", "otherbot: noindex"]}, "ua": "testbot"}])
    links = {link["url"]: link for link in got[0]["links"]}
    assert links["http://h.example/d/a"] == {"url": "http://h.example/d/a", "nofollow": False, "source": "a",
                                             "requisite": False}, got
    assert links["http://h.example/d/b"]["nofollow"] is True
    assert links["http://h.example/d/f"]["source"] == "iframe"
    assert not any(url.startswith("mailto") for url in links)
    assert got[0]["title"] == "A title" and got[0]["noindex"] is True and got[0]["nofollow"] is False
    assert got[0]["canonical"] == "http://h.example/c"
    assert got[0]["refresh"] == {"url": "http://h.example/r", "delay": 3.0}
    assert got[0]["charset"].lower() == "utf-8"
    assert got[1]["nofollow"] is True and got[1]["noindex"] is False

    page = {"html": b64("<img src=i><form action=f></form>"), "url": "http://h.example/", "content_type": "text/html"}
    got = answers(bench, "html", [{"id": 1, **page}, {"id": 2, **page, "requisites": True, "forms": True},
                                  {"id": 3, **page, "requisites": "yes"}])
    assert got[0]["links"] == [] and "error" in got[2], got
    assert [(link["source"], link["requisite"]) for link in got[1]["links"]] == [("img", True), ("form", False)], got


def test_sitemap(bench):
    text = "<urlset><url><loc>/a#f</loc><image:image><image:loc>/i</image:loc></image:image></url><url><loc>x y</loc></url>"
    ask = {"url": "http://h.example/d/sitemap.xml", "content_type": "application/xml"}
    got = answers(bench, "sitemap", [
        {"id": 1, "body": b64(text + "</urlset>"), **ask}, {"id": 2, "body": b64(gzip.compress(text.encode())), **ask},
        {"id": 3, "body": b64("nothing"), **ask}])
    assert got[0] == {"id": 1, "kind": "urlset", "urls": ["http://h.example/a", "http://h.example/d/x%20y"], "error": None}
    assert got[1]["urls"] == got[0]["urls"] and "line 1" in got[1]["error"], got[1]
    assert got[2]["kind"] is None and got[2]["urls"] == [] and got[2]["error"]


def test_each_answer_is_flushed(bench):
    with subprocess.Popen([bench.decorum, "eval", "robotsurl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ask:
        for number in range(3):
            ask.stdin.write(json.dumps({"id": number, "url": "http://h.example/"}).encode() + b"\n")
            ask.stdin.flush()
            assert json.loads(ask.stdout.readline())["id"] == number
        ask.stdin.close()
        assert ask.wait(20) == 0


def test_nothing_ends_it(bench):
    bad = [b"", b"  ", b"null", b"[]", b"{", b'"x"', b"7", b"\xff\xfe\x00", b'{"id":"\xff"}', b"[" * 200_000,
           b'{"id":' + b"[" * 200_000, b'{"id":' + b'{"a":' * 200_000, b'{"id":1e999}', b'{"id":1}', b'{"id":null}',
           {"id": 5, "robots": "%%%", "ua": "x", "url": "http://h.example/"},
           {"id": 5, "robots": 5, "ua": [], "url": {}, "html": 5, "mode": 5, "base": 5, "headers": 5},
           {"id": 5, "robots": b64(b"\0" * 100_000), "ua": "x" * 100_000, "url": "http://" + "a" * 100_000},
           {"id": 5, "html": b64("<a href='" + "x" * 500_000), "url": "http://h.example/", "content_type": "a\r\nb",
            "headers": {"A": ["b\r\nc"]}}]
    for suite in SUITES:
        got = answers(bench, suite, bad + [{"id": "last"}])
        assert got[-1]["id"] == "last" and "error" in got[-1]
        for answer in got[:5]:
            assert answer["id"] is None and answer["error"], answer


def test_random_bytes_do_not_end_it(bench):
    source = random.Random(20)
    for suite in SUITES:
        lines = []
        for _ in range(200):
            noise = b64(source.randbytes(source.randrange(2000)))
            text = "".join(source.choice("ah/.:@#?%[]\\\t\u00fc\u20ac0x-") for _ in range(source.randrange(60)))
            lines.append({"id": 1, "robots": noise, "html": noise, "body": noise, "ua": "testbot", "url": text,
                          "base": source.choice([None, "http://h.example/", text]), "content_type": "text/html",
                          "mode": source.choice(["whatwg", "crawl"]), "headers": {}})
        answers(bench, suite, lines)


def test_vectors_where_they_are_at_hand(bench):
    folder = os.environ.get("DECORUM_VECTORS")
    if not folder:
        raise harness.Skip("DECORUM_VECTORS names no folder of conformance vectors")
    for vectors, suite in (("robots", "robots"), ("delay", "robots"), ("smlines", "robots"), ("robotsurl", "robotsurl"),
                           ("url", "url"), ("norm", "url"), ("html", "html"), ("sitemap", "sitemap")):
        done = subprocess.run([sys.executable, pathlib.Path(folder) / "run_vectors.py", vectors, "--cmd",
                               f"{bench.decorum} eval {suite}"], capture_output=True, text=True, timeout=280)
        assert done.returncode == 0, done.stdout
        print(done.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    harness.main(globals())
