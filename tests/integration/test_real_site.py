"""A real site: Debian's python3.11-doc behind nginx on loopback, against an offline walk over the same files."""
import collections
import pathlib

import harness
import outputs
import sitewalk

SITE = pathlib.Path("/usr/share/doc/python3.11/html")

NGINX = """
daemon off;
master_process off;
worker_processes 1;
pid {tmp}/nginx.pid;
error_log {tmp}/nginx.error.log;
events {{ worker_connections 512; }}
http {{
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  log_format requests '$msec $status $body_bytes_sent $request_uri';
  access_log {tmp}/access.log requests;
  client_body_temp_path {tmp}/body;
  proxy_temp_path {tmp}/proxy;
  fastcgi_temp_path {tmp}/fastcgi;
  uwsgi_temp_path {tmp}/uwsgi;
  scgi_temp_path {tmp}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {site};
    index index.html;
  }}
}}
"""


def start_nginx(bench):
    if not (SITE / "index.html").is_file():
        raise harness.Skip("python3.11-doc is not installed")
    nginx, port = harness.program("nginx"), harness.free_port()
    config = bench.tmp / "nginx.conf"
    config.write_text(NGINX.format(tmp=bench.tmp, port=port, site=SITE))
    argv = [nginx, "-c", config, "-e", bench.tmp / "nginx.error.log"]
    process = bench.keep(harness.Process(argv, bench.tmp, "nginx"))

    def listens():
        assert process.alive(), process.err()
        return (bench.tmp / "nginx.pid").exists()
    harness.wait_until(listens, 10, "nginx listens")
    return f"http://127.0.0.1:{port}"


def access_log(bench):
    """(status, bytes, path) of every request."""
    lines = (bench.tmp / "access.log").read_text().splitlines()
    return [(int(status), int(size), path) for _, status, size, path in (line.split(" ", 3) for line in lines)]


def crawl_whole(bench, requisites, *options):
    """Crawls the site, and finds in every place just what the walk does. The walk's documents and the crawl's rows."""
    origin = start_nginx(bench)
    documents, missing = sitewalk.walk(SITE, origin + "/index.html", requisites)
    assert len(documents) > 500, "the walk finds the site"
    crawl = bench.crawl(origin + "/index.html", "--delay", "1ms", "--scope", "host", *options)
    assert crawl.wait(240) == 0

    log = access_log(bench)
    asked = collections.Counter(origin + path for _, _, path in log if path != "/robots.txt")
    fetched = {origin + path for status, _, path in log if status == 200}
    print(f"the walk finds {len(documents)} documents and {len(missing)} dead links; nginx saw {len(log)} requests")
    assert fetched == documents, sorted(fetched ^ documents)[:10]
    assert set(asked) - documents == missing, sorted(set(asked) - documents - missing)[:10]
    assert set(asked.values()) == {1}, "each once"

    rows = {row["url"]: row for row in outputs.feed(crawl.data)}
    assert len(rows) == len(outputs.feed(crawl.data)) and set(rows) == documents | missing
    assert {url for url, row in rows.items() if row["status"] == 200} == documents
    records = outputs.check_warcs(crawl.data)
    responses = {r.url: r for r in records if r.kind == "response" and not r.url.endswith("/robots.txt")}
    assert set(responses) == documents | missing
    sizes = {origin + path: size for _, size, path in log}
    for url in documents:
        body = outputs.payload(responses[url].block)
        assert len(body) == sizes[url], url
        where = rows[url]["warc"]
        assert (where["file"], where["offset"], where["length"]) == responses[url][:3], url

    summary = crawl.summary()
    assert summary["books"]["done"] == len(rows)
    assert summary["books"]["discovered"] == len(rows) + summary["books"]["refused"]
    assert summary["fates"]["fetched"] + summary["fates"].get("duplicate", 0) == len(documents)
    assert summary["failed_by_reason"].get("http_4xx", 0) == len(missing)
    return {url[len(origin):]: row for url, row in rows.items()}


def test_the_documentation_of_python_is_crawled_whole(bench):
    rows = crawl_whole(bench, False)
    assert rows["/library/functions.html"]["title"].startswith("Built-in Functions")
    assert not [url for url in rows if ".css" in url]


def test_with_what_it_is_shown_with(bench):
    rows = crawl_whole(bench, True, "--set", "parse.requisites=true")
    print(collections.Counter(row["content_type"] for row in rows.values()))
    styles = {url.split("?")[0]: row for url, row in rows.items() if ".css" in url}
    style = styles["/_static/pydoctheme.css"]
    assert style["depth"] == rows["/index.html"]["depth"] == 0, "what a page is shown with lies no deeper than it"
    assert "/_static/default.css" in styles["/_static/classic.css"]["via"], "by its @import"


harness.main(globals())
