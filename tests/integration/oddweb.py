"""A small web server whose answers a test decides: on several loopback addresses and one port, with a log of arrivals
like the made-up web's."""
import http.server
import threading
import time

import weblog


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except OSError:  # the far side went: a client may stop reading
            self.close_connection = True

    def do_GET(self):
        web, host = self.server.web, self.server.server_address[0]
        arrived = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        with web.lock:
            count = sum(1 for r in web.log if (r.host, r.path) == (host, self.path))
            entry = len(web.log)
            web.log.append(weblog.Request(arrived, host, self.path, 0, web.url(host, self.path)))
        status, headers, body = web.answer(host, self.path, count)
        with web.lock:
            web.log[entry] = web.log[entry]._replace(status=status)
        self.send_response(status)
        fields = {"Content-Type": "text/html", **headers}
        if isinstance(body, bytes):
            fields.setdefault("Content-Length", len(body))
            body = (body,)
        else:
            fields["Connection"] = "close"
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        for part in body:
            self.wfile.write(part)

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class OddWeb:
    """answer(host, path, count) -> (status, headers, body): `count` earlier requests for the same; body is bytes, or an
    iterable of them that ends with the connection."""

    def __init__(self, hosts, answer):
        self.answer, self.log, self.lock = answer, [], threading.Lock()
        self.hosts, self.servers = list(hosts), []
        self.port = 0
        for host in self.hosts:
            server = _Server((host, self.port), _Handler)
            server.web = self
            self.port = server.server_address[1]
            self.servers.append(server)
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def url(self, host, path="/"):
        return f"http://{host}:{self.port}{path}"

    def requests(self, host=None, path=None):
        with self.lock:
            return sorted(r for r in self.log if host in (None, r.host) and path in (None, r.path))

    def close(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()


def page(title, *links):
    body = f"<!doctype html><title>{title}</title>" + "".join(f'<a href="{link}">there</a>' for link in links)
    return 200, {}, body.encode()


def text(body, status=200, **headers):
    return status, {"Content-Type": "text/plain", **headers}, body if isinstance(body, bytes) else body.encode()


def moved(to, status=301):
    return status, {"Location": to}, b""
