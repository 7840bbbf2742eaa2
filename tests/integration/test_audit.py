"""The ledger says what the servers saw, and `decorum audit` finds every gap in it that was not kept."""
import json

import harness
import outputs
import weblog

ROBOTS = b"User-agent: *\nDisallow: /private/\n"  # of the made-up web


def audit(bench, *argv):
    """(exit code, JSON) of `decorum audit ... --json`."""
    run = bench.run("audit", *argv, "--json")
    code = run.wait(30 * bench.patience)
    assert run.out(), run.err()
    return code, json.loads(run.out())


def counts(requests):
    return {host: len(arrivals) for host, arrivals in weblog.by_host(requests).items()}


def ledger_counts(folder):
    lines = outputs.fetches(folder)
    return {host: sum(line["host"] == host for line in lines) for host in {line["host"] for line in lines}}


def test_the_ledger_is_the_servers_log_and_every_gap_holds(bench):
    web = bench.web(hosts=8, pages=12, push_back=15, retry_after=1, errors=20, redirects=20)
    crawl = bench.crawl("--seeds", web.seeds_file, "--delay", "0.1s", "--set", "backoff.initial=0.2s")
    assert crawl.wait(120 * bench.patience) == 0
    requests = web.requests()
    code, report = audit(bench, "--out", crawl.data)
    assert code == 0 and report["violations"] == 0 and report["ok"], report
    assert report["requests"] == len(requests) and report["hosts"] == 8
    assert report["gaps"] == len(requests) - 8, "all but the first of each host"
    assert report["garbage"] == report["torn"] == 0
    assert 1 <= report["smallest"]["ratio"] < 2
    pushed = 0
    for host, arrivals in weblog.by_host(requests).items():
        code, receipt = audit(bench, host, "--out", crawl.data)
        assert code == 0 and receipt["requests"] == len(arrivals)
        assert sum(hour["requests"] for hour in receipt["requests_per_hour"]) == len(arrivals)
        assert receipt["robots_requests"] == sum(r.path == "/robots.txt" for r in arrivals)
        for status in {r.status for r in arrivals}:
            assert receipt["statuses"][str(status)] == sum(r.status == status for r in arrivals)
        assert receipt["not_honoured"] == 0
        obeyed = [(version["digest"], version["requests"]) for version in receipt["robots"]]
        assert obeyed == [(outputs.digest(ROBOTS), len(arrivals) - 1)]
        pushed += receipt["pushed_back"]
    assert pushed == sum(r.status in (429, 503) for r in requests) > 0
    receipt = bench.run("audit", web.seeds[0], "--out", crawl.data)
    assert receipt.wait(20) == 0
    assert harness.CONTACT in receipt.out() and "Violations  none" in receipt.out(), receipt.out()


def test_a_changed_ledger_is_caught(bench):
    web = bench.web(hosts=2, pages=10)
    crawl = bench.crawl("--seeds", web.seeds_file, "--delay", "0.1s", "--set", "workers.threads=1")
    assert crawl.wait(60 * bench.patience) == 0
    path = next((crawl.data / "log").glob("fetches-*.jsonl"))
    lines = path.read_text().splitlines(keepends=True)
    host = json.loads(lines[0])["host"]
    of_host = [n for n, line in enumerate(lines) if json.loads(line)["host"] == host]

    def changed(edit):
        copy = bench.tmp / "changed.jsonl"
        copy.write_text("".join(edit(list(lines))))
        return audit(bench, "--log", copy)

    assert changed(lambda all_lines: all_lines)[0] == 0

    def sooner(all_lines):
        row = json.loads(all_lines[of_host[4]])
        for name in ("sent_ns", "first_byte_ns", "ended_ns"):
            row[name] -= 50_000_000
        row["gap_ms"] = None
        all_lines[of_host[4]] = json.dumps(row) + "\n"
        return all_lines

    code, report = changed(sooner)
    assert code == 1
    gaps = [v for v in report["violations_told"] if v["rule"] == "gap"]
    assert [(v["at"].split(":")[-1], v["before"].split(":")[-1]) for v in gaps] == [
        (str(of_host[4] + 1), str(of_host[3] + 1))], report

    code, report = changed(lambda all_lines: all_lines[:of_host[4]] + all_lines[of_host[4] + 1:])
    assert code == 1 and report["violations_by_rule"]["ledger"] == 1, "a line was cut out"

    code, report = changed(lambda all_lines: all_lines[of_host[0] + 1:])
    assert code == 0 or report["violations_by_rule"]["robots"] > 0, report

    code, report = changed(lambda all_lines: all_lines[:3] + ["{\"torn\": \n"] + all_lines[3:])
    assert code == 0 and report["garbage"] == 1 and ":4: " in report["garbage_told"][0]


