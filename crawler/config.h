// Every setting of Decorum with its built-in default. config.toml lists the same, and a test compares the two.
// Const after start; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "web/address.h"
#include "web/bytes.h"
#include "web/url.h"

namespace crawler {

using Duration = std::chrono::nanoseconds;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct HostOverride {  // [[host]]
  std::string match;   // "*.example.org" or a host name
  std::optional<Duration> delay;
  std::optional<double> rate;  // requests per second
  int burst = 1;
  int concurrency = 1;
  std::string reason;  // needed where burst or concurrency is over 1
};

struct Config {
  struct Agent {
    std::string name = "decorum";
    std::string contact;
  } agent;
  struct Redis {
    std::string mode = "external";  // "external" | "embedded"
    std::string url = "redis://127.0.0.1:6379";
    std::string ns = "decorum";  // key redis.namespace
    Duration connect_timeout = seconds(2);
    Duration command_timeout = seconds(5);
    std::string server = "redis-server";   // program started in embedded mode
    std::string appendfsync = "everysec";  // of the embedded server: "always" | "everysec"
  } redis;
  struct Frontier {
    Duration lease_ttl = seconds(5);
    Duration news_interval = milliseconds(200);
    int take_batch = 8;  // URLs of one host taken ahead
  } frontier;
  struct Workers {
    int threads = 0;  // 0: cores
    Duration drain = seconds(5);
  } workers;
  struct Politeness {
    Duration delay = seconds(1);
    double factor = 1.0;
    std::string key = "host";  // "host" | "domain"
    Duration max_crawl_delay = seconds(60);
    Duration max_factor_delay = seconds(60);
    Duration ip_delay{0};
    std::vector<std::string> ip_exempt;  // CIDRs
  } politeness;
  struct Robots {
    Duration ttl = hours(24);
  } robots;
  struct Backoff {
    Duration initial = seconds(1);
    Duration max = minutes(5);
    Duration max_retry_after = hours(1);
    int max_pushbacks = 4;
    double retry_share = 0.2;
    int retry_floor = 10;
    int breaker_failures = 5;
    double breaker_rate = 0.5;
    Duration breaker_slow = seconds(30);
    Duration breaker_open = seconds(30);
    Duration breaker_max = minutes(30);
  } backoff;
  struct Fetch {
    int max_in_flight = 64;
    web::Bytes max_body_memory = web::mib(256);
    Duration timeout = seconds(60);
    Duration connect_timeout = seconds(10);
    web::Bytes low_speed_limit = {1024};  // per second
    Duration low_speed_time = seconds(20);
    web::Bytes max_bytes = web::mib(5);
    web::Bytes max_sitemap_bytes = web::mib(10);
    web::Bytes max_header_bytes = web::kib(64);
    int max_redirects = 10;
    int retries = 3;
    std::string ca_file = "/etc/ssl/certs/ca-certificates.crt";
    std::vector<std::string> allow_addresses;  // CIDRs
    Duration dns_min_ttl = seconds(30), dns_max_ttl = hours(1);
    std::vector<std::string> name_servers;  // "ADDR:PORT"; empty: as the system is configured
  } fetch;
  struct Scope {
    std::string type = "host";  // page | prefix | host | domain | any
    std::vector<std::string> include, exclude;
    std::optional<int> max_depth = 20;  // "none" lifts it
    int max_url_length = 2048;
    std::vector<std::string> strip_parameters = {"jsessionid", "phpsessid", "aspsessionid*", "asp.net_sessionid",
                                                 "cfid",       "cftoken",   "oscsid",        "zenid",
                                                 "sid/16",     "sessid/16", "sessionid/16",  "session_id/16"};
  } scope;
  struct Traps {  // absent: not looked for
    std::optional<int> segments = 32, repeated = 3, queries = 1000, calendar = 1000;
    std::optional<int> duplicates_low = 20, duplicates = 100;
  } traps;
  struct Budget {  // absent: none
    std::optional<std::int64_t> host_pages, job_pages, pages;
    std::optional<web::Bytes> host_bytes, job_bytes, bytes;
    std::optional<Duration> host_time, job_time, time, patience;
  } budget;
  struct Parse {
    bool requisites = false;
    bool forms = false;
    bool sitemaps = false;
    bool sitemap_xml = false;
    web::Bytes memory = web::mib(64);
    Duration cpu = milliseconds(300);
    int max_links = 10000;
  } parse;
  struct Storage {
    std::string dir;  // empty: $STATE_DIRECTORY, else ./data
    web::Bytes segment_bytes = web::gib(1);
    web::Bytes flush_bytes = web::mib(1);
    Duration flush_interval = milliseconds(100);
    web::Bytes min_free = web::mib(64);
  } storage;
  struct Admin {
    std::string listen = "127.0.0.1:8321";  // "off": no admin endpoint
    std::string token;
  } admin;
  struct Log {
    std::string level = "info";
    std::string format = "text";  // "text" | "json"
  } log;
  std::vector<HostOverride> hosts;

  std::string user_agent() const;             // NAME/VERSION (+CONTACT)
  web::AddressPolicy address_policy() const;  // of fetch.allow_addresses, which load has checked
  std::vector<web::Cidr> ip_exempt() const;   // of politeness.ip_exempt, likewise
  // The name that politeness, queue and partition of a URL go by: its host, or its registrable domain.
  std::string politeness_key(const web::Url& url) const;
  int thread_count() const;  // workers.threads, or the cores
};

}  // namespace crawler
