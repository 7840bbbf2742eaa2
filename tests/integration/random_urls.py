"""Made-up URLs and bases, from a seed: parts of every kind put together by the grammar, then bent out of shape."""
import random

SCHEMES = ["http", "https"] * 15 + "HTTP hTTps HTTPS ftp file file ws wss data mailto javascript about blob x x-y+z.1 1x".split()
SLASHES = ["//", "//", "//", "//", "//", "/", "", "///", "\\\\", "/\\", "\\/", "\\", "////", "/\t/", "//\n"]
NAMES = """example.org EXAMPLE.com a b.c localhost h.example. h.example.. .h .. . a..b a_b -a- ab--c x-.y *.z a!b a'b a(b)c a;b=c
h&i $ + ~ a,b {a} "a" a`b xn--tda xn--a XN--Tda xn-- xn--zca.de xn--a.b xn--n3h xn--pokxncvks a.xn--ls8h=b""".split()
NUMBERS = """0 1 7 8 9 10 127 192 255 256 257 65535 65536 16777215 16777216 4294967295 4294967296 99999999999999999999999 0x 0X 0x0 0xff
0XFF 0x100 0xffffffff 0x100000000 00 01 07 08 010 0377 0400 0x7f 0xg 037777777777 040000000000 1e1 -1 +1 1a""".split()
GROUPS = "0 0 0 0 1 00 000 0000 00000 f F ffff FFFF 10000 abcd aBc g 1.2.3.4 255.255.255.255 1.2.3 01.2.3.4 256.1.1.1".split()
CREDENTIALS = ["u@", "u:p@", ":@", "@", ":p@", "u:@", "u:p:q@", "u@v@", "ü:ß@", "%40:%3a@", "a b:c@", "u/@", "u\\p@", "u?@",
               "[::1]@", "%@", "%zz@", "'\"<>`^|{}@", "\x00\x7f@", "\U0001f4a9@", "u;=:,&$@"]
PORTS = [":", ":0", ":00", ":1", ":21", ":80", ":443", ":080", ":0000443", ":8080", ":65535", ":65536", ":99999999999", ":-1",
         ":+1", ":8a", ": 80", ":80 ", ":8\t0", ":８０", "::80", ":80:81", ":%38", ":0x50"]
SEGMENTS = [".", "..", "...", "%2e", "%2E", "%2e%2e", ".%2e", "%2E.", "%2e%2e%2e", "%2", "%", "%zz", "%00", "%7e", "%7E", "%41",
            "%c3%bc", "%C3", "a", "b.html", "A", "", "", "~u", "a;b", "a:b", "C:", "C|", "c|d", "@", " ", "a b", "ü", "\u212b", "'",
            "\"", "<", ">", "`", "^", "{}", "|", "[", "]", "\t", "\n", "\r", "\x00", "\x1f", "\x7f", "\x80", "\u2028", "\ufffd",
            "\ufeff", "\uffff", "*", "+", "&=", ",", "$", "!", "(", ")", "%25", "%2f", "%5C", "%3f", "%23", "%2e ", "..\t", ".\n.",
            "http:", "//", "\\", "\U0001f600"]
# Beginnings and ends of scripts, pairs that compose, and everything that a name's rules speak of.
LETTERS = ["ü", "Ü", "u\u0308", "ß", "ẞ", "ς", "Σ", "é", "ı", "İ", "ǆ", "ŉ", "ſ", "ﬁ", "ﬀ", "я", "Я", "ж", "α", "Ω", "ᾳ", "\u0345",
           "ա", "ა", "Ა", "Ꭰ", "ꭰ", "א", "ש", "ﬡ", "ا", "ب", "ﷺ", "ی", "٣", "۳", "ހ", "ߊ", "ܐ", "अ", "क", "\u094d", "क\u093c", "ก",
           "ก\u0e33", "ལ", "က", "ក", "ᄀ", "가", "각", "ㅏ", "あ", "ア", "ｱ", "カ\u3099", "が", "・", "ー", "一", "丿", "豈", "中", "国", "𠮷", "𐐀",
           "𐐨", "𝒜", "𝟎", "①", "⒈", "㈱", "㎏", "℃", "™", "½", "²", "Ａ", "％", "／", "．", "。", "｡", "・", "·", "l·l", "ʼ", "\u02b9",
           "\u0374", "״", "\u200c", "\u200d", "क\u094d\u200d", "क\u094d\u200c", "ب\u200cب", "\u00ad", "\u200b", "\u2060", "\ufe0f",
           "\ufeff", "\u034f", "\u115f", "\u180b", "\u3164", "\u0301", "\u0338", "\u20dd", "\u0903", "\u202e", "\u200e", "\u2028",
           "\u00a0", "\u3000", "\ufffd", "\ufffc", "\ue000", "\u0378", "\U000e0001", "\u2ff0", "☃", "❤", "♥", "€", "£", "©", "†",
           "…", "—", "‽", "、", "「", "→", "√", "≠", "≮", "💩", "😀", "👩\u200d💻", "🇩🇪", "🫠", "🪿", "𝄞", "؟", "٪", "৳", "๛", "༄", "۩",
           "ᛮ", "Ⅷ", "ⅷ", "ↄ", "Ↄ", "ⓐ"]
