"""A breadth-first walk over a site's files, offline: what a crawler that follows `a` and `area` should find, and where
asked for what the pages are shown with."""
import collections
import functools
import pathlib
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit


# html.parser reads the tags that matter; the rest, which is nearly all, is passed over.
COMMENT = re.compile(r"<!--.*?-->|(<(script|style)\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>).*?</\2\s*>", re.S | re.I)
TAG = re.compile(r"""<(?:a|area|base|img|link|object|script|source)\s(?:[^>"']|"[^"]*"|'[^']*')*>""", re.I)
REQUISITES = {"img": "src", "object": "data", "script": "src", "source": "src"}
FETCHED = {"stylesheet", "icon", "apple-touch-icon", "manifest", "preload", "modulepreload"}
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.S)
CSS_URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')""", re.I)


class _Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.base, self.links, self.requisites = None, [], []
        self.feed("".join(tag.group() for tag in TAG.finditer(COMMENT.sub(lambda m: m.group(1) or "", text))))

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "base" and self.base is None:
            self.base = values.get("href")
        if tag in ("a", "area") and values.get("href") is not None:
            self.links.append(values["href"])
        if values.get(REQUISITES.get(tag)):
            self.requisites.append(values[REQUISITES[tag]])
        if tag == "link" and values.get("href") and FETCHED & set(values.get("rel", "").lower().split()):
            self.requisites.append(values["href"])

    def set_cdata_mode(self, elem):
        """What a script holds was taken out before."""


def _css_links(text):
    for found in CSS_URL.finditer(CSS_COMMENT.sub(" ", text)):
        link = next(group for group in found.groups() if group is not None)
        if link and not link.startswith(("#", "data:")):
            yield link


@functools.lru_cache(maxsize=None)
def _read(file):
    """(base, links, requisites) of a file, as written."""
    if file.suffix == ".html":
        page = _Page(file.read_text(encoding="utf-8"))
        return page.base, page.links, page.requisites
    return None, [], list(_css_links(file.read_text(encoding="utf-8"))) if file.suffix == ".css" else []


def walk(root, start, requisites=False):
    """(documents, missing): URLs below the origin of `start` whose files exist under `root`, and those without."""
    origin = "://".join(urlsplit(start)[:2])
    documents, missing = set(), set()
    seen, queue = {start}, collections.deque([start])
    while queue:
        url = queue.popleft()
        path = unquote(urlsplit(url).path)
        file = pathlib.Path(str(root) + path + ("index.html" if path.endswith("/") else ""))
        if not file.is_file():
            missing.add(url)
            continue
        documents.add(url)
        base, links, parts = _read(file)
        base = urljoin(url, base) if base else url
        if requisites:
            links = links + parts
        for link in {urldefrag(link.strip()).url for link in links}:
            target = urljoin(base, link)
            if target not in seen and target.startswith(origin + "/"):
                seen.add(target)
                queue.append(target)
    return documents, missing
