"""A name server on loopback (UDP) whose answers a test decides and may change, and its log of questions."""
import socket
import struct
import threading
import time
from typing import NamedTuple

A, CNAME, AAAA = 1, 5, 28
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3


class Answer(NamedTuple):
    v4: tuple = ()
    v6: tuple = ()
    ttl: int = 300
    rcode: int = NOERROR
    alias: str = ""  # the addresses are that name's
    silent: bool = False
    delay: float = 0


class Question(NamedTuple):
    at: float  # time.monotonic()
    name: str
    kind: int


def _name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def _record(owner, kind, ttl, data):
    return owner + struct.pack(">HHIH", kind, 1, ttl, len(data)) + data


class NameServer:
    """answer(name, times) -> Answer; `times` earlier questions of that kind for the name."""

    def __init__(self, answer, address="127.0.0.1"):
        self.answer, self.log = answer, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.address = f"{address}:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def times(self, name, kind=A):
        return sum((q.name, q.kind) == (name, kind) for q in list(self.log))

    def close(self):
        self.socket.close()

    def _serve(self):
        while True:
            try:
                query, sender = self.socket.recvfrom(4096)
            except OSError:
                return
            end = query.index(0, 12) + 5
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode("ascii", "replace").lower())
                at += query[at] + 1
            name, kind = ".".join(labels), struct.unpack(">H", query[end - 4:end - 2])[0]
            answer = self.answer(name, self.times(name, kind))
            self.log.append(Question(time.monotonic(), name, kind))
            if not answer.silent:
                reply = self._reply(query[:2], query[12:end], kind, answer)
                timer = threading.Timer(answer.delay, self._send, (reply, sender))
                timer.daemon = True
                timer.start() if answer.delay else self._send(reply, sender)

    def _send(self, reply, sender):
        try:
            self.socket.sendto(reply, sender)
        except OSError:
            pass  # closed meanwhile

    @staticmethod
    def _reply(number, question, kind, answer):
        records, owner = [], b"\xc0\x0c"
        if answer.alias:
            records.append(_record(owner, CNAME, answer.ttl, _name(answer.alias)))
            owner = _name(answer.alias)
        family, texts = (socket.AF_INET6, answer.v6) if kind == AAAA else (socket.AF_INET, answer.v4)
        records += [_record(owner, kind, answer.ttl, socket.inet_pton(family, text)) for text in texts]
        return number + struct.pack(">HHHHH", 0x8180 | answer.rcode, 1, len(records), 0, 0) + question + b"".join(records)
