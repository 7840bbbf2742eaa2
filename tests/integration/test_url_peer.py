"""Made-up URLs, by us and by whatwg-url (npm): docs/differential.md tells what differs and why.

DECORUM_URLS=N makes up N of them, DECORUM_URLS_FROM=SEED from this seed on.
"""
import collections
import json
import os
import subprocess

import harness
import npm
import random_urls

PACKAGES = ("whatwg-url@14.2.0",)
URLS = 10_000
AT_ONCE = 20_000
SHOWN = 20
EXPLAINED = {"scheme", "base", "unknown", "long", "bidi"}  # docs/differential.md


def count():
    return int(os.environ.get("DECORUM_URLS", URLS))


def batches():
    """Each seed with its URL and base."""
    first = int(os.environ.get("DECORUM_URLS_FROM", 0))
    for begin in range(first, first + count(), AT_ONCE):
        yield [(seed, *random_urls.pair(seed)) for seed in range(begin, min(begin + AT_ONCE, first + count()))]


def answers(bench, requests, *argv):
    """What this program says to each request."""
    text = b"".join(json.dumps(request).encode() + b"\n" for request in requests)
    done = subprocess.run([str(word) for word in argv], input=text, stdout=subprocess.PIPE, timeout=120 * bench.patience)
    assert done.returncode == 0, f"{argv[0]} ended with {done.returncode}"
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(requests), f"{len(found)} answers to {len(requests)} requests"
    return found


def ours(bench, mode, urls):
    """Our reading of each (URL, base), None for a failure."""
    requests = [{"id": 0, "url": url, "base": base, "mode": mode} for url, base in urls]
    found = answers(bench, requests, bench.decorum, "eval", "url")
    assert not any("error" in answer for answer in found)
    return [answer["url"] for answer in found]


def compared(bench, batches_asked):
    """Prints what was read, and fails where we and whatwg-url differ unexplained over a (name, URL, base)."""
    oracle = ("node", bench.source / "tests/support/url_oracle.mjs", npm.installed(bench, "whatwg-url", *PACKAGES))
    different, kinds, explained = [], collections.Counter(), collections.Counter()
    for batch in batches_asked:
        theirs = answers(bench, [{"url": url, "base": base} for _, url, base in batch], *oracle)
        for (name, url, base), one, other in zip(batch, ours(bench, "whatwg", [asked[1:] for asked in batch]), theirs):
            kinds["failures" if other["url"] is None else other["url"].split(":")[0]] += 1
            explained["old"] += other["old"]
            if one is None and other["long"] and other["ours"] is not None:
                other |= {"ours": None, "why": "long"}
            if other["url"] != other["ours"] and other["why"] in EXPLAINED:
                explained[other["why"]] += 1
                other["url"] = other["ours"]
            if one != other["url"]:
                different.append(f"{name}: {json.dumps([url, base])}\n  {one!r} by us\n  {other!r} by whatwg-url")
    print(f"{sum(kinds.values())} URLs: {dict(kinds.most_common(6))}\nexplained: {dict(explained)}")
    assert not different, f"{len(different)} differences:\n" + "\n".join(different[:SHOWN])


def test_urls_are_those_of_whatwg_url(bench):
    compared(bench, batches())


def test_hosts_take_the_code_points_that_whatwg_url_takes(bench):
    """Each 16th with the suite, each one with the long run, among letters of either direction."""
    step = max(1, 16 * URLS // count())
    points = [chr(point) for point in range(0, 0x32400, step) if not 0xd800 <= point < 0xe000]
    compared(bench, ([(f"U+{ord(point):04X}", f"http://{around}{point}{around}/", None) for point in points]
                     for around in "a\u05d0"))


def test_the_normal_form_depends_on_the_href_alone_and_stays(bench):
    different, forms = [], set()
    for batch in batches():
        pairs = [(url, base) for _, url, base in batch]
        read = zip(batch, ours(bench, "whatwg", pairs), ours(bench, "crawl", pairs))
        read = [(seed, href, form) for (seed, _, _), href, form in read if href is not None or form is not None]
        hrefs, normal = [(href or "", None) for _, href, _ in read], [(form or "", None) for _, _, form in read]
        again = zip(read, ours(bench, "whatwg", hrefs), ours(bench, "crawl", hrefs), ours(bench, "whatwg", normal),
                    ours(bench, "crawl", normal))
        for (seed, href, form), href_again, of_href, form_as_href, form_again in again:
            if href_again != href or not form == of_href == form_as_href == form_again:
                different.append(f"{seed}: {href!r} {href_again!r} and {form!r} {of_href!r} {form_as_href!r} {form_again!r}")
        forms.update(form for _, _, form in read)
    print(f"{len(forms)} normal forms")
    assert forms and not different, f"{len(different)} differences:\n" + "\n".join(different[:SHOWN])


harness.main(globals())
