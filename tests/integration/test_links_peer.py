"""The links of real pages, by us and by parse5 (npm): docs/differential.md tells what differs and why.

DECORUM_PAGES=FOLDER[:FOLDER...] takes all pages below these folders instead of each third of python3.11-doc's;
DECORUM_SOUPS=N makes up N pages.
"""
import base64
import collections
import gzip
import itertools
import json
import os
import pathlib
import queue
import subprocess
import threading

import harness
import npm
import tag_soup

PAGES = "/usr/share/doc/python3.11/html"
PACKAGES = ("parse5@7.2.1", "whatwg-url@14.2.0", "css-tree@3.1.0")
HTML = {".html", ".htm", ".xhtml", ".en", ".de", ".es", ".fr", ".ja", ".ko", ".tr", ".utf8", ".pt-br", ".zh-cn", ".da"}
SHOWN = 20
SOUPS = 400
EXPLAINED = {2264, 5107, 7635, 11170}  # docs/differential.md


def pages():
    for folder in os.environ.get("DECORUM_PAGES", PAGES).split(":"):
        root = pathlib.Path(folder)
        for path in sorted(root.rglob("*")):
            name = path.name.removesuffix(".gz")
            if ".htm" in name and pathlib.Path(name).suffix.lower() in HTML | {".iso8859-1"} and path.is_file():
                body = path.read_bytes()
                yield path.relative_to(root), gzip.decompress(body) if path.suffix == ".gz" else body


class Reader:
    """A program that answers line by line."""

    def __init__(self, *argv):
        self.process = subprocess.Popen([str(word) for word in argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.asked = queue.Queue(8)
        threading.Thread(target=self._feed, daemon=True).start()

    def _feed(self):
        for request in iter(self.asked.get, None):
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()

    def ask(self, request):
        self.asked.put(request)

    def answer(self):
        line = self.process.stdout.readline()
        assert line, "it ended"
        return json.loads(line)

    def close(self):
        self.asked.put(None)
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


def differences(ours, theirs):
    for field in ("title", "canonical", "refresh", "noindex", "nofollow"):
        if ours[field] != theirs[field]:
            yield f"{field}: {ours[field]!r} by us, {theirs[field]!r} by parse5"
    ours_all = [json.dumps(link, sort_keys=True) for link in ours["links"]]
    theirs_all = [json.dumps(link, sort_keys=True) for link in theirs["links"]]
    for link, count in (collections.Counter(ours_all) - collections.Counter(theirs_all)).items():
        yield f"only by us: {link}"
    for link, count in (collections.Counter(theirs_all) - collections.Counter(ours_all)).items():
        yield f"only by parse5: {link}"
    if sorted(ours_all) == sorted(theirs_all) and ours_all != theirs_all:
        yield "another order"


def programs(bench):
    modules = npm.installed(bench, "parse5", *PACKAGES)
    oracle = Reader("node", bench.source / "tests/support/links_oracle.mjs", modules)
    return Reader(bench.decorum, "eval", "html"), oracle


def test_links_are_those_of_parse5(bench):
    reader, oracle = programs(bench)
    found, read, links, sources, charsets, bounded = [], 0, 0, collections.Counter(), collections.Counter(), 0
    for path, body in itertools.islice(pages(), 0, None, 1 if "DECORUM_PAGES" in os.environ else 3):
        request = {"id": str(path), "html": base64.b64encode(body).decode(), "url": f"http://h.example/{read}/page",
                   "content_type": "text/html"}
        reader.ask(request)
        reader.ask(request | {"requisites": True, "forms": True})
        plain, full = reader.answer(), reader.answer()
        assert "error" not in plain, plain
        oracle.ask(request | {"charset": plain["charset"]})
        theirs = oracle.answer()
        for what, one, other in (("links", plain, theirs["plain"]), ("requisites", full, theirs["all"])):
            found += [f"{path} ({what}): {difference}" for difference in differences(one, other)]
        read += 1
        links += len(full["links"])
        sources.update(link["source"] for link in full["links"])
        charsets[plain["charset"]] += 1
        bounded += full["bounded"]
    reader.close()
    oracle.close()
    if read == 0:
        raise harness.Skip("python3.11-doc is not installed")
    print(f"{read} pages, {links} links and requisites, {bounded} pages bounded\n{dict(sources)}\n{dict(charsets)}")
    assert not found, f"{len(found)} differences:\n" + "\n".join(found[:SHOWN])


def test_links_of_mixed_up_tags_are_those_of_parse5(bench):
    reader, oracle = programs(bench)
    found, links = [], 0
    for seed in range(int(os.environ.get("DECORUM_SOUPS", SOUPS))):
        html = tag_soup.page(seed)
        request = {"id": seed, "html": base64.b64encode(html.encode()).decode(), "url": "http://h.example/d/page",
                   "content_type": "text/html; charset=utf-8", "requisites": True, "forms": True}
        reader.ask(request)
        oracle.ask(request | {"charset": "utf-8"})
        ours, theirs = reader.answer(), oracle.answer()["all"]
        assert not ours["bounded"], html
        links += len(ours["links"])
        if seed not in EXPLAINED:
            found += [f"{seed}: {html}\n{difference}" for difference in differences(ours, theirs)]
    reader.close()
    oracle.close()
    print(f"{links} links and requisites")
    assert not found, f"{len(found)} differences:\n" + "\n".join(found[:SHOWN])


harness.main(globals())
