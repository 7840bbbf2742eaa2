"""What the sites in Python share: a server on every address of its machine, and the made-up web's log, a line per request:
CLOCK_MONOTONIC ns of its arrival, host, path, status."""
import http.server
import socketserver
import threading
import time

lock = threading.Lock()


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    log = None  # an open file

    def parse_request(self):
        self.arrived = time.monotonic_ns()
        return super().parse_request()

    def record(self, status):
        with lock:
            self.log.write(f"{self.arrived} {self.connection.getsockname()[0]} {self.path} {status}\n")

    def answer(self, status, headers, body):
        self.record(status)
        self.send_response(status)
        for name, text in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128


def serve(port, log, site):
    site.log = open(log, "a", buffering=1)
    Server(("0.0.0.0", port), site).serve_forever()
