"""A site with an endless trap of each kind: the crawl comes to its end by itself, and has every ordinary page once."""
import collections
import re
import sys

import harness
import outputs
import weblog

LISTS, PER_LIST = 30, 3  # of the site
LIMITS = {"segments": 12, "repeated": 3, "queries": 40, "calendar": 35, "duplicates_low": 10, "duplicates": 30}
KINDS = ("segments", "repeated", "queries", "calendar", "duplicates")


class TrapSite(harness.Process):
    def __init__(self, bench):
        self.port, self.log_path = harness.free_port(), bench.tmp / "traps.log"
        super().__init__([sys.executable, bench.source / "tests/support/trap_site.py", self.port, self.log_path], bench.tmp, "traps")
        harness.wait_until(self.log_path.exists, 20, "the site starts")

    def paths(self):
        return [r.path for r in weblog.pages(weblog.read_log(self.log_path, self.port))]


def test_a_crawl_leaves_every_trap_and_misses_no_page(bench):
    site, redis = bench.keep(TrapSite(bench)), bench.redis()
    serve = bench.serve(redis.url, "politeness.delay=0s", "politeness.factor=0", "scope.max_depth=none",
                        *(f"traps.{name}={n}" for name, n in LIMITS.items()))
    serve.wait_ready(20 * bench.patience)
    redis.cli("LPUSH", "decorum:seeds", f"http://127.0.0.1:{site.port}/")
    harness.wait_until(lambda: "/cal/2026/12" in site.paths(), 30 * bench.patience, "the crawl is under way")
    serve.wait_idle(60 * bench.patience)

    paths = site.paths()
    assert max(collections.Counter(paths).values()) == 1
    ordinary = {"/"} | {f"/list?page={n}" for n in range(LISTS)} | {f"/p/{n}" for n in range(LISTS * PER_LIST)}
    ordinary |= {f"/names/{n}" for n in range(20)}
    assert ordinary <= set(paths), sorted(ordinary - set(paths))[:10]
    assert not [p for p in paths if "sid" in p or "jsession" in p], "sessions are taken out of links"

    def fetched(pattern):
        return len([p for p in paths if re.fullmatch(pattern, p)])
    assert fetched("/deep/.*") == LIMITS["segments"], "one each, as deep as is allowed"
    assert fetched("/loop/.*") == LIMITS["repeated"] - 1
    assert fetched("/search.*") == 10 * LIMITS["queries"], "each of them shows something new"
    later = len([p for p in paths if (m := re.fullmatch(r"/cal/(\d+)/(\d+)", p)) and (int(m[1]), int(m[2])) > (2026, 11)])
    assert later == 2 * LIMITS["calendar"]
    assert fetched("/cal/.*") == 1 + later + 5 * 2 * LIMITS["calendar"], "an archive may go further back"
    assert fetched("/same/.*") == 1 + LIMITS["duplicates"]

    status = serve.status()
    assert set(status["traps"]) == set(KINDS) and min(status["traps"].values()) > 0, status["traps"]
    assert status["refused_by_reason"]["trap"] > 0
    books = status["books"]
    assert books["discovered"] == books["done"] + books["refused"] and status.get("books_imbalance", 0) == 0
    assert serve.metric("decorum_traps_total") == sum(status["traps"].values())
    serve.terminate(30 * bench.patience)
    rules = {row["rule"] for row in outputs.refused(serve.data) if row["reason"] == "trap"}
    assert rules >= {"traps.segments = 12", "traps.queries = 40 of /search", "traps.calendar = 35 of /cal/#/#",
                     "traps.duplicates = 30 of /same/#"}, rules
    assert any(rule.startswith("traps.repeated = 3 of /ab/cd") for rule in rules), rules


harness.main(globals())
