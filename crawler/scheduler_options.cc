#include "crawler/scheduler_options.h"

#include <utility>

#include "crawler/boot_clock.h"
#include "web/address.h"
#include "web/glob.h"

namespace crawler {
namespace {

constexpr int kProbesOfACrawl = 3;  // of an open breaker, then `crawl` gives the host up

limiter::HostLimits limits_of(const Config& config, const std::string& host) {
  limiter::HostLimits limits;
  limits.delay = config.politeness.delay;
  limits.factor = config.politeness.factor;
  limits.max_factor_delay = config.politeness.max_factor_delay;
  limits.max_crawl_delay = config.politeness.max_crawl_delay;
  limits.backoff_initial = config.backoff.initial;
  limits.backoff_max = config.backoff.max;
  limits.max_retry_after = config.backoff.max_retry_after;
  for (const HostOverride& own : config.hosts) {
    if (!web::glob_match(own.match, host)) continue;
    if (own.rate) limits.delay = Duration(static_cast<Duration::rep>(1e9 / *own.rate));
    if (own.delay) limits.delay = *own.delay;
    limits.burst = own.burst;
    limits.concurrency = own.concurrency;
    break;
  }
  return limits;
}

bool is_loopback(const std::string& host) {
  const auto address = web::parse_address(host, 0);
  if (address) return web::is_loopback_address(reinterpret_cast<const sockaddr*>(&*address));
  return host == "localhost" || host.ends_with(".localhost");
}

}  // namespace

SchedulerOptions scheduler_options(const Shared& shared, SchedulerRules rules) {
  const Config& config = shared.config;
  SchedulerOptions options;
  options.robots = {.agent_token = config.agent.name, .ttl = config.robots.ttl, .give_up = shared.finite};
  options.limits_of = [&config](const std::string& host) { return limits_of(config, host); };
  // Nobody may be asked by a crawler that does not say whose it is.
  if (config.agent.contact.empty()) options.held = [](const std::string& host) { return !is_loopback(host); };
  options.levers_of = std::move(rules.levers_of);
  options.trap = std::move(rules.trap);
  options.jobs = rules.jobs;
  options.take_batch = config.frontier.take_batch;
  options.breaker = {.failures = config.backoff.breaker_failures,
                     .rate = config.backoff.breaker_rate,
                     .slow = config.backoff.breaker_slow,
                     .open = config.backoff.breaker_open,
                     .max_open = config.backoff.breaker_max};
  options.time_line = boot_id();
  options.retry_share = config.backoff.retry_share;
  options.retry_floor = static_cast<double>(config.backoff.retry_floor) / config.thread_count();
  options.probes_before_giving_up = shared.finite ? kProbesOfACrawl : 0;
  options.budget = Budget("host", {config.budget.host_pages, config.budget.host_bytes, config.budget.host_time});
  return options;
}

}  // namespace crawler
