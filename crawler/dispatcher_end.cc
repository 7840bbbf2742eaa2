// Dispatcher: the end of a request: what it says of the host, its line in the ledger, and on to its pipeline.
#include <errno.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "crawler/address_choice.h"
#include "crawler/boot_clock.h"
#include "crawler/dispatcher.h"
#include "crawler/lines.h"
#include "web/headers.h"

namespace crawler {
namespace {

// Asked of a host on connections of their own after a kept one died under a request, so that what is asked again, which
// is soon, does not die the same way.
constexpr int kFreshConnections = 16;

}  // namespace

void Dispatcher::ended(FetchResult result, bool no_such_host) {
  const auto entry = flights_.find(result.id);
  if (entry == flights_.end()) return;
  const Flight flight = std::move(entry->second);
  flights_.erase(entry);
  --by_partition_[static_cast<std::size_t>(flight.partition)];
  const HostReport report = report_of(flight, result, no_such_host);
  gate_.leave(flight.id, report.reached_out ? std::optional(result.first_byte) : std::nullopt);
  if (policy_of(result.outcome).retry) resolver_.avoid(flight.url.host, result.ip);
  if (policy_of(result.outcome).answered) resolver_.prefer(flight.url.host, result.ip);
  if (Host* host = p_.scheduler.find(flight.host); host != nullptr && result.kept_connection_died) {
    host->fresh_connections = kFreshConnections;
  }
  const double random = std::uniform_real_distribution<double>(0, 1)(random_);
  const auto account = p_.scheduler.finished(flight.host, report, boot_now(), random);
  if (report.reached_out) write_ledger(flight, result, account);
  if (report.retry_after) p_.counters.retry_after.add();
  p_.counters.fetches[static_cast<std::size_t>(result.outcome)].add();
  p_.counters.wire_bytes.add(result.wire_bytes);
  p_.counters.body_bytes.add(result.body.size());

  if (flight.kind == Decision::Kind::fetch_robots)
    p_.robots.finish(flight, std::move(result), no_such_host, report.our_own);
  else
    p_.pages.finish(flight, std::move(result), !report.our_own && !flight.probe);
  p_.wake();
}

HostReport Dispatcher::report_of(const Flight& flight, const FetchResult& result, bool no_such_host) {
  const OutcomePolicy& policy = policy_of(result.outcome);
  HostReport report;
  report.outcome = result.outcome;
  // The host sees an attempt to connect too, however it fails.
  report.reached_out = result.sent_anything || (policy.blames_host && result.outcome != Outcome::dns);
  report.exchange = {result.sent, result.first_byte, result.ended, policy.answered};
  report.received = {result.wire_bytes};
  report.retry = flight.retry;
  if (policy.pushback) {
    const web::Headers headers = web::Headers::parse(result.response_head);
    const auto wait =
        web::parse_retry_after(headers.get("retry-after"), headers.get("date"), std::chrono::system_clock::now());
    if (wait) report.retry_after = *wait;
  }
  report.our_own = is_our_own(flight, result, no_such_host);
  return report;
}

bool Dispatcher::is_our_own(const Flight& flight, const FetchResult& result, bool no_such_host) {
  Network& network = p_.shared.network;
  const OutcomePolicy& policy = policy_of(result.outcome);
  const Host* host = p_.scheduler.find(flight.host);
  const bool answers = host != nullptr && host->answers;
  if (policy.answered || !result.response_head.empty() || result.os_error == ECONNREFUSED) {
    if (network.answered(flight.host, boot_now())) spdlog::info("the network is back: {} answered", flight.host);
    return false;
  }
  if (!policy.blames_host || no_such_host || result.outcome == Outcome::protocol) return false;
  if (result.outcome == Outcome::dns) return network.down();  // the name servers are there: the resolver says else
  const bool local = (result.os_error == ENETUNREACH || result.os_error == ENETDOWN) && !has_route();
  const bool before = network.down();
  const bool ours = network.failed({flight.host, answers, local}, boot_now());
  if (ours && !before) spdlog::warn("our own network seems to be down: {}; nobody is blamed", result.error);
  return ours;
}

// Every request that left has its line, also one that was cut.
void Dispatcher::write_ledger(const Flight& flight, const FetchResult& result, const Account& account) {
  if (account.violation) p_.counters.violations.add();
  p_.counters.fetch_seconds.observe(result.ended - result.sent);
  const bool waited = flight.due > limiter::TimePoint{};  // a host that was never asked has nothing to wait for
  p_.counters.wait_seconds.observe(waited ? result.sent - flight.due : limiter::Duration(0));
  p_.segment.append_fetch(fetch_line({.flight = flight,
                                      .result = result,
                                      .gap = account.gap,
                                      .hold = account.hold,
                                      .worker = p_.worker,
                                      .lease = p_.frontier.fence(),
                                      .boot = boot_id(),
                                      .agent = agent_}),
                          std::chrono::system_clock::now());
  p_.committer.when_durable([] {});
}

}  // namespace crawler
