"""A breadth-first walk over a site's files, offline: what a crawler that follows `a` and `area` should find."""
import collections
import pathlib
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit


# html.parser reads the tags that matter; the rest, which is nearly all, is passed over.
SILENT = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.S | re.I)
TAG = re.compile(r"""<(?:a|area|base)\s(?:[^>"']|"[^"]*"|'[^']*')*>""", re.I)


class _Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.base, self.links = None, []
        self.feed("".join(tag.group() for tag in TAG.finditer(SILENT.sub("", text))))

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "base" and self.base is None:
            self.base = values.get("href")
        if tag in ("a", "area") and values.get("href") is not None:
            self.links.append(values["href"])


def walk(root, start):
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
        if file.suffix != ".html":
            continue
        page = _Page(file.read_text(encoding="utf-8"))
        base = urljoin(url, page.base) if page.base else url
        for link in {urldefrag(link.strip()).url for link in page.links}:
            target = urljoin(base, link)
            if target not in seen and target.startswith(origin + "/"):
                seen.add(target)
                queue.append(target)
    return documents, missing
