"""How the hostile site answers: status lines, heads, framing, redirects, connections. Each function answers one request
and says whether the connection is kept."""
from hostile_site import BEHAVIOURS, behaviour, page, response

REST = page("odd", "/rest/1", "/rest/2", "/found")  # /found is linked from nowhere else
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def says(name, data, keep=False, path="/odd"):
    """These bytes, whatever they are."""
    def answer(peer):
        peer.send(data)
        return keep
    return behaviour(name, path)(answer)


def found(name):
    """The page that only a read /odd leads to."""
    says(name, response(page("found")), keep=True, path="/found")


def floods(name, start, again):
    @behaviour(name)
    def answer(peer):
        peer.send(start)
        peer.flood(again)


def redirects(name, to, status="302 Found", fields=(), body=b""):
    says(name, response(body, status, [f"Location: {to}", *fields]), keep=True)


def chunks(*parts):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

# Redirects.
redirects("loop-itself", "/odd")
redirects("loop-of-two", "/there")
says("loop-of-two", response(b"", "301 Moved", ["Location: /odd"]), keep=True, path="/there")


@behaviour("loop-that-grows")
def loop_that_grows(peer):
    step = int(peer.path.partition("=")[2] or 0)
    peer.send(response(b"", "302 Found", [f"Location: /odd?n={step + 1}"]))
    return True


@behaviour("chain")
def chain(peer):
    step = int(peer.path.partition("=")[2] or 0)
    peer.send(response(b"", "307 On", [f"Location: /odd?n={step + 1}"]) if step < 8 else response(page("end of the chain")))
    return True


redirects("location-empty", "")
redirects("location-relative", "rest/../rest/./1#part")
redirects("location-long", "/odd/" + "x" * 5000)
redirects("location-huge", "/odd/" + "x" * 60000)
redirects("location-ftp", "ftp://127.0.0.1/x")
redirects("location-javascript", "javascript:alert(1)")
redirects("location-broken", "http://[::1/")
redirects("location-bare-nothing", "http://")
redirects("location-with-bytes", "/rest/1\x01\xff")
says("location-missing", response(b"", "301 Moved"), keep=True)
says("location-300", response(page("many"), "300 Many", ["Location: /rest/1"]), keep=True)
floods("redirect-with-endless-body", b"HTTP/1.1 302 Found\r\nLocation: /rest/1\r\n\r\n", b"x" * 1000)
floods("missing-with-endless-body", b"HTTP/1.1 404 No\r\nContent-Type: text/html\r\n\r\n", b"x" * 1000)

