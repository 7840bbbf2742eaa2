#include "cli/audit_receipt.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "crawler/log.h"

namespace cli {
namespace {

using Json = nlohmann::ordered_json;
using crawler::printable;

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kSameFetchMs = 1000;

std::string joined(const std::map<std::string, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [name, n] : counts) text += (text.empty() ? "" : ", ") + printable(name);
  return text;
}

std::string counted(const std::map<std::string, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [name, n] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", printable(name), n);
  return text;
}

std::string shares(const std::map<std::string, std::uint64_t>& counts, std::uint64_t all) {
  std::vector<std::pair<std::uint64_t, std::string>> rows;
  for (const auto& [name, n] : counts) rows.emplace_back(n, name);
  std::sort(rows.rbegin(), rows.rend());
  std::string text;
  for (const auto& [n, name] : rows) {
    const double share = 100.0 * static_cast<double>(n) / static_cast<double>(all);
    text += fmt::format("{}{} {:.1f}%", text.empty() ? "" : ", ", printable(name), share);
  }
  return text;
}

bool is_failure(const std::string& outcome) {
  return outcome != "fetched" && outcome != "not_modified" && outcome != "redirected" && outcome != "rate_limited";
}

}  // namespace

void AuditReceipt::count(Counts& counts, const std::string& name) {
  if (const auto entry = counts.find(name); entry != counts.end())
    ++entry->second;
  else if (counts.size() < kMostKept)
    counts.emplace(name, 1);
  else
    ++counts["..."];
}

void AuditReceipt::add(const AuditLine& line) {
  ++requests_;
  robots_requests_ += line.robots;
  ++hours_[line.sent_wall_ms / kHourMs];
  if (!line.agent.empty()) count(agents_, line.agent);
  if (!line.ip.empty()) count(addresses_, line.ip);
  count(outcomes_, line.outcome);
  count(delay_from_, line.delay_from);
  if (line.status > 0) count(statuses_, std::to_string(line.status));
  pushed_back_ += line.status == 429 || line.status == 503;
  least_delay_ = std::min(least_delay_, line.delay);
  most_delay_ = std::max(most_delay_, line.delay);
  if (!line.robots && line.robots_fetched_wall_ms) add_robots(line);
}

// The time of one fetch is reckoned anew for each line, from the wall clock of that moment.
void AuditReceipt::add_robots(const AuditLine& line) {
  const std::int64_t fetched = *line.robots_fetched_wall_ms;
  for (Robots& known : robots_) {
    if (known.origin != line.origin || known.digest != line.robots_digest) continue;
    if (std::abs(known.fetched_wall_ms - fetched) > kSameFetchMs) continue;
    ++known.requests;
    return;
  }
  if (robots_.size() < kMostKept) robots_.push_back({line.origin, line.robots_digest, fetched, 1});
}

void AuditReceipt::add_wait(const AuditEntry& pushed, const AuditEntry& next) {
  const Nanos waited = next.sent - pushed.ended;
  ++(waited >= pushed.hold ? honoured_ : broken_);
  if (waits_.size() < kMostKept) waits_.push_back({pushed.ended_wall_ms, pushed.retry_after, pushed.hold, waited});
}

AuditReceipt::Counts AuditReceipt::errors() const {
  Counts errors;
  for (const auto& [outcome, n] : outcomes_)
    if (is_failure(outcome)) errors[outcome] = n;
  return errors;
}

std::string AuditReceipt::text(const std::string& host, const AuditReport& report) const {
  std::string text = fmt::format("Requests to {}\n\n", printable(host));
  text += "Crawler     " + (agents_.empty() ? std::string("not stated") : joined(agents_)) + "\n";
  text += fmt::format("Period      {} to {} UTC\n", wall_text(report.first_wall_ms), wall_text(report.last_wall_ms));
  text += fmt::format("Requests    {}, of them {} for robots.txt\n", requests_, robots_requests_);
  if (!addresses_.empty()) text += "Addresses   " + joined(addresses_) + "\n";
  if (!statuses_.empty()) text += "Answers     " + counted(statuses_) + "\n";

  text += "\nRequests per hour (UTC)\n";
  std::uint64_t most = 1;
  for (const auto& [hour, n] : hours_) most = std::max(most, n);
  for (const auto& [hour, n] : hours_) {
    const auto bar = static_cast<std::size_t>(40 * n / most);
    text += fmt::format("  {}  {:>8}  {}\n", wall_text(hour * kHourMs).substr(0, 16), n, std::string(bar, '#'));
  }

  text += "\nDelay       " + nanos_text(least_delay_);
  if (most_delay_ > least_delay_) text += " to " + nanos_text(most_delay_);
  text += " between two requests; set by " + shares(delay_from_, requests_) + "\n";
  if (report.smallest) {
    text += fmt::format("Smallest    {} from an answer's first byte to the next request, where the delay is {}\n",
                        nanos_text(report.smallest->gap), nanos_text(report.smallest->delay));
  }

  text += "\nrobots.txt obeyed\n";
  for (const Robots& version : robots_) {
    text += fmt::format("  {}/robots.txt  {}  fetched {}  {} requests\n", printable(version.origin),
                        version.digest.empty() ? "none there" : printable(version.digest),
                        wall_text(version.fetched_wall_ms), version.requests);
  }
  if (robots_.empty()) text += "  the ledger does not name the version\n";

  text += fmt::format("\nAnswers 429 and 503  {}\n", pushed_back_);
  for (const Wait& wait : waits_) {
    text += fmt::format("  {}  {} {}; next request after {}{}\n", wall_text(wait.ended_wall_ms),
                        wait.asked ? "Retry-After" : "we chose", nanos_text(wait.hold), nanos_text(wait.waited),
                        wait.waited < wait.hold ? "  TOO SOON" : "");
  }
  if (honoured_ + broken_ > waits_.size()) text += "  ...\n";
  const Counts failed = errors();
  text += "Errors               " + (failed.empty() ? std::string("none") : counted(failed)) + "\n\n";
  text += fmt::format("Verified    {} gaps, from the times at which each request left\n", report.gaps);
  return text + violations_text(report);
}

Json AuditReceipt::json(const std::string& host, const AuditReport& report) const {
  Json hours = Json::array(), robots = Json::array(), waits = Json::array();
  for (const auto& [hour, n] : hours_) {
    hours.push_back({{"hour", wall_text(hour * kHourMs).substr(0, 13) + ":00Z"}, {"requests", n}});
  }
  for (const Robots& version : robots_) {
    robots.push_back({{"origin", version.origin},
                      {"digest", version.digest.empty() ? Json(nullptr) : Json(version.digest)},
                      {"fetched_at", wall_rfc3339(version.fetched_wall_ms)},
                      {"requests", version.requests}});
  }
  for (const Wait& wait : waits_) {
    waits.push_back({{"retry_after", wait.asked},
                     {"hold_ms", static_cast<double>(wait.hold) / 1e6},
                     {"waited_ms", static_cast<double>(wait.waited) / 1e6}});
  }
  Json json = report_json(report);
  json.erase("hosts");
  json.update({{"host", host},
               {"agents", agents_},
               {"addresses", addresses_},
               {"robots_requests", robots_requests_},
               {"requests_per_hour", std::move(hours)},
               {"delay_from", delay_from_},
               {"robots", std::move(robots)},
               {"statuses", statuses_},
               {"outcomes", outcomes_},
               {"pushed_back", pushed_back_},
               {"honoured", honoured_},
               {"not_honoured", broken_},
               {"waits", std::move(waits)}});
  return json;
}

}  // namespace cli
