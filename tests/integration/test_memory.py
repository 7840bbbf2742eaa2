"""Memory is bounded: 64 bodies of 5 MiB at once cost at most half more than fetch.max_body_memory."""
import harness
import outputs

MIB = 1 << 20
BODIES, SIZE, LIMIT = 64, 5 * MIB, 256 * MIB


def all_at_once(bench, content_type):
    web = bench.web(hosts=BODIES, pages=1, hold=BODIES, hold_ms=3000)
    redis = bench.redis()
    # A slow machine may take long until all have begun; the first ones wait for the last.
    serve = bench.serve(redis.url, "politeness.delay=0.1s", "fetch.low_speed_time=2m", "fetch.timeout=3m")
    serve.wait_ready(20 * bench.patience)
    base = serve.memory("VmRSS")
    path = f"/behave/big?bytes={SIZE}&type={content_type}"
    seeds = [web.url(host, path) for host in range(BODIES)]
    redis.cli("LPUSH", "decorum:seeds", *seeds)
    harness.wait_until(lambda: f"held {BODIES}" in web.out(), 120,
                       f"{BODIES} bodies are on their way at once")
    serve.wait_idle(120 * bench.patience)
    peak = serve.memory("VmHWM")
    print(f"{content_type}: base {base / MIB:.0f} MiB, peak {peak / MIB:.0f} MiB, "
          f"bound {(base + 1.5 * LIMIT) / MIB:.0f} MiB")
    assert peak <= base + 1.5 * LIMIT or bench.sanitized
    rows = outputs.feed(serve.data)
    assert {row["url"] for row in rows} == set(seeds), "none is given up for want of memory"
    assert {(row["fate"], row["bytes"]) for row in rows} <= {("fetched", SIZE), ("duplicate", SIZE)}
    assert len(web.pages()) == BODIES, "none is fetched twice"


def test_bodies_of_text(bench):
    all_at_once(bench, "text/plain")


def test_bodies_of_html(bench):
    all_at_once(bench, "text/html")


harness.main(globals())
