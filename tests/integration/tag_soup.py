"""Made-up pages of mixed-up tags, from a seed: valid now and then, nested in every wrong way."""
import random

TAGS = """a a a a area img image div p span b i em font table tr td th tbody caption colgroup col ul li dl dt dd h1 pre form
input button option object embed video audio source track picture iframe noscript svg svg math g use foreignObject desc title mi mo
annotation-xml style script textarea base link meta head body html br hr section article label nobr applet marquee center details
template frame address ruby rt rp s strike big main xmp noembed""".split()
URLS = ["x", "/y?a=1&amp;b=2", "../z#f", "http://o.example/", " q ", "?&copy=1&notin;&#x41;", "#top", "", "data:,x", "mailto:a@b",
        "ä?ö", "a b", "//h", "x\ny", "&hearts", "c:d", "./x", "%7e", "{}"]
SETS = ["x 1x, y 2x", "a,b", "a 1x 2x, c", "w 100w,v 200w 3h", ", ,"]
STYLES = ["background:url(s1)", "a:url('s2');b:URL( s3 )", "color:red", "a:url( s\\34 )", "url(a b)", "image-set('s5' 1x)"]
SHEETS = ["@import 's6';a{b:url(s7)}", "a{b:url(\"s8\")}/* url(no) */", "<!-- @import url(s9); -->", "a>b{c:url(#id)}"]
RELS = ["stylesheet", "icon", "next", "canonical", "alternate", "nofollow", "alternate stylesheet", "preload", "x"]
TEXTS = ["text", " ", "\n", "a < b", "&amp;", "&#32;", "<!-- c -->", "<![CDATA[<a href=cd>]]>", "<!x>", "</>", "<?php ?>", "&lt;a", ">"]
RAW = {"script": ["1<2", "<!--<script>", "'<a href=no>'"], "style": SHEETS, "textarea": ["<a href=no>"], "title": ["T &amp; t"],
       "xmp": ["<a href=no>"], "noembed": ["<img src=no>"], "iframe": ["<a href=no>"]}


def _attributes(dice, tag):
    wanted = {"a": ["href", "rel"], "area": ["href"], "base": ["href"], "link": ["rel", "href", "imagesrcset"], "form": ["action"],
              "img": ["src", "srcset"], "image": ["src", "href", "xlink:href"], "source": ["src", "srcset"],
              "video": ["src", "poster"], "object": ["data"], "use": ["href", "xlink:href"], "table": ["background"],
              "td": ["background"], "body": ["background"], "meta": ["name", "content"]}.get(tag, ["src"])
    for name in wanted + ["style", "class"]:
        if dice.random() < (0.7 if name in wanted else 0.15):
            yield name, dice.choice({"rel": RELS, "srcset": SETS, "imagesrcset": SETS, "style": STYLES, "name": ["robots", "x"],
                                     "content": ["nofollow", "noindex"]}.get(name, URLS))
    if tag == "input":
        yield "type", dice.choice(["image", "hidden", "text"])
    if tag == "annotation-xml":
        yield "encoding", dice.choice(["text/html", "x"])


def _start(dice, tag):
    out = "<" + (tag.upper() if dice.random() < 0.1 else tag)
    for name, value in _attributes(dice, tag):
        quote = dice.choice("\"\"'") if "'" not in value else '"'
        out += f" {name}={quote}{value.replace(quote, '')}{quote}"
    return out + dice.choice([">", ">", ">", ">", " >", "/>"])


def page(seed, without=()):
    dice = random.Random(seed)
    tags = [tag for tag in TAGS if tag not in without]
    some = dice.sample(tags, dice.randint(3, 14)) + ["a", "img"]
    out, opened = [dice.choice(["", "<!DOCTYPE html>", "<html><head>"])], []
    for _ in range(dice.randint(3, 40)):
        what = dice.random()
        if what < 0.5:
            tag = dice.choice(some)
            out.append(_start(dice, tag))
            opened.append(tag)
            if tag in RAW and dice.random() < 0.9:
                out.append(dice.choice(RAW[tag]) + f"</{tag}>")
        elif what < 0.75 and opened:
            out.append(f"</{opened.pop() if dice.random() < 0.7 else dice.choice(opened)}>")
        else:
            out.append(dice.choice(TEXTS))
    return "".join(out)