def test_what_a_drain_cuts_has_its_line(bench):
    web = bench.web(hosts=4, pages=5)
    slow = web.url(3, "/behave/slow?ms=60000")
    crawl = bench.crawl(*web.seeds[:3], slow, "--delay", "0.1s", "--set", "workers.drain=0.2s")
    harness.wait_until(lambda: len(web.pages()) == 16, 20 * bench.patience, "all pages are asked")
    assert crawl.terminate(10 * bench.patience) == 11
    assert ledger_counts(crawl.data) == counts(web.requests())
    assert [line["outcome"] for line in outputs.fetches(crawl.data) if line["url"] == slow] == ["put_back"]
    assert audit(bench, "--out", crawl.data)[0] == 0


def test_after_a_kill_the_lines_end_cleanly_and_the_gaps_hold(bench):
    web = bench.web(hosts=20, pages=15)
    argv = ("--seeds", web.seeds_file, "--delay", "0.2s")
    crawl = bench.crawl(*argv)
    harness.wait_until(lambda: len(web.pages()) >= 100, 30 * bench.patience, "the crawl is under way")
    crawl.kill()
    assert bench.crawl(*argv).wait(90 * bench.patience) == 0
    for path in (crawl.data / "log").glob("fetches-*.jsonl"):
        text = path.read_text()
        assert text.endswith("\n") and all(json.loads(line) for line in text.splitlines())
    requests = web.requests()
    code, report = audit(bench, "--out", crawl.data)
    assert code == 0 and report["violations"] == 0 and report["garbage"] == 0, report
    missing = len(requests) - report["requests"]
    print(f"{missing} of {len(requests)} requests had no line on the disk at the kill")
    assert 0 <= missing <= 64 + 100, "what was in flight, and a group of 0.1 s"
    assert report["gaps"] == report["requests"] - 20, "the gaps over the restart are reckoned too"


def test_a_running_daemon_is_found_and_two_are_read_together(bench):
    web, redis = bench.web(hosts=12, pages=12), bench.redis()
    settings = ("politeness.delay=0.1s", "workers.threads=1", "frontier.lease_ttl=2s")
    daemons = [bench.serve(redis.url, *settings, data=name) for name in ("first", "second")]
    for daemon in daemons:
        daemon.wait_ready(20 * bench.patience)
    harness.wait_until(lambda: all(sum(w["partitions"] for w in d.status().get("workers", [])) == 128
                                   for d in daemons), 30 * bench.patience, "each has its share")
    redis.cli("LPUSH", "decorum:seeds", *web.seeds)
    harness.wait_until(lambda: {r.url for r in web.pages()} == web.urls, 60 * bench.patience, "all is fetched")
    daemons[0].wait_idle(20 * bench.patience)
    for daemon in daemons:
        code, report = audit(bench, "--admin", f"127.0.0.1:{daemon.admin_port}", "--config", bench.no_config())
        assert code == 0 and all(name.startswith(str(daemon.data)) for name in report["files"]), report
    logs = [word for daemon in daemons for word in ("--log", daemon.data / "log")]

    def all_there():
        report = audit(bench, *logs)[1]
        return report if report["requests"] == len(web.requests()) else None
    report = harness.wait_until(all_there, 10 * bench.patience, "every line is on the disk")
    assert report["violations"] == 0 and report["hosts"] == 12
    assert report["seams"]["count"] == 0, "one machine, one time line"
    assert all(daemon.status()["violations"] == 0 for daemon in daemons)


def test_an_unknown_host_and_a_missing_ledger_are_told_clearly(bench):
    web = bench.web(hosts=1, pages=2)
    crawl = bench.crawl("--seeds", web.seeds_file, "--delay", "0.01s")
    assert crawl.wait(20 * bench.patience) == 0
    unknown = bench.run("audit", "127.20.0.11", "--out", crawl.data)
    assert unknown.wait(20) == 1
    assert "no request to 127.20.0.11" in unknown.err() and "127.20.0.1" in unknown.err().split("nearest")[1]
    nowhere = bench.run("audit", "--out", bench.tmp / "nowhere")
    assert nowhere.wait(20) == 1 and "nowhere/log" in nowhere.err()


harness.main(globals())
