"""Priorities inside a host: high URLs overtake, low ones keep their share, links inherit, and all of it survives kill -9.

Read from the server's log: one host, so its order of arrival is the order in which the program chose.
"""
import itertools
import json

import harness

HOST = "127.0.0.1"
TAKEN_AHEAD = 4  # at most, of a host with this delay: frontier.take_batch for a fast one
DELAY = 0.05


def queue(redis, name):
    """Length of a queue of the one host, whatever its partition: its head, and what is packed."""
    heads = redis.cli("--scan", "--pattern", f"decorum:{{p*}}:{name}:{HOST}").split()
    packed = redis.cli("--scan", "--pattern", "decorum:{p*}:cold").split()
    assert len(heads) <= 1 and len(packed) <= 1, (heads, packed)
    classes = redis.cli("HGET", packed[0], HOST).split() if packed else []
    return (int(redis.cli("LLEN", heads[0])) if heads else 0) + sum(
        int(c.split(":")[1]) for c in classes if c[0] == {"q-high": "h", "q": "n", "q-low": "l"}[name])


def filed(redis):
    """Path -> priority of every URL of the one host that is queued or in flight."""
    found = {}
    for name, priority in (("q-high", "high"), ("q", "normal"), ("q-low", "low")):
        for key in redis.cli("--scan", "--pattern", f"decorum:{{p*}}:{name}:{HOST}").split():
            found.update((line.split("\t")[0].rsplit("/")[-1], priority) for line in redis.cli("LRANGE", key, 0, -1).splitlines())
    for key in redis.cli("--scan", "--pattern", "decorum:{p*}:flight").split():
        for url, rest in redis.hash(key).items():
            last = rest.split("\t")[-1]
            found[url.rsplit("/")[-1]] = last if last in ("high", "low") else "normal"
    return found


def running(bench, *settings):
    """A site on which the only links are those of its root, a Redis, and a daemon."""
    site, redis = bench.moody_site(pages=1), bench.redis()
    serve = bench.serve(redis.url, f"politeness.delay={DELAY}s", "fetch.max_in_flight=8", *settings)
    serve.wait_ready(20 * bench.patience)
    return site, redis, serve


def push(site, redis, priority, numbers):
    """Seeds named after their priority, in this order; "normal" as plain URLs."""
    urls = [site.url(path=f"/{priority}-{n}") for n in numbers]
    entries = urls if priority == "normal" else [json.dumps({"url": u, "priority": priority}) for u in urls]
    redis.cli("LPUSH", "decorum:seeds", *entries)


def kinds(site):
    """"high", "normal", "low" of the pages in the order of their arrival."""
    return [r.path[1:].split("-")[0] for r in sorted(site.pages())]


def settled(serve):
    status = serve.status()
    assert status["violations"] == 0 and status["books_imbalance"] == 0, status
    return status


def test_high_ones_overtake_what_is_queued(bench):
    site, redis, serve = running(bench)
    push(site, redis, "normal", range(300))
    harness.wait_until(lambda: len(site.pages()) >= 10, 20 * bench.patience, "the crawl is under way")
    push(site, redis, "high", range(20))
    harness.wait_until(lambda: queue(redis, "q-high"), 5 * bench.patience, "the high ones are filed")
    before = len(site.pages())
    harness.wait_until(lambda: kinds(site).count("high") == 20, 20 * bench.patience, "the high ones are fetched")
    order = kinds(site)[before:]
    normals = order[:len(order) - order[::-1].index("high")].count("normal")
    print(f"{normals} normal ones until the 20th high one; 6 of 8 turns are theirs while no low one waits")
    assert normals <= 8 + TAKEN_AHEAD
    highs = [r.path for r in sorted(site.pages()) if r.path.startswith("/high-")]
    assert highs == [f"/high-{n}" for n in range(20)], "in their own order"
    assert order[:TAKEN_AHEAD + 3].count("high") >= 1, "the first waits for what was taken ahead, and no longer"
    settled(serve)


def test_low_ones_are_served_while_high_ones_keep_coming(bench):
    site, redis, serve = running(bench)
    numbers = itertools.count()
    push(site, redis, "low", range(8))
    push(site, redis, "normal", range(16))

    def low_ones_done():
        if queue(redis, "q-high") < 10:
            push(site, redis, "high", itertools.islice(numbers, 20))
        return kinds(site).count("low") == 8 and kinds(site).count("normal") == 16
    harness.wait_until(low_ones_done, 60 * bench.patience, "the lower ones are fetched")
    assert queue(redis, "q-high") > 0, "high ones were there all the time"
    order = kinds(site)
    first = order.index("high")
    for kind, apart in (("low", 8), ("normal", 5)):  # the widest gaps of the cycle of 8 turns
        places = [i for i, k in enumerate(order) if k == kind and i >= first]
        longest = max(b - a for a, b in zip([first, *places], places))
        print(f"{kind}: {len(places)} beside high ones, at most {longest} requests apart")
        assert longest <= apart
    settled(serve)


