"""A small site whose behaviour changes while it runs, on every address of its machine: moody_site.py PORT LOG MOOD PAGES

Each address is a host of PAGES pages: / links to them all, robots.txt allows all. The file MOOD says how pages (not
robots.txt) answer: "ok", "ok close" (no connection is kept), "500", "429 SECONDS" (Retry-After), "503", "date SECONDS" (429, Retry-After as a date) or
"reset". LOG gets a line per request as the made-up web writes it: CLOCK_MONOTONIC ns, host, path, status.
"""
import email.utils
import pathlib
import socket
import struct
import sys
import time

import logged_site

PORT, LOG, MOOD, PAGES = int(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]), int(sys.argv[4])


class Site(logged_site.Site):
    def do_GET(self):
        mood, _, value = ("ok" if self.path == "/robots.txt" else MOOD.read_text().strip()).partition(" ")
        if mood == "reset":
            self.record(0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        headers = {"Content-Type": "text/plain" if self.path == "/robots.txt" else "text/html"}
        if mood in ("429", "date") and value:
            at = email.utils.formatdate(time.time() + float(value), usegmt=True)
            headers["Retry-After"] = at if mood == "date" else value
        if mood == "ok" and value == "close":
            headers["Connection"] = "close"
        status = 429 if mood == "date" else 200 if mood == "ok" else int(mood)
        body = b"".join(b'<a href="/%d">x</a>' % n for n in range(PAGES - 1)) if self.path == "/" else b""
        self.answer(status, headers, body)


logged_site.serve(PORT, LOG, Site)
