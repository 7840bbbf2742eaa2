"""Bad seeds: each is refused with its reason, and nothing else is disturbed; a million at once are taken in at their pace."""
import json
import socket
import time

import harness

SETTINGS = ("politeness.delay=0.05s", "frontier.lease_ttl=2s", "workers.threads=1")
SEEDS, REJECTED = "decorum:seeds", "decorum:seeds:rejected"
BURST = 1_000_000


def words(*command):
    """A command as Redis reads it: any bytes go."""
    parts = [b"*%d\r\n" % len(command)]
    for word in command:
        word = word if isinstance(word, bytes) else word.encode()
        parts += [b"$%d\r\n" % len(word), word, b"\r\n"]
    return b"".join(parts)


def raw(redis, command):
    with socket.create_connection(("127.0.0.1", redis.port), timeout=60) as connection:
        connection.sendall(command)
        return connection.recv(65536)


def rejections(redis):
    """Entry, as far as it is kept, and reason."""
    rows = [json.loads(line) for line in redis.cli("LRANGE", REJECTED, 0, -1).splitlines()]
    return [(row["entry"], row["reason"]) for row in rows]


def test_each_bad_entry_has_its_reason_and_good_ones_go_on(bench):
    web, redis = bench.web(hosts=2, pages=5), bench.redis()
    serve = bench.serve(redis.url, *SETTINGS)
    serve.wait_ready(20 * bench.patience)
    good, long_path = web.url(0), "a" * 65_000
    bad = [
        (b"", "bad_url"), (b" \t ", "bad_url"), (b"no url", "bad_url"), (b"example.org/x", "did you mean https://"),
        (b"http://", "bad_url"), (b"http://[::1", "bad_url"), (b"http://a b/", "bad_url"), (b"ftp://example.org/", "scheme"),
        (b"javascript:alert(1)", "scheme"), (b"data:text/html,x", "scheme"), (b"http://127.0.0.1:99999/", "bad_url"),
        (b"http://127.0.0.1/\x00", "control characters"), (b"http://127.0.0.1/\x1b[31m", "control characters"),
        (b"http://127.0.0.1/\nHost: x", "control characters"), (b"\xff\xfe\xfd", "bad_url"),
        (b"http://127.0.0.1/" + b"b" * 65_536, "longer than 64 KiB"), (b"x" * 5_000_000, "longer than 64 KiB"),
        (b"{", "not valid JSON"), (b"{}", "url is missing"), (b'{"url":7}', "no string"), (b'{"url":null}', "no string"),
        (b'{"url":["http://127.0.0.1/"]}', "no string"), (b"{\"url\":\"\xff\"}", "not valid JSON"),
        (b'{"url":"http://127.0.0.1/\\u0000"}', "control characters"), (b'{"a":' * 700 + b"1" + b"}" * 700, "not valid JSON"),
    ]
    for field, value, reason in (
            ("depth", "-1", "depth"), ("depth", "1.5", "depth"), ("depth", '"1"', "depth"), ("depth", "1e99", "depth"),
            ("depth", "99999999999999999999", "depth"), ("job", "1", "job"), ("job", '"' + "j" * 200 + '"', "job"),
            ("job", '"a\\tb"', "job"), ("meta", '"text"', "meta"), ("meta", "[]", "meta"),
            ("meta", '{"m":"' + "m" * 5000 + '"}', "meta"), ("priority", "1", "priority"), ("priority", '"urgent"', "priority"),
            ("force", '"yes"', "force"), ("force", "null", "force"), ("method", "1", "method"), ("colour", '"red"', "colour")):
        bad.append((f'{{"url":"{good}bad","{field}":{value}}}'.encode(), reason))
    entries = [entry for entry, _ in bad]
    assert raw(redis, words("RPUSH", SEEDS, *entries[:20], good, *entries[20:], web.url(1))).startswith(b":")
    harness.wait_until(lambda: {r.url for r in web.pages()} == web.urls, 30 * bench.patience, "good ones are crawled")
    harness.wait_until(lambda: serve.status()["seeds"]["rejected"] == len(bad), 20 * bench.patience, "all are refused")
    told = rejections(redis)
    assert len(told) == len(bad)
    assert all(len(kept) <= 4096 for kept, _ in told)
    for entry, wanted in bad:
        start = entry[:4000].decode("utf-8", "replace")[:60]
        assert any(kept.startswith(start) and wanted in reason for kept, reason in told), (start, wanted)
    status = serve.wait_idle(20 * bench.patience)
    assert status["seeds"]["accepted"] == 2 and status["books_imbalance"] == 0
    assert all(line.isprintable() for line in serve.err().splitlines()), "nobody writes into our log"
    raw(redis, words("LPUSH", SEEDS, web.url(0, "/" + long_path)))
    harness.wait_until(lambda: serve.status()["seeds"]["accepted"] + serve.status()["seeds"]["rejected"] == len(bad) + 3,
                       20 * bench.patience, "what is just short enough is taken in, or refused")
    serve.wait_idle(30 * bench.patience)
    assert serve.http("/readyz")[0] == 200 and serve.terminate(8 * bench.patience) == 0


