#include "crawler/dispatcher.h"

#include <memory>
#include <utility>

#include "crawler/boot_clock.h"
#include "crawler/lines.h"
#include "web/headers.h"

namespace crawler {
namespace {

FetcherOptions fetcher_options(const Config& config) {
  FetcherOptions options;
  options.user_agent = config.user_agent();
  if (config.agent.contact.find('@') != std::string::npos) options.from = config.agent.contact;
  options.ca_file = config.fetch.ca_file;
  options.timeout = config.fetch.timeout;
  options.connect_timeout = config.fetch.connect_timeout;
  options.low_speed_time = config.fetch.low_speed_time;
  options.low_speed_limit = config.fetch.low_speed_limit;
  options.max_bytes = config.fetch.max_bytes;
  options.max_header_bytes = config.fetch.max_header_bytes;
  options.max_connections = config.fetch.max_in_flight;
  options.addresses = config.address_policy();
  options.now = boot_now;
  return options;
}

ResolverOptions resolver_options(const Config& config) {
  ResolverOptions options;
  options.timeout = config.fetch.connect_timeout;
  options.now = boot_now;
  return options;
}

}  // namespace

Dispatcher::Dispatcher(Parts parts)
    : p_(std::move(parts)),
      addresses_(p_.shared.config.address_policy()),
      agent_(p_.shared.config.user_agent()),
      resolver_(p_.loop, resolver_options(p_.shared.config)),
      fetcher_(
          p_.loop, fetcher_options(p_.shared.config),
          [this](std::uint64_t id, limiter::TimePoint now) { return may_send(id, now); },
          [this](FetchResult result) { ended(std::move(result)); }),
      random_(std::random_device{}()) {}

void Dispatcher::carry_out(Decision decision, Permit permit) {
  switch (decision.kind) {
    case Decision::Kind::end:
      permit.release();
      p_.pages.end_unasked(decision.host, decision.partition, std::move(decision.ready->record), decision.reason,
                           decision.rule);
      return;
    case Decision::Kind::load_robots:
      p_.frontier.robots_get(decision.partition, decision.origin,
                             [this, host = decision.host, origin = decision.origin](const auto& text) {
                               p_.scheduler.robots_loaded(host, origin, text, boot_now(), wall_now_ms());
                               p_.wake();
                             });
      return;
    case Decision::Kind::fetch_robots:
    case Decision::Kind::fetch_page:
      break;
  }
  Flight flight;
  flight.id = next_id_++;
  flight.kind = decision.kind;
  flight.host = std::move(decision.host);
  flight.partition = decision.partition;
  flight.origin = std::move(decision.origin);
  flight.url = std::move(decision.url);
  if (decision.ready) flight.record = std::move(decision.ready->record);
  if (const Host* host = p_.scheduler.find(flight.host)) {
    flight.due = host->limiter.next();
    flight.terms = host->limiter.terms();
  }
  ++by_partition_[static_cast<std::size_t>(flight.partition)];
  const std::uint64_t id = flight.id;
  flights_.emplace(id, std::move(flight));
  resolve(id, std::move(permit));
}

bool Dispatcher::may_send(std::uint64_t id, limiter::TimePoint now) {
  const auto entry = flights_.find(id);
  if (!sending_ || entry == flights_.end() || !p_.shared.freshness.valid(now)) return false;
  Flight& flight = entry->second;
  if (!p_.scheduler.may_send(flight.host, now)) return false;
  const Host& host = *p_.scheduler.find(flight.host);
  flight.terms = host.limiter.terms();
  if (const auto robots = host.robots.find(flight.origin);
      flight.kind == Decision::Kind::fetch_page && robots != host.robots.end()) {
    const limiter::RobotsView view = robots->second.state.view(now, {.ttl = p_.shared.config.robots.ttl});
    if (view.age) flight.robots = RobotsObeyed{std::string(view.digest), *view.age};
  }
  return true;
}

void Dispatcher::resolve(std::uint64_t id, Permit permit) {
  const Flight& flight = flights_.at(id);
  auto held = std::make_shared<Permit>(std::move(permit));
  resolver_.resolve(flight.url.host, flight.url.effective_port(), [this, id, held](const Resolved& resolved) {
    const auto entry = flights_.find(id);
    if (entry == flights_.end()) return;
    if (!sending_) return fail(id, Outcome::put_back, "stopping", std::move(*held));
    if (resolved.addresses.empty()) {
      return fail(id, Outcome::dns, resolved.error, std::move(*held), !resolved.temporary);
    }
    // A retry takes the next of the permitted addresses.
    std::vector<const sockaddr_storage*> permitted;
    for (const auto& address : resolved.addresses) {
      if (addresses_.permits(reinterpret_cast<const sockaddr*>(&address))) permitted.push_back(&address);
    }
    if (permitted.empty()) {
      const auto* first = reinterpret_cast<const sockaddr*>(&resolved.addresses.front());
      return fail(id, Outcome::forbidden_address, web::address_text(first) + " is not a public address",
                  std::move(*held));
    }
    FetchRequest request;
    request.id = id;
    request.url = entry->second.url;
    request.address = *permitted[static_cast<std::size_t>(entry->second.record.attempts) % permitted.size()];
    if (entry->second.kind == Decision::Kind::fetch_robots) request.max_bytes = kRobotsBody;
    request.permit = std::move(*held);
    fetcher_.start(std::move(request));
  });
}

void Dispatcher::fail(std::uint64_t id, Outcome outcome, std::string error, Permit permit, bool no_such_host) {
  FetchResult result;
  result.id = id;
  result.outcome = outcome;
  result.error = std::move(error);
  result.permit = std::move(permit);
  result.sent = result.first_byte = result.ended = boot_now();
  result.sent_at = std::chrono::system_clock::now();
  ended(std::move(result), no_such_host);
}

void Dispatcher::ended(FetchResult result, bool no_such_host) {
  const auto entry = flights_.find(result.id);
  if (entry == flights_.end()) return;
  const Flight flight = std::move(entry->second);
  flights_.erase(entry);
  --by_partition_[static_cast<std::size_t>(flight.partition)];
  const auto now = boot_now();
  // The host sees an attempt to connect too, however it fails.
  const bool reached_out =
      result.sent_anything || (policy_of(result.outcome).blames_host && result.outcome != Outcome::dns);
  std::optional<limiter::Duration> gap, hold;
  if (reached_out)
    gap = account(flight, result);
  else
    p_.scheduler.put_back(flight.host, now);
  p_.counters.fetches[static_cast<std::size_t>(result.outcome)].add();
  p_.counters.wire_bytes.add(result.wire_bytes);
  p_.counters.body_bytes.add(result.body.size());

  if (Host* host = p_.scheduler.find(flight.host)) {
    const OutcomePolicy& policy = policy_of(result.outcome);
    if (policy.pushback) {
      const web::Headers headers = web::Headers::parse(result.response_head);
      const auto wait = web::parse_retry_after(headers.get("retry-after"), std::chrono::system_clock::now());
      if (wait) p_.counters.retry_after.add();
      const double random = std::uniform_real_distribution<double>(0, 1)(random_);
      hold = host->limiter.push_back(wait ? std::optional<limiter::Duration>(*wait) : std::nullopt, now, random);
      p_.scheduler.changed(*host, now);
    } else if (policy.answered && !policy.failed) {
      host->limiter.recovered();
    }
  }
  if (reached_out) write_ledger(flight, result, gap, hold);
  if (flight.kind == Decision::Kind::fetch_robots)
    p_.robots.finish(flight, std::move(result), no_such_host);
  else
    p_.pages.finish(flight, std::move(result));
  p_.wake();
}

// Tells the limiter what the host saw. Returns the gap before it, where that is known here.
std::optional<limiter::Duration> Dispatcher::account(const Flight& flight, const FetchResult& result) {
  p_.counters.fetch_seconds.observe(result.ended - result.sent);
  const bool waited = flight.due > limiter::TimePoint{};  // a host that was never asked has nothing to wait for
  p_.counters.wait_seconds.observe(waited ? result.sent - flight.due : limiter::Duration(0));
  const limiter::HostLimiter::Exchange exchange{.sent = result.sent,
                                                .first_byte = result.first_byte,
                                                .ended = result.ended,
                                                .answered = policy_of(result.outcome).answered};
  const auto ledger = p_.scheduler.finished(flight.host, exchange, boot_now());
  if (!ledger) return std::nullopt;
  if (ledger->violation) p_.counters.violations.add();
  return ledger->gap;
}

// Every request that left has its line, also one that was cut.
void Dispatcher::write_ledger(const Flight& flight, const FetchResult& result, std::optional<limiter::Duration> gap,
                              std::optional<limiter::Duration> hold) {
  p_.segment.append_fetch(fetch_line({.flight = flight,
                                      .result = result,
                                      .gap = gap,
                                      .hold = hold,
                                      .worker = p_.worker,
                                      .lease = p_.frontier.fence(),
                                      .boot = boot_id(),
                                      .agent = agent_}),
                          std::chrono::system_clock::now());
  p_.committer.when_durable([] {});
}

void Dispatcher::cut_all() {
  stop_sending();
  resolver_.cancel_all();
  fetcher_.cut_all();
}

void Dispatcher::close(std::function<void()> closed) {
  resolver_.close([this, closed = std::move(closed)] { fetcher_.close(closed); });
}

}  // namespace crawler
