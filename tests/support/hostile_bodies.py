"""What the hostile site's bodies are: content codings, bombs, and contents that are not what their type says."""
import ctypes
import functools
import zlib

from hostile_answers import HEAD, REST, found, says
from hostile_site import PREPARED, behaviour, page, response

BOMB = 64 << 20  # bytes when unpacked
START = REST + b"<p>"


def gzip(data):
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def deflate(data):
    return zlib.compress(data, 9)


def brotli(data):
    library = ctypes.CDLL("libbrotlienc.so.1")
    out = ctypes.create_string_buffer(len(data) // 100 + 1024)
    size = ctypes.c_size_t(len(out))
    done = library.BrotliEncoderCompress(5, 22, 0, ctypes.c_size_t(len(data)), data, ctypes.byref(size), out)
    assert done == 1
    return out.raw[:size.value]


def zstd(data, repeat=b"x", times=0):
    """RFC 8878 by hand: raw blocks for `data`, then blocks that say one byte 128 KiB times."""
    frame = b"\x28\xb5\x2f\xfd" + bytes([0, (17 - 10) << 3])  # no size, window of 128 KiB
    for at in range(0, len(data), 100_000):
        block = data[at:at + 100_000]
        frame += (len(block) << 3).to_bytes(3, "little") + block
    frame += (((128 << 10) << 3 | 1 << 1).to_bytes(3, "little") + repeat) * times
    return frame + b"\1\0\0"  # the last one, empty


def coded(name, coding, body, content_type="text/html", path="/odd"):
    """`body`, or what it returns when it is first asked for."""
    made = functools.cache(body if callable(body) else lambda: body)
    PREPARED.append(made)

    @behaviour(name, path)
    def answer(peer):
        peer.send(response(made(), fields=[f"Content-Encoding: {coding}"] if coding else [], content_type=content_type))
        return True
    if path == "/odd":
        found(name)


def filler(start, byte=b"x", size=BOMB):
    return start + byte * size


RULES = b"User-agent: *\nDisallow: /rest/2\n"
@functools.cache
def packed_filler():
    return gzip(filler(START))


coded("bomb-gzip", "gzip", packed_filler)
coded("bomb-deflate", "deflate", lambda: deflate(filler(START)))
coded("bomb-br", "br", lambda: brotli(filler(START)))
coded("bomb-zstd", "zstd", lambda: zstd(START, times=BOMB >> 17))
coded("bomb-gzip-twice", "gzip, gzip", lambda: gzip(packed_filler()))
coded("robots-bomb-gzip", "gzip", lambda: gzip(filler(RULES, b"#")), "text/plain", "/robots.txt")
coded("robots-bomb-zstd", "zstd", lambda: zstd(RULES, b"#", BOMB >> 17), "text/plain", "/robots.txt")


def names_sitemap(name):
    """Its robots.txt names /sitemap.xml."""
    @behaviour(name, "/robots.txt")
    def answer(peer):
        address, port = peer.connection.getsockname()
        peer.send(response(b"User-agent: *\nSitemap: http://%s:%d/sitemap.xml\n" % (address.encode(), port), content_type="text/plain"))
        return True


def sitemap(name, coding, body, content_type="application/xml"):
    coded(name, coding, body, content_type, "/sitemap.xml")
    names_sitemap(name)


LAUGHS = b"<!DOCTYPE urlset [<!ENTITY a0 'ha'>" + b"".join(
    b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)) + b"]><urlset><url><loc>/&a11;</loc></url></urlset>"
FILE = b"<!DOCTYPE urlset [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>/&f;</loc></url></urlset>"
sitemap("sitemap-bomb", "", lambda: gzip(b"<urlset>" + b"<url/>" * (BOMB // 6)), "application/gzip")
sitemap("sitemap-bomb-coded", "gzip", lambda: gzip(filler(b"<urlset>")))
sitemap("sitemap-bomb-in-a-bomb", "gzip", lambda: gzip(packed_filler()))
sitemap("sitemap-laughs", "", LAUGHS)
sitemap("sitemap-reads-a-file", "", FILE)
sitemap("sitemap-is-html", "", page("no sitemap", "/nothing"), "text/html")
sitemap("sitemap-deep", "", b"<a>" * 500_000)


@behaviour("sitemap-endless", "/sitemap.xml")
def sitemap_endless(peer):
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<urlset>")
    peer.flood(b"<url><loc>")


names_sitemap("sitemap-endless")


@behaviour("bomb-transfer")
def bomb_transfer(peer):
    bomb = packed_filler()
    peer.send(HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(bomb), bomb))
    return True


found("bomb-transfer")


coded("coded-gzip", "gzip", gzip(REST))
coded("coded-x-gzip", "X-GZip", gzip(REST))
coded("coded-deflate", "deflate", deflate(REST))
coded("coded-deflate-bare", "deflate", deflate(REST)[2:-4])
coded("coded-br", "br", lambda: brotli(REST))
coded("coded-zstd", "zstd", zstd(REST))
coded("coded-three-times", "br, gzip , deflate", lambda: deflate(gzip(brotli(REST))))
coded("coded-six-times", ", ".join(["gzip"] * 6), gzip(gzip(gzip(gzip(gzip(gzip(REST)))))))
coded("coded-by-nobody-knows", "sausage", REST)
coded("coded-not-at-all", "gzip", REST)
coded("coded-otherwise", "br", gzip(REST))
coded("coded-unsaid", "", gzip(REST))
coded("coded-cut", "gzip", gzip(REST + bytes(range(256)) * 400)[:-30])
coded("coded-empty", "gzip", b"")

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
coded("type-image-is-html", "", REST, "image/png")
coded("type-html-is-image", "", PNG)
coded("type-none", "", REST, None)
coded("type-nonsense", "", REST, ";;;=/\"")
coded("type-none-and-image", "", PNG, None)
coded("type-html-is-junk", "", bytes((n * 7919 >> 3) & 255 for n in range(200_000)))
coded("type-html-is-empty", "", b"")
coded("type-charset-nonsense", "", REST, "text/html; charset=\"nothing-known")
coded("type-twice", "", REST, "text/html\r\nContent-Type: image/png")


@behaviour("body-changes-its-length")
def changes(peer):
    body = page("odd", *["/rest/1"] * (peer.hit + 1))
    peer.send(HEAD + b"Content-Length: %d\r\n\r\n" % (len(body) + 1000) + body)
