"""One host with many origins, as many as it likes to name: few of their robots.txt stay in memory, all are obeyed."""
import harness
import oddweb
import weblog

ORIGINS, SLOW = 40, 0.1


def test_each_port_of_a_host_has_rules_of_its_own(bench):
    host = "127.33.0.1"

    def answers_of(number):
        delay = f"Crawl-delay: {SLOW}\n" if number == 0 else ""

        def answer(_, path, __):
            if path == "/robots.txt":
                return oddweb.text(f"User-agent: *\nDisallow: /no{number}/\n{delay}")
            return oddweb.page("page", *(f"/no{n}/" for n in (number, number + 1))) if path == "/" else oddweb.page("end")

        return answer

    webs = [oddweb.OddWeb([host], answers_of(number)) for number in range(ORIGINS)]
    crawl = bench.crawl(*(web.url(host) for web in webs), "--delay", "0.02s")
    assert crawl.wait(60 * bench.patience) == 0, crawl.err()
    for number, web in enumerate(webs):
        paths = sorted(r.path for r in web.requests())
        assert paths == ["/", f"/no{number + 1}/", "/robots.txt"], (number, paths)
    arrivals = sorted(r for web in webs for r in web.requests())
    told = webs[0].requests(path="/robots.txt")[0]
    after = [r for r in arrivals if r.ns > told.ns]
    assert len(after) > 2 * ORIGINS and weblog.short_gaps(after, SLOW) == []
    audit = bench.run("audit", "--out", crawl.data)
    assert audit.wait(30 * bench.patience) == 0, audit.out()
    for web in webs:
        web.close()


harness.main(globals())