def test_priorities_survive_kill_9_and_what_was_in_flight_keeps_its_own(bench):
    site, redis, serve = running(bench)
    for priority, count in (("low", 20), ("normal", 60), ("high", 60)):
        push(site, redis, priority, range(count))
    harness.wait_until(lambda: len(site.pages()) >= 12, 20 * bench.patience, "the crawl is under way")
    serve.kill()
    known = len(site.pages())
    assert min(queue(redis, name) for name in ("q-high", "q", "q-low")) > 5, "all kinds are still queued"

    again = bench.serve(redis.url, f"politeness.delay={DELAY}s", "fetch.max_in_flight=8")
    harness.wait_until(lambda: len(site.pages()) >= known + 18, 30 * bench.patience, "it goes on")
    order = kinds(site)[known:known + 16]
    print("after the kill:", " ".join(order))
    assert {kind: order.count(kind) for kind in ("high", "normal", "low")} == {"high": 10, "normal": 4, "low": 2}
    again.wait_idle(60 * bench.patience)
    paths = {r.path for r in site.pages()}
    assert len(paths) == 140, "nothing is missing"
    assert len(site.pages()) - 140 <= 8, "and only what was started and not settled is repeated: it held a permit"
    settled(again)
    left = redis.cli("--scan", "--pattern", "decorum:*").split()
    assert not [key for key in left if ":q" in key or ":turns" in key or ":cold" in key], "nothing is left behind"


def test_links_and_redirects_inherit_the_priority(bench):
    for priority, own, others in (("high", "q-high", ("q", "q-low")), ("low", "q-low", ("q", "q-high"))):
        web, redis = bench.web(hosts=1, pages=30, redirects=30), bench.redis(folder=f"redis-{priority}")
        serve = bench.serve(redis.url, f"politeness.delay={DELAY}s", data=f"data-{priority}")
        serve.wait_ready(20 * bench.patience)
        host = web.seeds[0].split("/")[2].split(":")[0]
        pattern = "decorum:{p*}:%s:" + host
        redis.cli("LPUSH", "decorum:seeds", json.dumps({"url": web.url(0), "priority": priority}))
        deepest = 0

        def done():
            nonlocal deepest
            assert [redis.cli("--scan", "--pattern", pattern % name) for name in others] == ["", ""]
            keys = redis.cli("--scan", "--pattern", pattern % own).split()
            deepest = max([deepest, *(int(redis.cli("LLEN", key)) for key in keys)])
            books = serve.status()["books"]
            return books["done"] >= len(web.urls) and not any(books[k] for k in ("queued", "in_flight", "waiting"))
        harness.wait_until(done, 40 * bench.patience, "the site is done")
        assert {r.url for r in web.pages()} >= web.urls
        assert deepest > 3, "links were seen in the queue"
        moved = [r for r in web.pages() if r.path.startswith("/go/")]
        print(f"{priority}: {deepest} URLs queued at most, {len(moved)} redirects")
        assert moved, "redirects were among them"
        settled(serve)


def test_the_command_line_and_the_admin_endpoint_give_priorities(bench):
    site, redis = bench.moody_site(pages=1), bench.redis()
    seeds = bench.tmp / "seeds.txt"
    seeds.write_text(f"{site.url(path='/b')}\n" + json.dumps({"url": site.url(path="/c"), "priority": "low"}) + "\n")
    told = ("--set", f"redis.url={redis.url}")
    assert bench.run("seed", "--priority", "high", site.url(path="/a"), "--file", seeds, *told).wait(10) == 0
    entries = [json.loads(line) for line in redis.cli("LRANGE", "decorum:seeds", 0, -1).splitlines()]
    assert {e["url"].rsplit("/")[-1]: e["priority"] for e in entries} == {"a": "high", "b": "high", "c": "low"}
    wrong = bench.run("seed", "--priority", "urgent", site.url(), *told)
    assert wrong.wait(10) == 2 and "priority" in wrong.err()

    serve = bench.serve(redis.url, "politeness.delay=10s")
    serve.wait_ready(20 * bench.patience)
    body = json.dumps([{"url": site.url(path=f"/{p}-1"), "priority": p} for p in ("high", "normal", "low")])
    assert serve.http("/api/v1/seeds", body=body, headers={"Content-Type": "application/json"})[0] == 202
    harness.wait_until(lambda: serve.status()["seeds"]["accepted"] == 6, 10 * bench.patience, "all are taken in")
    serve.kill()
    assert filed(redis) == {"a": "high", "b": "high", "c": "low", "high-1": "high", "normal-1": "normal", "low-1": "low"}


harness.main(globals())
