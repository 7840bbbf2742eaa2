#include "crawler/config_keys.h"

// Reads as: the field of a Config (or a HostOverride) that the key stands for.
#define FIELD(member) [](Config& c) -> Field { return &c.member; }
#define HOST_FIELD(member) [](HostOverride& h) -> Field { return &h.member; }

namespace crawler {
namespace {

constexpr double kNever = 3e9;  // seconds: the longest duration that is not a slip
constexpr double kAny = std::numeric_limits<double>::infinity();

const Key kKeys[] = {
    {{"agent.name", "name in the User-Agent and the token robots.txt knows us by; letters, - and _"},
     FIELD(agent.name)},
    {{"agent.contact", "e-mail address or URL of whoever runs the crawl; non-loopback hosts are not asked without one"},
     FIELD(agent.contact)},

    {{"redis.mode", "whose Redis: a running one (external) or a private child (embedded)", 0, kAny,
      "external|embedded"},
     FIELD(redis.mode)},
    {{"redis.url", "the external Redis: redis://[user:pass@]host:port[/db] or unix:///path"}, FIELD(redis.url)},
    {{"redis.namespace", "prefix of every key, so that crawls can share a Redis"}, FIELD(redis.ns)},
    {{"redis.connect_timeout", "time a connect may take", 0.01, 3600}, FIELD(redis.connect_timeout)},
    {{"redis.command_timeout", "time an answer may take before the connection counts as dead", 0.01, 3600},
     FIELD(redis.command_timeout)},
    {{"redis.server", "program started in embedded mode"}, FIELD(redis.server)},
    {{"redis.appendfsync", "when the embedded Redis syncs its log to disk", 0, kAny, "always|everysec"},
     FIELD(redis.appendfsync)},

    {{"frontier.lease_ttl", "a daemon silent for this long loses its partitions", 0.3, 3600},
     FIELD(frontier.lease_ttl)},
    {{"frontier.news_interval", "time between two looks for new work", 0.001, 60}, FIELD(frontier.news_interval)},
    {{"frontier.take_batch", "URLs of one host taken ahead", 1, 1000}, FIELD(frontier.take_batch)},

    {{"workers.threads", "worker threads; 0: one per core", 0, 256}, FIELD(workers.threads)},
    {{"workers.drain", "time requests in flight get to end when we stop", 0, 3600}, FIELD(workers.drain)},

    {{"politeness.delay", "least time between two requests to one host", 0, 86400}, FIELD(politeness.delay)},
    {{"politeness.factor", "and at least this many times the last answer took", 0, 1000}, FIELD(politeness.factor)},
    {{"politeness.key", "what counts as one host: the host name or its registrable domain", 0, kAny, "host|domain"},
     FIELD(politeness.key)},
    {{"politeness.max_crawl_delay", "a longer Crawl-delay in robots.txt counts as this", 0, 86400},
     FIELD(politeness.max_crawl_delay)},
    {{"politeness.max_factor_delay", "the wait that politeness.factor can cause", 0, 86400},
     FIELD(politeness.max_factor_delay)},
    {{"politeness.ip_delay", "least time between two requests to one address; 0s: off", 0, 86400},
     FIELD(politeness.ip_delay)},
    {{"politeness.ip_exempt", "CIDRs that ip_delay spares: shared platforms that bear what their hosts allow"},
     FIELD(politeness.ip_exempt)},

    {{"robots.ttl", "age at which robots.txt is asked again; at most 24h", 1, 86400}, FIELD(robots.ttl)},

    {{"backoff.initial", "first wait of a host that failed; doubles with each failure", 0.001, 86400},
     FIELD(backoff.initial)},
    {{"backoff.max", "longest such wait", 0.001, 86400}, FIELD(backoff.max)},
    {{"backoff.max_retry_after", "a longer Retry-After counts as this", 0, kNever}, FIELD(backoff.max_retry_after)},
    {{"backoff.max_pushbacks", "answers 429 or 503 to one URL before it ends as rate_limited", 0, 1000},
     FIELD(backoff.max_pushbacks)},
    {{"backoff.retry_share", "most of the requests of any minute that may be retries", 0.01, 1},
     FIELD(backoff.retry_share)},
    {{"backoff.retry_floor", "retries a minute that may be made whatever the share", 1, 1000000},
     FIELD(backoff.retry_floor)},
    {{"backoff.breaker_failures", "failures in a row after which a host is left alone", 1, 1000},
     FIELD(backoff.breaker_failures)},
    {{"backoff.breaker_rate", "or share of failures among its last 20 requests", 0.05, 1}, FIELD(backoff.breaker_rate)},
    {{"backoff.breaker_slow", "an answer that takes longer counts as a failure", 0.01, 86400},
     FIELD(backoff.breaker_slow)},
    {{"backoff.breaker_open", "how long it is left alone; doubles while its one probe fails", 0.01, 86400},
     FIELD(backoff.breaker_open)},
    {{"backoff.breaker_max", "longest such time", 0.01, kNever}, FIELD(backoff.breaker_max)},

    {{"fetch.max_in_flight", "requests at once over all workers: the shared semaphore", 1, 100000},
     FIELD(fetch.max_in_flight)},
    {{"fetch.max_body_memory", "bodies held at once over all workers: its weight in bytes", 1 << 20, kAny},
     FIELD(fetch.max_body_memory)},
    {{"fetch.timeout", "time one request may take in all", 0.01, 86400}, FIELD(fetch.timeout)},
    {{"fetch.connect_timeout", "time name lookup, connect and TLS may take", 0.01, 3600}, FIELD(fetch.connect_timeout)},
    {{"fetch.low_speed_limit", "bytes per second under which a body counts as stalled"}, FIELD(fetch.low_speed_limit)},
    {{"fetch.low_speed_time", "time a body may stall", 1, 3600}, FIELD(fetch.low_speed_time)},
    {{"fetch.max_bytes", "largest body; more is cut off and marked", 1, kAny}, FIELD(fetch.max_bytes)},
    {{"fetch.max_sitemap_bytes", "largest body of a sitemap; more is cut off and marked", 1, 1 << 30},
     FIELD(fetch.max_sitemap_bytes)},
    {{"fetch.max_header_bytes", "largest answer head", 1024, 1 << 20}, FIELD(fetch.max_header_bytes)},
    {{"fetch.max_redirects", "hops of one redirect chain", 0, 100}, FIELD(fetch.max_redirects)},
    {{"fetch.retries", "further attempts after a failure that may pass", 0, 100}, FIELD(fetch.retries)},
    {{"fetch.ca_file", "certificates TLS trusts, as one PEM file"}, FIELD(fetch.ca_file)},
    {{"fetch.dns_min_ttl", "time a host's addresses are kept at least"}, FIELD(fetch.dns_min_ttl)},
    {{"fetch.dns_max_ttl", "time a host's addresses are kept at most"}, FIELD(fetch.dns_max_ttl)},
    {{"fetch.name_servers", "name servers to ask as ADDR or ADDR:PORT; none: those of the system"},
     FIELD(fetch.name_servers)},
    {{"fetch.allow_addresses", "CIDRs we connect to although they are not public"}, FIELD(fetch.allow_addresses)},

    {{"scope.type", "how far links are followed from their seed", 0, kAny, "page|prefix|host|domain|any"},
     FIELD(scope.type)},
    {{"scope.include", "URL patterns with *: what fits is taken in beyond scope.type"}, FIELD(scope.include)},
    {{"scope.exclude", "URL patterns with *: what fits is refused"}, FIELD(scope.exclude)},
    {{"scope.max_depth", "links away from a seed, or none", 0, 1'000'000}, FIELD(scope.max_depth)},
    {{"scope.max_url_length", "bytes of a URL", 64, 8192}, FIELD(scope.max_url_length)},
    {{"scope.strip_parameters",
      "parameters of links that name a session; NAME, NAME*, or NAME/N: with a token of N letters"},
     FIELD(scope.strip_parameters)},

    {{"traps.segments", "segments of a link's path, or none", 2, 4096}, FIELD(traps.segments)},
    {{"traps.repeated", "times the same segments may not come in a row, as in /a/b/a/b/a/b, or none", 2, 100},
     FIELD(traps.repeated)},
    {{"traps.queries", "queries fetched of one path; ten times as many of plain numbers, or of new contents; or none",
      1, 1e8},
     FIELD(traps.queries)},
    {{"traps.calendar", "dates or numbers fetched that grow from page to page; five times as many back; or none", 1,
      1e8},
     FIELD(traps.calendar)},
    {{"traps.duplicates_low",
      "copies of one content, under one pattern and in a row, after which the rest is low; or none", 1, 1e8},
     FIELD(traps.duplicates_low)},
    {{"traps.duplicates", "such copies after which the rest is refused, or none", 1, 1e8}, FIELD(traps.duplicates)},

    {{"budget.host_pages", "URLs fetched of one host, or none; the rest is refused", 1, 1e15},
     FIELD(budget.host_pages)},
    {{"budget.host_bytes", "bytes received of one host, or none; the rest is refused", 1, kAny},
     FIELD(budget.host_bytes)},
    {{"budget.host_time", "time since the first request to a host, or none; then the rest is refused", 0.001, kNever},
     FIELD(budget.host_time)},
    {{"budget.job_pages", "URLs fetched of one job, or none; the rest is refused", 1, 1e15}, FIELD(budget.job_pages)},
    {{"budget.job_bytes", "bytes received for one job's pages, or none; the rest is refused", 1, kAny},
     FIELD(budget.job_bytes)},
    {{"budget.job_time", "time since a seed first named a job, or none; then the rest is refused", 0.001, kNever},
     FIELD(budget.job_time)},
    {{"budget.pages", "URLs fetched in all, or none; the rest stays queued", 1, 1e15}, FIELD(budget.pages)},
    {{"budget.bytes", "bytes received in all, or none", 1, kAny}, FIELD(budget.bytes)},
    {{"budget.time", "running time, or none", 0.001, kNever}, FIELD(budget.time)},
    {{"budget.patience", "time without anything falling due after which a crawl ends, or none", 0.001, kNever},
     FIELD(budget.patience)},

    {{"parse.requisites", "whether images, styles and scripts are followed too"}, FIELD(parse.requisites)},
    {{"parse.forms", "whether the actions of forms that are sent with GET are followed too"}, FIELD(parse.forms)},
    {{"parse.sitemaps", "whether sitemaps that robots.txt names are read"}, FIELD(parse.sitemaps)},
    {{"parse.sitemap_xml", "whether /sitemap.xml is asked for where robots.txt names none"}, FIELD(parse.sitemap_xml)},
    {{"parse.memory", "memory one page's parse may take", 1 << 20, kAny}, FIELD(parse.memory)},
    {{"parse.cpu", "CPU time one page's parse may take", 0.001, 60}, FIELD(parse.cpu)},
    {{"parse.max_links", "links taken from one page", 1, 1'000'000}, FIELD(parse.max_links)},

    {{"storage.dir", "where everything is kept; empty: $STATE_DIRECTORY, else ./data"}, FIELD(storage.dir)},
    {{"storage.segment_bytes", "size at which a WARC file is closed and the next begun", 1 << 16, kAny},
     FIELD(storage.segment_bytes)},
    {{"storage.flush_bytes", "records are written to disk when this much waits", 1, 1 << 30},
     FIELD(storage.flush_bytes)},
    {{"storage.flush_interval", "or when the oldest waited this long", 0.001, 60}, FIELD(storage.flush_interval)},
    {{"storage.min_free", "free disk space under which nothing new is fetched"}, FIELD(storage.min_free)},

    {{"admin.listen", "ADDR:PORT of the status page and API, or off"}, FIELD(admin.listen)},
    {{"admin.token", "bearer token the API asks for; needed beyond loopback"}, FIELD(admin.token)},

    {{"log.level", "least level that is logged", 0, kAny, "trace|debug|info|warn|error|critical|off"},
     FIELD(log.level)},
    {{"log.format", "lines for people or for programs", 0, kAny, "text|json"}, FIELD(log.format)},
};

const HostKey kHostKeys[] = {
    {{"match", "host name; * stands for any part of it"}, HOST_FIELD(match)},
    {{"delay", "least time between two requests", 0, 86400}, HOST_FIELD(delay)},
    {{"rate", "requests per second, instead of delay", 1e-6, 1e6}, HOST_FIELD(rate)},
    {{"burst", "requests that may follow each other at once", 1, 1000}, HOST_FIELD(burst)},
    {{"concurrency", "requests in flight at once", 1, 1000}, HOST_FIELD(concurrency)},
    {{"reason", "why this host may be asked faster"}, HOST_FIELD(reason)},
};

}  // namespace

std::span<const Key> config_keys() {
  return kKeys;
}
std::span<const HostKey> host_keys() {
  return kHostKeys;
}

}  // namespace crawler
