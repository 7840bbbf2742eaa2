"""An API to be polled, on every address of its machine: api_site.py PORT LOG

POST /echo answers with its body, as JSON. POST /see-other leads to /result by 303, POST /moved-kept to /echo by 307. POST
/fails answers 500; POST /dies hangs up without an answer. HEAD and GET answer a little text. LOG gets a line per request:
CLOCK_MONOTONIC ns, host, method, path, status, the body in hex (or -), and the header X-Key (or -).
"""
import sys

import logged_site


class Site(logged_site.Site):
    def record(self, status):
        body = self.body.hex() or "-"
        key = self.headers.get("X-Key", "-")
        with logged_site.lock:
            self.log.write(f"{self.arrived} {self.connection.getsockname()[0]} {self.command} {self.path} {status} {body} {key}\n")

    def do_GET(self):
        self.body = b""
        kind = "text/plain"
        self.answer(200, {"Content-Type": kind}, b"" if self.path == "/robots.txt" else b"some text")

    do_HEAD = do_GET

    def do_POST(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/dies":
            self.record(0)
            self.close_connection = True
        elif self.path == "/fails":
            self.answer(500, {}, b"")
        elif self.path == "/see-other":
            self.answer(303, {"Location": "/result"}, b"")
        elif self.path == "/moved-kept":
            self.answer(307, {"Location": "/echo"}, b"")
        else:
            self.answer(200, {"Content-Type": "application/json"}, self.body)


logged_site.serve(int(sys.argv[1]), sys.argv[2], Site)