ASCII = "abcxyzABCXYZ0123456789-_"
HOST_ESCAPES = ["%41", "%61", "%2e", "%2E", "%C3%BC", "%c3%9f", "%e2%98%83", "%ad", "%C2%AD", "%00", "%20", "%25", "%2f", "%3a",
                "%40", "%", "%4", "%zz", "%EF%BC%8E", "%e3%80%82", "%ff", "%80", "%5b", "%30%78", "%7f"]
WHOLE = ["", " ", "#", "?", "/", ".", "..", "//", "\\", "?#", "#?", "//h", "/\\h", "http:", "https:", "http:a", "http:/a",
         "https:?q", "HTTP:#f", "ftp:a", "file:", "file:a", "file:///C|/x/..", "file:/C:", "C|/x", "mailto:a@b", "data:,x",
         "about:blank", "javascript:1", "x:y", ":", ":a", "::", "1:", "-:", "a:80", "http://", "http:///", "http://?", "http://#",
         "http://@", "http://:80", "http://u@", "http://a:b@:80", "http://[", "http://[]", "http://]", "http://[::1]x",
         "http://[::1%eth0]", "blob:http://h/x", "view-source:http://h/"]
BASES = ["http://h.example/", "http://h.example/d/p?q#f", "https://u:p@h.example:8443/a/b/../c;d?q", "http://h.example",
         "HTTP://H.example:80/x/y", "http://1.2.3.4/a//b/", "http://[1:2::3]:81/d/", "https://xn--tda/", "file:///d/p",
         "file:///C:/d/p", "file://host/share/x", "ftp://h.example/d/p", "about:blank", "data:text/html,x", "mailto:a@b",
         "x://h/d/p?q", "x:/d/p", "blob:http://h/x", "ws://h.example/d", "http://"]
CONTROLS = ["\t", "\n", "\r", " ", "\x00", "\x01", "\x1f", "\x7f", "\u00a0", "\u3000", "\ufeff"]


def _point(dice):
    """Any code point; a surrogate stands for what it would be replaced with."""
    most = dice.choice([0x80, 0x100, 0x800, 0x3000, 0x10000, 0x20000, 0x110000])
    point = dice.randrange(most)
    return "\ufffd" if 0xd800 <= point < 0xe000 else chr(point)


def _times(dice, most, make):
    return [make(dice) for _ in range(dice.randint(0, most))]


def _ipv4(dice):
    parts = [dice.choice(NUMBERS) for _ in range(dice.choice([1, 2, 3, 4, 4, 4, 5]))]
    return ".".join(parts) + dice.choice(["", "", "", ".", "..", ".a", "x"])


def _ipv6(dice):
    if dice.random() < 0.6:  # sound, or nearly so
        groups = [f"{dice.choice([0, 0, 0, dice.randrange(0x10000)]):x}" for _ in range(8)]
        if dice.random() < 0.3:
            groups[6:] = [".".join(str(dice.choice([0, 1, 10, 255, 255, 256])) for _ in range(4))]
        if dice.random() < 0.7:
            start = dice.randint(0, len(groups))
            groups[start:dice.randint(start, len(groups))] = [""]
        text = ":".join(groups)
        if text.startswith(":") or text.endswith(":"):
            text = dice.choice([text, ":" + text, text + ":"])
    else:
        text = dice.choice([":", "::", ""]).join([dice.choice(GROUPS) for _ in range(dice.randint(0, 9))])
        text = dice.choice(["", "", "::", ":"]) + text + dice.choice(["", "", "::", ":", "%25eth0", "%1", "."])
    return "[" + text + dice.choice(["]"] * 12 + ["", "]]", "].", "]a"])


