"""Another program reads our WARC files: npm's warcio, kept in a cache below the build folder."""
import json
import subprocess

import harness
import npm
import outputs

WARCIO = "warcio@2.4.11"


def warcio(bench):
    """The command that runs it; skips where it cannot be had."""
    modules = npm.installed(bench, "warcio", WARCIO)
    found = json.loads((modules / "warcio/package.json").read_text())["bin"]
    return ["node", str(modules / "warcio" / (found if isinstance(found, str) else found["warcio.js"]))]


def index_of(command, path, *fields):
    done = subprocess.run([*command, *fields, str(path)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line.strip()]


def test_warcio_indexes_every_file_and_digests_recompute(bench):
    command = warcio(bench)
    web = bench.web(hosts=8, pages=12, errors=10, redirects=20)
    odd = [web.url(0, "/behave/" + name) for name in
           ("gzip", "chunked", "short?bytes=50", "big?bytes=6000000", "head?bytes=20000", "big?bytes=0")]
    crawl = bench.crawl("--seeds", web.seeds_file, *odd, "--delay", "0.02s", "--set", "backoff.initial=0.1s", "--set",
                        "storage.segment_bytes=64KiB", "--set", "storage.flush_bytes=32KiB")
    assert crawl.wait(60 * bench.patience) == 0
    files = outputs.warc_files(crawl.data)
    assert len(files) > 3, "segments are rotated"
    assert not list(crawl.data.glob("warc/*.open")), "all are closed"
    ours = outputs.check_warcs(crawl.data)
    responses = [r for r in ours if r.kind == "response"]
    assert {r.url for r in responses} >= web.urls | set(odd)
    requests = {r.fields["warc-record-id"] for r in ours if r.kind == "request"}
    partners = {r.fields.get("warc-concurrent-to") for r in ours if r.kind == "request"}
    assert all(r.fields["warc-record-id"] in partners or r.fields.get("warc-concurrent-to") in requests
               for r in responses), "every answer has its request"

    rows = []
    for path in files:
        for line in index_of(command, path, "index"):
            row = json.loads(line)
            rows.append((path.name, int(row["offset"]), row["warc-type"], row.get("warc-target-uri")))
    assert sorted(rows, key=str) == sorted(((r.file, r.offset, r.kind, r.url) for r in ours), key=str)

    theirs = set()
    for path in files:
        for line in index_of(command, path, "cdx-index"):
            row = json.loads(line.split(" ", 2)[2])
            theirs.add((path.name, row["url"], int(row["offset"]), int(row["length"]), row["digest"]))
    stated = {(r.file, r.url, r.offset, r.length, r.fields["warc-payload-digest"]) for r in responses}
    assert {row[:4] for row in theirs} == {row[:4] for row in stated}
    assert {row[4].removeprefix("sha1:") for row in theirs} == {row[4].removeprefix("sha1:") for row in stated}


harness.main(globals())