def test_a_million_seeds_at_once_are_taken_in_at_their_pace(bench):
    redis = bench.redis("--appendfsync", "no")
    serve = bench.serve(redis.url, *SETTINGS)
    serve.wait_ready(20 * bench.patience)
    assert serve.http("/api/v1/pause", body="")[0] in (200, 202)
    before = serve.memory("VmRSS")
    raw(redis, words("LPUSH", SEEDS, *(f"http://127.30.{n % 200}.1:9/{n}" for n in range(BURST))))
    slowest, since = 0, time.monotonic()

    def taken_in():
        nonlocal slowest
        asked = time.monotonic()
        status = serve.status()
        slowest = max(slowest, time.monotonic() - asked)
        return status["seeds"]["accepted"] >= 20_000
    # The first 20,000 tell whether it keeps its pace; the rest is the same again.
    harness.wait_until(taken_in, 120 * bench.patience, "20,000 are taken in")
    grown = serve.memory("VmRSS") - before
    print(f"20,000 of a million seeds in {time.monotonic() - since:.1f} s; status at the slowest {slowest:.2f} s; memory grew by "
          f"{grown / 2**20:.1f} MiB")
    assert slowest < 2 * bench.patience, "the status answers meanwhile"
    assert bench.sanitized or grown < 40 * 2**20, "it holds one batch at a time"
    assert int(redis.cli("LLEN", "{decorum:seeds}:taking")) <= 200
    assert serve.terminate(10 * bench.patience) == 0


def test_an_inbox_that_is_no_list_is_told_and_stops_nothing(bench):
    web, redis = bench.web(hosts=2, pages=30), bench.redis()
    serve = bench.serve(redis.url, "politeness.delay=0.1s")
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", SEEDS, web.seeds[0])
    harness.wait_until(lambda: web.pages(), 20 * bench.patience, "the crawl is under way")
    redis.cli("SADD", SEEDS, "http://127.0.0.1/")
    harness.wait_until(lambda: any("no list" in text for text in serve.status()["warnings"]), 10 * bench.patience, "it is told")
    status, _, text = serve.http("/api/v1/seeds", body=web.seeds[1])
    assert status == 503 and "is a set and no list" in text, (status, text)
    harness.wait_until(lambda: serve.status()["books"]["done"] == 30, 30 * bench.patience, "the crawl goes on")
    assert serve.http("/readyz")[0] == 200
    redis.cli("DEL", SEEDS)
    harness.wait_until(lambda: serve.http("/api/v1/seeds", body=web.seeds[1])[0] == 202, 10 * bench.patience, "they are taken")
    harness.wait_until(lambda: {r.url for r in web.pages()} == web.urls, 30 * bench.patience, "and fetched")
    assert not any("no list" in text for text in serve.status()["warnings"])


def test_a_namespace_of_another_version_is_left_alone(bench):
    redis = bench.redis()
    for field, value in (("schema", "1"), ("schema", "99"), ("partitions", "16"), ("politeness.key", "domain")):
        redis.cli("FLUSHALL")
        redis.cli("HSET", "decorum:meta", "schema", "2", "partitions", "256", "politeness.key", "host", "epoch", "e",
                  "hash_key", "1")
        redis.cli("HSET", "decorum:meta", field, value)
        redis.cli("LPUSH", SEEDS, "http://127.0.0.1:9/")
        before = sorted(redis.cli("KEYS", "*").split())
        serve = bench.serve(redis.url, *SETTINGS)
        assert serve.wait(20 * bench.patience) == 4, serve.err()
        assert field in serve.err() and value in serve.err() and "decorum" in serve.err()
        assert sorted(redis.cli("KEYS", "*").split()) == before and redis.cli("LLEN", SEEDS) == "1"


harness.main(globals())