def _label(dice):
    kind = dice.random()
    if kind < 0.15:
        return dice.choice(NAMES + NUMBERS)
    letters = dice.sample(LETTERS, dice.randint(1, 4)) if kind < 0.75 else [_point(dice) for _ in range(dice.randint(1, 3))]
    most = 70 if dice.random() < 0.02 else 6
    text = "".join(dice.choice(letters if dice.random() < 0.6 else ASCII) for _ in range(dice.randint(1, most)))
    if dice.random() < 0.08:
        text = "xn--" + text.lower().encode("punycode").decode()
    return text


def _host(dice):
    kind = dice.random()
    if kind < 0.3:
        return dice.choice(NAMES)
    if kind < 0.42:
        return _ipv4(dice)
    if kind < 0.54:
        return _ipv6(dice)
    if kind < 0.58:
        return dice.choice("aü").join([dice.choice(NAMES + LETTERS) + dice.choice(HOST_ESCAPES), dice.choice(HOST_ESCAPES + [""])])
    if kind < 0.6:
        return (dice.choice(ASCII) * dice.choice([62, 63, 64, 260])) + dice.choice(["", ".org", ".ü"])
    return dice.choice([".", ".", ".", ".", "。", "%2e"]).join([_label(dice) for _ in range(dice.choice([1, 1, 2, 2, 3]))])


def _path(dice):
    parts = []
    for _ in range(dice.choice([0, 1, 1, 2, 3, 5, 9])):
        parts.append(dice.choice(["/", "/", "/", "/", "\\", "//", ""]))
        parts.append(dice.choice(SEGMENTS) if dice.random() < 0.9 else _point(dice))
    return "".join(parts)


def _text(dice):
    return "".join(dice.choice(SEGMENTS) if dice.random() < 0.5 else _point(dice) for _ in range(dice.randint(0, 6)))


def _query_and_fragment(dice):
    query = "?" + _text(dice) if dice.random() < 0.4 else ""
    return query + ("#" + _text(dice) if dice.random() < 0.3 else "")


def _absolute(dice):
    authority = _host(dice)
    if dice.random() < 0.2:
        authority = dice.choice(CREDENTIALS) + authority
    if dice.random() < 0.25:
        authority += dice.choice(PORTS)
    return dice.choice(SCHEMES) + dice.choice([":"] * 30 + ["", " :", ":\t", "::"]) + dice.choice(SLASHES) + authority + _path(dice)


def _relative(dice):
    kind = dice.random()
    if kind < 0.15:
        return dice.choice(WHOLE)
    if kind < 0.35:
        return dice.choice(["//", "\\\\", "/\\", "///"]) + _host(dice) + _path(dice)
    if kind < 0.45:
        return dice.choice(SCHEMES) + ":" + _path(dice)
    return dice.choice(["", "/", ".", "..", "\\", "a"]) + _path(dice)


def _bent(dice, text):
    """`text` with a few characters put in, taken out, doubled or swapped."""
    for _ in range(dice.choice([1, 1, 2, 4])):
        at = dice.randint(0, len(text))
        kind = dice.randrange(4)
        if kind == 0:
            text = text[:at] + dice.choice([dice.choice(CONTROLS), dice.choice(":/?#[]@\\.%-"), _point(dice)]) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + 1:]
        elif kind == 2:
            text = text[:at] + text[at:at + 3] + text[at:]
        else:
            text = text[:at] + text[at + 1:at + 2] + text[at:at + 1] + text[at + 2:]
    return text


def pair(seed):
    """A URL and its base, or None in its place."""
    dice = random.Random(seed)
    relative = dice.random() < 0.4
    url = (_relative if relative else _absolute)(dice) + _query_and_fragment(dice)
    base = None
    if relative and dice.random() < 0.95 or dice.random() < 0.1:
        base = dice.choice(BASES) if dice.random() < 0.6 else _absolute(dice) + _query_and_fragment(dice)
    if dice.random() < 0.15:
        url = _bent(dice, url)
    if base is not None and dice.random() < 0.05:
        base = _bent(dice, base)
    if dice.random() < 0.05:
        url = "".join(_times(dice, 2, lambda d: d.choice(CONTROLS))) + url + "".join(_times(dice, 2, lambda d: d.choice(CONTROLS)))
    return url, base
