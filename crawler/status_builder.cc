#include "crawler/status_builder.h"

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "crawler/outcome.h"

namespace crawler {
namespace {

constexpr Duration kRateWindow = seconds(10);
constexpr Duration kIdleAfter = seconds(2);  // without a page: between two requests of a slow host nobody is idle

std::string count_of(std::uint64_t n, std::string_view one, std::string_view many) {
  return std::to_string(n) + " " + std::string(n == 1 ? one : many);
}

}  // namespace

StatusPtr StatusBuilder::build(const SessionFacts& facts, const Accounts& accounts, limiter::TimePoint now) {
  auto status = std::make_shared<Status>();
  status->state = facts.state;
  status->uptime_s = std::chrono::duration<double>(now - facts.started).count();
  status->mode = shared_.finite ? "crawl" : "serve";
  status->version = DECORUM_VERSION;
  status->user_agent = shared_.config.user_agent();
  status->config_file = facts.config_file;
  status->admin_address = facts.admin_address;
  status->instance = facts.instance;
  if (accounts.books != nullptr) add_books(*status, *accounts.books);
  if (accounts.jobs != nullptr) {
    status->jobs = accounts.jobs->jobs();
    status->books_imbalance += accounts.jobs->imbalance();
  }
  if (accounts.auditor != nullptr) {
    status->books_imbalance += accounts.auditor->imbalance();
    status->partitions_compared = accounts.auditor->compared();
  }
  if (accounts.intake != nullptr) {
    const Intake::Totals& totals = accounts.intake->totals();
    if (const std::string trouble = accounts.intake->trouble(); !trouble.empty()) status->warnings.push_back(trouble);
    status->seeds = {totals.accepted, totals.rejected, totals.duplicates};
  }
  status->redis = {facts.redis_up, shared_.redis.text(), facts.redis_error, facts.embedded,
                   facts.aof,      facts.used_memory,    facts.max_memory,  facts.memory_full_in};
  std::error_code error;  // absolute, for readers that stand elsewhere
  status->storage.dir = std::filesystem::absolute(shared_.config.storage.dir, error).lexically_normal().native();
  status->storage.error = facts.storage_error;
  status->storage.free_bytes = facts.free_bytes;
  status->storage.segments = shared_.next_serial.load();
  if (!facts.redis_warning.empty()) status->warnings.push_back(facts.redis_warning);
  add_workers(*status);
  add_rates(*status, now);
  status->why_idle = why_idle(*status, facts, now);
  return status;
}

void StatusBuilder::add_books(Status& status, const Bookkeeper& books) {
  status.books = books.books();
  status.books_imbalance = books.imbalance();
  status.fates = books.fates();
  for (const auto& [fate, n] : books.fates()) {
    if (is_failed_fate(fate)) status.failed_by_reason[fate] = n;
  }
  status.refused_by_reason = books.refusals();
}

void StatusBuilder::add_workers(Status& status) const {
  for (const auto& worker : workers_) {
    const WorkerCounters& c = worker->counters();
    status.workers.push_back({worker->id(), c.processed.get(), c.failed.get(), c.in_flight.get(), c.queued.get(),
                              c.partitions.get(), static_cast<double>(c.loop_lag_us.get()) / 1000.0});
    for (std::size_t i = 0; i < kOutcomes; ++i) {
      status.fetches[std::string(outcome_name(static_cast<Outcome>(i)))] += c.fetches[i].get();
    }
    for (std::size_t i = 0; i < kHostStates.size(); ++i) status.hosts[std::string(kHostStates[i])] += c.hosts[i].get();
    for (std::size_t i = 0; i < kTraps.size(); ++i) status.traps[std::string(kTraps[i])] += c.traps[i].get();
    status.levers.paused += c.levers_paused.get();
    status.levers.slowed += c.levers_slowed.get();
    status.levers.blocked += c.levers_blocked.get();
    status.blocked_by_operator += c.blocked_by_operator.get();
    status.violations += c.violations.get();
    status.storage.written_bytes += c.stored_bytes.get();
  }
}

void StatusBuilder::add_rates(Status& status, limiter::TimePoint now) {
  Sample sample{now, 0, 0};
  for (const auto& worker : workers_) {
    sample.pages += worker->counters().processed.get();
    sample.bytes += worker->counters().wire_bytes.get();
  }
  if (!samples_.empty() && sample.pages != samples_.back().pages) last_moved_ = now;
  samples_.push_back(sample);
  while (samples_.size() > 2 && samples_.front().at < now - kRateWindow) samples_.pop_front();
  const Sample& first = samples_.front();
  const double elapsed = std::chrono::duration<double>(now - first.at).count();
  if (elapsed <= 0) return;
  status.pages_per_s = static_cast<double>(sample.pages - first.pages) / elapsed;
  status.bytes_per_s = static_cast<double>(sample.bytes - first.bytes) / elapsed;
}

std::string StatusBuilder::why_idle(const Status& status, const SessionFacts& facts, limiter::TimePoint now) const {
  std::uint64_t in_flight = 0;
  for (const auto& worker : status.workers) in_flight += worker.in_flight;
  if (facts.state == "draining") return "It is stopping.";
  if (facts.state == "paused") return "It was paused; resume it on the status page or with `decorum resume`.";
  if (!facts.redis_up) return "Redis is away: " + facts.redis_error + ".";
  if (shared_.trust.lost())
    return facts.redis_error + ". POST /api/v1/resume (`decorum resume`) goes on with what is there.";
  if (facts.redis_error.starts_with("OOM")) {
    return "Redis is full (maxmemory): links wait until they can be filed, and so do their pages. " + facts.redis_error;
  }
  if (!facts.redis_error.empty()) return "Redis: " + facts.redis_error + ".";
  if (!facts.storage_error.empty()) return "Records cannot be written: " + facts.storage_error + ".";
  if (shared_.pages.used_up()) return "budget.pages is used up.";
  if (shared_.network.down()) {
    return "Our own network seems to be down: hosts that answered fell silent at once. One request in a while tries.";
  }
  if (shared_.network.resolvers_down()) {
    return "The name servers do not answer: hosts whose addresses are not known wait. One lookup in a while tries.";
  }
  if (in_flight > 0) return {};
  const auto hosts = [&](const char* state) {
    const auto entry = status.hosts.find(state);
    return entry == status.hosts.end() ? std::uint64_t{0} : entry->second;
  };
  const std::int64_t open = status.books.queued + status.books.in_flight + status.books.waiting;
  if (open == 0) {
    return "Nothing is queued. Seed it: redis-cli LPUSH " + shared_.frontier.ns + ":seeds https://example.org/";
  }
  if (shared_.config.agent.contact.empty() && hosts("blocked") > 0) {
    return "No contact is configured (agent.contact), so only loopback hosts are asked; " +
           count_of(hosts("blocked"), "host waits.", "hosts wait.");
  }
  if (hosts("ready") > 0 || now - last_moved_ < kIdleAfter) return {};
  std::string why;
  const auto add = [&](std::uint64_t n, std::string_view one, std::string_view many) {
    if (n > 0) why += (why.empty() ? "" : ", ") + count_of(n, one, many);
  };
  add(hosts("waiting"), "host waits for its politeness delay", "hosts wait for their politeness delay");
  add(hosts("backing_off"), "host backs off", "hosts back off");
  add(hosts("paused"), "host is paused by the operator", "hosts are paused by the operator");
  add(hosts("blocked") - std::min(hosts("blocked"), status.blocked_by_operator), "host gives no robots.txt or fails",
      "hosts give no robots.txt or fail");
  add(static_cast<std::uint64_t>(status.books.waiting), "URL waits for its retry", "URLs wait for their retry");
  return why.empty() ? std::string() : why + ".";
}

}  // namespace crawler
