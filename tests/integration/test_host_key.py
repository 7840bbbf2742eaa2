"""What counts as one host: however its name is spelt, and, where so configured, the whole registrable domain."""
import harness
import weblog

DELAY = 0.2


def crawled(bench, hosts, *settings):
    """The arrivals at one address when these names, which all lead there, have three pages each."""
    site = bench.moody_site(pages=1)
    urls = [f"http://{host}:{site.port}/{n}/{page}" for n, host in enumerate(hosts) for page in range(3)]
    seeds = bench.tmp / "seeds"
    seeds.write_text("\n".join(urls))
    crawl = bench.crawl("--seeds", seeds, "--delay", f"{DELAY}s", *(part for s in settings for part in ("--set", s)))
    assert crawl.wait(60 * bench.patience) == 0
    assert {r.path for r in site.pages()} == {f"/{n}/{page}" for n in range(len(hosts)) for page in range(3)}
    return site.requests()


def test_spellings_of_one_name_share_a_gap(bench):
    names = ("shop.localhost", "SHOP.LocalHost", "shop.localhost.", "sho%70.localhost")
    assert weblog.short_gaps(crawled(bench, names), DELAY) == []


def test_an_internationalised_name_and_its_ascii_form_share_a_gap(bench):
    names = ("bücher.localhost", "xn--bcher-kva.localhost", "BÜCHER.localhost")
    assert weblog.short_gaps(crawled(bench, names), DELAY) == []


def test_spellings_of_one_address_share_a_gap(bench):
    names = ("127.0.0.1", "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "127.0.0.1.")
    assert weblog.short_gaps(crawled(bench, names), DELAY) == []


def test_names_of_one_domain_are_hosts_of_their_own(bench):
    requests = crawled(bench, ("a.shop.localhost", "b.shop.localhost"))
    assert weblog.short_gaps(requests, DELAY) != []


def test_names_of_one_domain_share_a_gap_where_configured(bench):
    requests = crawled(bench, ("a.shop.localhost", "b.shop.localhost", "shop.localhost"), "politeness.key=domain")
    assert weblog.short_gaps(requests, DELAY) == []
    assert len([r for r in requests if r.path == "/robots.txt"]) == 3, "each origin has a robots.txt of its own"


def test_domains_under_one_suffix_do_not_share_a_gap(bench):
    requests = crawled(bench, ("www.shop.localhost", "www.club.localhost"), "politeness.key=domain")
    assert weblog.short_gaps(requests, DELAY) != []


harness.main(globals())
