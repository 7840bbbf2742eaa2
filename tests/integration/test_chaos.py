"""kill -9 at random moments of finite crawls: of the daemon, of Redis, of both. Nothing is lost, the books balance.

DECORUM_CHAOS_KILLS (20), DECORUM_CHAOS_SEED (a new one each time; it is printed). `make chaos` kills 300 times.
"""
import os
import random
import signal
import time

import harness
import outputs
import weblog

DELAY, IN_FLIGHT = 0.06, 16
KILLS_OF_A_CRAWL = 5
UNSETTLED = 2  # seconds from a request to its settlement, also where Redis has just been killed and started
DURABLE = ("--appendfsync", "always")

# Every partition's counters beside its structures; a line for each that differs.
COMPARE = """
local queued, wrong = {}, {}
for _, key in ipairs(redis.call('KEYS', 'decorum:{p*}:q*:*')) do
  local p = key:match('{(p%d+)}')
  queued[p] = (queued[p] or 0) + redis.call('LLEN', key)
end
for number = 0, 255 do
  local p = string.format('p%03d', number)
  local key = 'decorum:{' .. p .. '}:'
  local counts, all = {}, redis.call('HGETALL', key .. 'counts')
  for i = 1, #all, 2 do counts[all[i]] = tonumber(all[i + 1]) end
  local function of(name) return counts[name] or 0 end
  local held = queued[p] or 0
  for _, index in ipairs(redis.call('HVALS', key .. 'cold')) do
    for count in index:gmatch(':(%d+)') do held = held + tonumber(count) end
  end
  local flight, wait = redis.call('HLEN', key .. 'flight'), redis.call('ZCARD', key .. 'wait')
  local sum = of('queued') + of('in_flight') + of('waiting') + of('done') + of('refused')
  if of('discovered') ~= sum or of('queued') ~= held or of('in_flight') ~= flight or of('waiting') ~= wait then
    wrong[#wrong + 1] = p .. ' queued ' .. of('queued') .. '/' .. held .. ' flight ' .. of('in_flight') .. '/' .. flight ..
      ' waiting ' .. of('waiting') .. '/' .. wait .. ' discovered ' .. of('discovered') .. '/' .. sum
  end
end
return wrong
"""


def balanced(redis, when):
    wrong = redis.cli("EVAL", COMPARE, 0)
    assert wrong == "", f"{when}: {wrong}"