# Heads.
says("head-of-60-kilobytes", HEAD + b"X: %s\r\n" % (b"x" * 3000) * 20 + b"Content-Length: %d\r\n\r\n" % len(REST) + REST, keep=True)
found("head-of-60-kilobytes")
says("head-line-of-99-kilobytes", HEAD + b"X: %s\r\n\r\n" % (b"x" * 99_000))
floods("head-of-endless-lines", HEAD, b"X-Filler: and one more\r\n")
floods("head-of-one-endless-line", HEAD + b"X: ", b"x" * 1000)
floods("interim-flood", b"", b"HTTP/1.1 100 Continue\r\n\r\n")
says("interim-some", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 5 + response(REST), keep=True)
found("interim-some")
says("interim-101", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n" + b"\0" * 9)
says("head-with-nul", HEAD + b"X: a\0b\r\nContent-Length: 2\r\n\r\nok")
says("head-with-bare-cr", HEAD + b"X: a\rSet-Cookie: a=b\r\nContent-Length: %d\r\n\r\n" % len(REST) + REST)
found("head-with-bare-cr")
says("head-with-bare-lf", (HEAD + b"Content-Length: %d\r\n\r\n" % len(REST)).replace(b"\r", b"") + REST)
found("head-with-bare-lf")
says("head-folded", HEAD + b"X: a\r\n b\r\nContent-Length: %d\r\n\r\n" % len(REST) + REST)
found("head-folded")
says("head-without-colons", HEAD + b"what is this\r\nContent-Length: %d\r\n\r\n" % len(REST) + REST)
found("head-without-colons")
says("head-that-stops", HEAD + b"X-Half: ")
says("http-0.9", b"<!doctype html><title>old</title>")
says("http-2", b"\0\0\x12\4\0\0\0\0\0\0\3\0\0\0\x80\0\4\0\1\0\0\0\5\0\xff\xff\xff")
says("other-protocol", b"220 ftp.example ready\r\n")
says("shoutcast", b"ICY 200 OK\r\n\r\nla la la")

# Statuses.
for code in ("99", "000", "600", "999", "2000", "20", "-20", "OK"):
    says(f"status-{code}", b"HTTP/1.1 %s What\r\nContent-Length: 2\r\n\r\nok" % code.encode())
says("status-without-reason", b"HTTP/1.1 200\r\nContent-Length: %d\r\n\r\n" % len(REST) + REST)
found("status-without-reason")
says("status-204-with-body", b"HTTP/1.1 204 No Content\r\nContent-Length: %d\r\n\r\n" % len(REST) + REST)
says("status-304-unasked", b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n", keep=True)
says("status-401", response(b"", "401 No", ['WWW-Authenticate: Basic realm="x"', "WWW-Authenticate: Negotiate"]), keep=True)
says("status-407", response(b"", "407 No", ['Proxy-Authenticate: Basic realm="x"']), keep=True)
says("status-426", response(b"", "426 Upgrade", ["Upgrade: h2c", "Connection: Upgrade"]), keep=True)
for number, text in enumerate(("banana", "-5", "9" * 30, "1e9", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "")):
    says(f"retry-after-{number}", response(b"", "429 Too Many", [f"Retry-After: {text}"]), keep=True)

# Lengths and chunks.
says("length-none", HEAD + b"Connection: close\r\n\r\n" + REST)
found("length-none")


@behaviour("length-none-and-never-closed")
def never_closed(peer):
    peer.send(HEAD + b"\r\n" + REST)
    peer.stays()


found("length-none-and-never-closed")
says("length-too-long", HEAD + b"Content-Length: 100000\r\n\r\n" + REST)
found("length-too-long")
says("length-too-short", HEAD + b"Content-Length: 60\r\n\r\n" + REST + b"." * 500, keep=True)
says("length-negative", HEAD + b"Content-Length: -5\r\n\r\n" + REST)
says("length-no-number", HEAD + b"Content-Length: many\r\n\r\n" + REST)
says("length-beyond-64-bit", HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n" + REST)
found("length-beyond-64-bit")
says("length-twice", HEAD + b"Content-Length: 5\r\nContent-Length: %d\r\n\r\n" % len(REST) + REST)
says("length-and-chunks", HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(REST) + b"0\r\n\r\n")
found("length-and-chunks")
says("chunk-size-no-number", CHUNKED + chunks(REST) + b"zz\r\nmore\r\n0\r\n\r\n")
found("chunk-size-no-number")
says("chunk-size-beyond-64-bit", CHUNKED + chunks(REST) + b"ffffffffffffffffffff\r\nmore")
found("chunk-size-beyond-64-bit")
says("chunk-size-wrong", CHUNKED + chunks(REST) + b"3\r\nlonger\r\n0\r\n\r\n")
found("chunk-size-wrong")
says("chunks-without-end", CHUNKED + chunks(REST))
found("chunks-without-end")
floods("chunks-endless", CHUNKED + chunks(REST), chunks(b"x" * 1000))
found("chunks-endless")
floods("chunks-of-one-byte", CHUNKED + chunks(REST), chunks(b"x"))
found("chunks-of-one-byte")
floods("chunk-extension-endless", CHUNKED + chunks(REST) + b"5;", b"x" * 1000)
found("chunk-extension-endless")
floods("chunk-extensions", CHUNKED + chunks(REST), b"1;%s\r\nx\r\n" % (b"x" * 4000))
found("chunk-extensions")
floods("trailers-endless", CHUNKED + chunks(REST) + b"0\r\n", b"X-Filler: and one more\r\n")
found("trailers-endless")
floods("trailer-of-one-endless-line", CHUNKED + chunks(REST) + b"0\r\nX: ", b"x" * 1000)
found("trailer-of-one-endless-line")
says("transfer-coding-unknown", HEAD + b"Transfer-Encoding: sausage\r\n\r\n" + REST)
floods("body-endless", HEAD + b"\r\n" + REST, b"x" * 1000)
found("body-endless")
floods("body-of-a-terabyte", HEAD + b"Content-Length: 1099511627776\r\n\r\n" + REST, b"x" * 1000)
found("body-of-a-terabyte")

# Connections.
says("two-answers", response(REST) + response(page("smuggled", "/smuggled")), keep=True)
found("two-answers")
says("answer-in-advance", response(REST) + b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", keep=True)
found("answer-in-advance")


@behaviour("reset-at-the-second")
def reset_at_the_second(peer):
    """The first time on a kept connection it breaks under the request."""
    if peer.hit == 0:
        peer.reset()
        return False
    peer.send(response(REST))
    return True


found("reset-at-the-second")


@behaviour("reset-in-the-head")
@behaviour("reset-always")
def reset_always(peer):
    if peer.name == "reset-in-the-head":
        peer.send(HEAD)
    peer.reset()


@behaviour("closes-at-once")
def closes_at_once(_):
    return False


@behaviour("says-nothing")
def says_nothing(peer):
    peer.stays()


@behaviour("one-byte-in-9-s")
def one_byte(peer):
    peer.send(HEAD + b"Content-Length: 100000\r\n\r\n")
    peer.drip(REST, 9)


@behaviour("slow-bytes")
def slow_bytes(peer):
    peer.send(HEAD + b"\r\n" + REST)
    peer.drip(b"", 0.1)


found("slow-bytes")


@behaviour("slow-head")
def slow_head(peer):
    peer.drip(HEAD + b"X: ", 0.3)


says("tls-alert", b"\x15\3\1\0\2\2\x28")
says("cookies", response(REST, fields=[f"Set-Cookie: {c}" for c in ("a=b; Path=/", "c=d; Max-Age=999999", "=", "x" * 9000)]), keep=True)
found("cookies")
says("alternatives", response(REST, fields=['Alt-Svc: h2="127.66.0.1:1", h3=":1"; ma=9', "Strict-Transport-Security: max-age=999999",
                                            "Link: </found>; rel=preload", "Content-Location: http://127.66.0.2/"]), keep=True)
found("alternatives")
says("refresh", response(page("refresh"), fields=["Refresh: 0; url=/found"]), keep=True)
found("refresh")
for name in ("tls-expired", "tls-wrong-name", "tls-self-signed"):
    BEHAVIOURS[name] = {}


@behaviour("tls-plain-inside", path="accept")
def plain_inside(connection):
    """After robots.txt, plain HTTP is all that is spoken."""
    connection.recv(1000)
    connection.sendall(response(REST))


@behaviour("tls-stands-still", path="accept")
def stands_still(connection):
    while connection.recv(1000):
        pass


# robots.txt.
says("robots-is-html", response(page("Not found", "/")), keep=True, path="/robots.txt")
says("robots-loops", response(b"", "302 Found", ["Location: /robots.txt"]), keep=True, path="/robots.txt")
says("robots-breaks-off", b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\nUser-agent: *\n", path="/robots.txt")


@behaviour("robots-endless", path="/robots.txt")
def robots_endless(peer):
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\nDisallow: /rest/2\n")
    peer.flood(b"# and so on\n")


@behaviour("robots-heads", path="/robots.txt")
def robots_heads(peer):
    peer.flood(b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 100)


@behaviour("robots-says-nothing", path="/robots.txt")
def robots_says_nothing(peer):
    peer.stays()
