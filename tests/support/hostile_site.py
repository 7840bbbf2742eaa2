"""A site of many hosts, each with one bad manner: hostile_site.py PORT LOG SENT FOLDER

Each behaviour has an address of its own (address_of), on one port for plain HTTP and TLS. Where a behaviour says nothing
else, a host has a robots.txt that allows all, "/" with links to /odd and /rest/1 and 2, and these two. LOG gets a line per
request as the made-up web writes it: CLOCK_MONOTONIC ns, host, path, and 1 where the request said what we never say of
ourselves (cookies, credentials), else 0. SENT gets a line per answer: host, path, bytes that went out. FOLDER is for the
certificates; ca.pem in it is theirs.
"""
import itertools
import pathlib
import re
import select
import socket
import ssl
import struct
import sys
import threading
import time

import hostile_tls

BEHAVIOURS = {}  # name: {path: answer}
PREPARED = []  # what takes long to make, made before anybody comes
MOST = 48 << 20  # what never ends is ended here, so that a client without bounds fails and does not hang
PATIENCE = 60  # seconds, likewise
SECRETS = re.compile(rb"\r\n(cookie|authorization|proxy-authorization|if-none-match|if-modified-since):", re.I)
BLOCK = 64 << 10
_lock = threading.Lock()


def behaviour(name, path="/odd"):
    def register(answer):
        BEHAVIOURS.setdefault(name, {})[path] = answer
        return answer
    return register


def address_of(name):
    return f"127.66.0.{list(BEHAVIOURS).index(name) + 1}"


def scheme_of(name):
    return "https" if name.startswith("tls-") else "http"


def response(body=b"", status="200 OK", fields=(), content_type="text/html"):
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {content_type}"] if content_type else []),
             f"Content-Length: {len(body)}", *fields]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def page(title, *links):
    return f"<!doctype html><title>{title}</title>".encode() + b"".join(b'<a href="%s">x</a>' % n.encode() for n in links)


class Peer:
    """One connection: what it has asked so far, and how to answer."""

    def __init__(self, connection, name):
        self.connection, self.name = connection, name
        self.nth = 0  # request of this connection, from 1
        self.hit = 0  # earlier requests for the same path of this host
        self.path, self.sent = "", 0

    def send(self, data):
        self.connection.sendall(data)
        self.sent += len(data)

    def flood(self, data, most=MOST):
        """`data` again and again; ends when the client has gone, or at `most` bytes."""
        block = data * (BLOCK // len(data) + 1)
        while self.sent < most:
            self.send(block)

    def drip(self, data, seconds):
        """A byte each so many seconds until the client has gone."""
        for byte in itertools.chain(data, itertools.repeat(b"."[0])):
            self.send(bytes([byte]))
            if not self.stays(seconds):
                return

    def stays(self, seconds=PATIENCE):
        """Whether the client is still there after this time."""
        return not select.select([self.connection], [], [], seconds)[0]

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Site:
    def __init__(self, port, log, sent, folder):
        self.log, self.sent = open(log, "a", buffering=1), open(sent, "a", buffering=1)
        self.certificates = hostile_tls.Certificates(pathlib.Path(folder), [address_of(n) for n in BEHAVIOURS])
        self.names = {address_of(name): name for name in BEHAVIOURS}
        self.hits = {}
        self.listener = socket.create_server(("0.0.0.0", port), backlog=256)

    def serve_forever(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.converse, args=(connection,), daemon=True).start()

    def converse(self, connection):
        host = connection.getsockname()[0]
        name = self.names.get(host)
        connection.settimeout(PATIENCE)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BLOCK)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if name is None:
                return
            known = (host, "/robots.txt") in self.hits
            accepted = BEHAVIOURS[name].get("accept")
            if accepted and known:
                return accepted(connection)
            if connection.recv(1, socket.MSG_PEEK) == b"\x16":
                context = self.certificates.context(name if known else "good")
                connection = context.wrap_socket(connection, server_side=True)
            self.answer(Peer(connection, name), host)
        except (OSError, ssl.SSLError):
            pass  # the far side went
        finally:
            connection.close()

    def answer(self, peer, host):
        rest = b""
        while True:
            head = self.read_head(peer.connection, rest)
            if head is None:
                return
            head, arrived, rest = head
            peer.path, peer.nth = head.split(b" ")[1].decode("latin-1"), peer.nth + 1
            with _lock:
                peer.hit = self.hits.get((host, peer.path), 0)
                self.hits[host, peer.path] = peer.hit + 1
                self.log.write(f"{arrived} {host} {peer.path} {int(SECRETS.search(head) is not None)}\n")
            before = peer.sent
            try:
                answer = BEHAVIOURS[peer.name].get(peer.path.partition("?")[0]) or usual
                if not answer(peer):
                    return
            finally:
                with _lock:
                    self.sent.write(f"{host} {peer.path} {peer.sent - before}\n")

    @staticmethod
    def read_head(connection, text):
        arrived = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        while b"\r\n\r\n" not in text:
            data = connection.recv(16384)
            if not text:
                arrived = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            if not data:
                return None
            text += data
        head, _, rest = text.partition(b"\r\n\r\n")
        return head + b"\r\n", arrived, rest


def usual(peer):
    path = peer.path.partition("?")[0]
    if path == "/robots.txt":
        # TLS hosts are well-behaved until this was asked for.
        keep = scheme_of(peer.name) == "http"
        peer.send(response(b"User-agent: *\nAllow: /\n", content_type="text/plain", fields=() if keep else ["Connection: close"]))
        return keep
    if path == "/":
        peer.send(response(page("start", "/odd", "/rest/1", "/rest/2")))
    elif path.startswith("/rest/"):
        peer.send(response(page(path)))
    else:
        peer.send(response(page("none"), "404 Not Found"))
    return True


if __name__ == "__main__":
    sys.modules["hostile_site"] = sys.modules["__main__"]  # the behaviours enter themselves here
    import hostile_answers  # noqa: F401
    import hostile_bodies  # noqa: F401
    for make in PREPARED:
        make()
    Site(int(sys.argv[1]), *sys.argv[2:5]).serve_forever()
