"""A small site whose behaviour changes while it runs, on every address of its machine: moody_site.py PORT LOG MOOD PAGES

Each address is a host of PAGES pages: / links to them all, robots.txt allows all. The file MOOD says how pages (not
robots.txt) answer: "ok", "ok close" (no connection is kept), "500", "429 SECONDS" (Retry-After), "503", "date SECONDS" (429, Retry-After as a date) or
"reset". LOG gets a line per request as the made-up web writes it: CLOCK_MONOTONIC ns, host, path, status.
"""
import email.utils
import http.server
import pathlib
import socket
import socketserver
import struct
import sys
import threading
import time

PORT, LOG, MOOD, PAGES = int(sys.argv[1]), open(sys.argv[2], "a", buffering=1), pathlib.Path(sys.argv[3]), int(sys.argv[4])
lock = threading.Lock()


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def parse_request(self):
        self.arrived = time.monotonic_ns()
        return super().parse_request()

    def do_GET(self):
        mood, _, value = ("ok" if self.path == "/robots.txt" else MOOD.read_text().strip()).partition(" ")
        if mood == "reset":
            self.record(0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        headers = {}
        if mood in ("429", "date") and value:
            at = email.utils.formatdate(time.time() + float(value), usegmt=True)
            headers["Retry-After"] = at if mood == "date" else value
        status = 429 if mood == "date" else 200 if mood == "ok" else int(mood)
        body = b"".join(b'<a href="/%d">x</a>' % n for n in range(PAGES - 1)) if self.path == "/" else b""
        kind = "text/plain" if self.path == "/robots.txt" else "text/html"
        self.record(status)
        self.send_response(status)
        if mood == "ok" and value == "close":
            headers["Connection"] = "close"
        for name, text in {**headers, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def record(self, status):
        with lock:
            LOG.write(f"{self.arrived} {self.connection.getsockname()[0]} {self.path} {status}\n")

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128


Server(("0.0.0.0", PORT), Site).serve_forever()
