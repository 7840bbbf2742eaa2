"""Ordinary pages between traps that never end: trap_site.py PORT LOG

Every address of its machine is a host. Pages of /p/N are reached from an archive of /list?page=N whose pages each name the
next, and the links to them carry session ids. Beside them: /deep (ever deeper), /loop (the same segments again),
/search (ever new queries), /cal (months before and after), /same (one content under many names). LOG as the made-up web's.
"""
import re
import sys
import uuid

import logged_site

LISTS, PER_LIST = 30, 3


def links(path):
    """What the page at this path links to, or nothing where there is none."""
    found = re.fullmatch(r"/list\?page=(\d+)", path)
    if found and int(found[1]) < LISTS:
        n = int(found[1])
        session = uuid.uuid4().hex
        pages = [f"/p/{n * PER_LIST + i}" + (f"?sid={session}" if i else f";jsessionid={session}") for i in range(PER_LIST)]
        return [*pages, *([f"/list?page={n + 1}"] if n + 1 < LISTS else [])]
    if re.fullmatch(r"/p/\d+", path):
        return ["/", "/p/1"]
    found = re.fullmatch(r"/deep(/[a-z0-9]+)*/", path)
    if found:
        return [f"{path}d{path.count('/')}x/"]
    if re.fullmatch(r"/loop/(ab/cd/)+", path):
        return [path + "ab/cd/"]
    found = re.fullmatch(r"/search\?q=w(\d*)", path)
    if found:
        return [f"/search?q=w{found[1]}{digit}" for digit in "123"]
    found = re.fullmatch(r"/cal/(\d+)/(\d+)", path)
    if found:
        month = int(found[1]) * 12 + int(found[2]) - 1
        return [f"/cal/{m // 12}/{m % 12 + 1}" for m in (month - 1, month + 1)]
    found = re.fullmatch(r"/names/(\d+)", path)
    if found and int(found[1]) < 20:
        return [f"/same/{int(found[1]) * 100 + i}" for i in range(20)]
    if re.fullmatch(r"/same/\d+", path):
        return []
    if path == "/":
        return ["/list?page=0", "/deep/", "/loop/ab/cd/", "/search?q=w", "/cal/2026/11", *(f"/names/{n}" for n in range(20))]
    return None


class Site(logged_site.Site):
    def do_GET(self):
        found = links(self.path)
        title = "the same" if self.path.startswith("/same/") else self.path
        body = f"<title>{title}</title>" + "".join(f'<a href="{link}">x</a>' for link in found or ())
        self.answer(200 if found is not None else 404, {"Content-Type": "text/html"}, body.encode())


logged_site.serve(int(sys.argv[1]), sys.argv[2], Site)