class Storm:
    """One crawl after the other, killed again and again."""

    def __init__(self, bench, kills):
        self.bench = bench
        self.kinds = ["daemon"] * (kills * 2 // 3) + ["redis"] * (kills // 6)
        self.kinds += ["both"] * (kills - len(self.kinds))
        self.seed = int(os.environ.get("DECORUM_CHAOS_SEED") or time.time_ns() % 1_000_000)
        self.chance = random.Random(self.seed)
        self.chance.shuffle(self.kinds)
        self.crawls, self.repeats, self.requests = 0, 0, 0
        print(f"seed {self.seed}: {kills} kills", flush=True)

    def blow(self):
        while self.kinds:
            self.crawl()
        return f"{self.crawls} crawls, {self.repeats} repeats of {self.requests} requests"

    def crawl(self):
        bench, name = self.bench, f"crawl{self.crawls}"
        self.crawls += 1
        web = bench.web(hosts=20, pages=40)
        redis = bench.redis(*DURABLE, folder=f"redis-{name}")
        argv = ("--seeds", web.seeds_file, "--delay", f"{DELAY}s", "--set", f"fetch.max_in_flight={IN_FLIGHT}", "--set",
                "redis.mode=external", "--set", f"redis.url={redis.url}", "--set", "frontier.lease_ttl=2s")
        crawl, killed = bench.crawl(*argv, out=name), []
        while self.kinds and len(killed) < KILLS_OF_A_CRAWL:
            moment = time.monotonic() + self.chance.uniform(0.05, 0.8) * bench.patience
            while time.monotonic() < moment and crawl.alive():
                time.sleep(0.002)
            if not crawl.alive():
                break
            kind = self.kinds.pop()
            began = time.monotonic_ns()
            if kind != "daemon":
                redis.kill()
            if kind != "redis":
                crawl.kill()
            killed.append((began, time.monotonic_ns(), kind))
            if kind != "daemon":
                redis = bench.redis(*DURABLE, port=redis.port, folder=f"redis-{name}")
            balanced(redis, f"seed {self.seed}, {name}, after the {len(killed)}. kill ({kind})")
            if kind != "redis":
                crawl = bench.crawl(*argv, out=name)
        code = crawl.wait(90 * bench.patience)
        self.check(web, redis, crawl, killed, f"seed {self.seed}, {name} ({', '.join(kind for *_, kind in killed)})", code)
        redis.kill()
        web.kill()

    def check(self, web, redis, crawl, killed, where, code):
        assert code == 0, f"{where}: exit {code}: {crawl.err()[-2000:]}"
        requests = web.requests()
        asked = weblog.pages(requests)
        assert {r.url for r in asked} == web.urls, f"{where}: {sorted(web.urls - {r.url for r in asked})[:5]} not asked for"
        rows = outputs.feed(crawl.data)
        assert {row["url"] for row in rows} == web.urls, f"{where}: the feed lacks pages"
        records = outputs.check_warcs(crawl.data)
        assert {r.url for r in records if r.kind == "response"} >= web.urls, f"{where}: the archive lacks pages"
        balanced(redis, where)
        books = crawl.summary()["books"]
        assert books["done"] == len(web.urls) and books["discovered"] == books["done"] + books["refused"], (where, books)
        assert weblog.short_gaps(requests, DELAY) == [], f"{where}: {weblog.short_gaps(requests, DELAY)[:3]}"
        self.repeated(asked, killed, where)
        self.requests += len(requests)

    def repeated(self, asked, killed, where):
        """Only what was started and not settled when a daemon was killed is fetched again; Redis forgets nothing."""
        times = {}
        for request in asked:
            times.setdefault(request.url, []).append(request.ns)
        deaths = [(began - UNSETTLED * self.bench.patience * 1e9, began, ended) for began, ended, kind in killed
                  if kind != "redis"]
        again = 0
        for url, arrivals in times.items():
            arrivals.sort()
            for earlier, later in zip(arrivals, arrivals[1:]):
                again += 1
                assert any(since <= earlier <= ended and later >= began for since, began, ended in deaths), \
                    f"{where}: {url} for no reason, {(later - earlier) / 1e9:.2f} s apart: {killed}"
        assert again <= len(deaths) * IN_FLIGHT, f"{where}: {again} repeats"
        self.repeats += again


def test_kill_9_at_random_moments(bench):
    kills = int(os.environ.get("DECORUM_CHAOS_KILLS") or (6 if bench.sanitized else 20))
    print(Storm(bench, kills).blow(), flush=True)


def test_a_daemon_that_stands_still_longer_than_its_lease(bench):
    web, redis = bench.web(hosts=20, pages=40), bench.redis(*DURABLE)
    settings = (f"politeness.delay={DELAY}s", "frontier.lease_ttl=1s", "workers.threads=1", f"fetch.max_in_flight={IN_FLIGHT}")
    first, second = (bench.serve(redis.url, *settings, data=name) for name in ("first", "second"))
    for daemon in (first, second):
        daemon.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    stops = 0
    for still in (0.4, 2.5):  # once within a lease, once beyond it
        known = len(web.pages())
        harness.wait_until(lambda: len(web.pages()) >= min(known + 60, len(web.urls)), 60 * bench.patience, "it goes on")
        first.signal(signal.SIGSTOP)
        since = time.monotonic()
        harness.wait_until(lambda: time.monotonic() - since >= still, still + 5, "it stands still")
        first.signal(signal.SIGCONT)
        stops += 1
    status = second.wait_idle(90 * bench.patience)
    requests = web.requests()
    assert {r.url for r in weblog.pages(requests)} == web.urls
    assert weblog.short_gaps(requests, DELAY) == []
    assert sum(n - 1 for n in weblog.repeats(weblog.pages(requests)).values()) <= stops * IN_FLIGHT
    assert {row["url"] for daemon in (first, second) for row in outputs.feed(daemon.data)} == web.urls
    assert status["books"]["done"] == len(web.urls)
    balanced(redis, "after it stood still")


harness.main(globals())
