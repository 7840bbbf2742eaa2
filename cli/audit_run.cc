#include "cli/audit_run.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "cli/audit_address.h"
#include "cli/audit_files.h"

namespace cli {
namespace {

// A Retry-After up to this long is to be waited for; a longer one may be taken for this (the contract's default).
constexpr Nanos kHonoured = std::chrono::nanoseconds(std::chrono::hours(1)).count();

bool lets_pages_be_asked(const AuditLine& line) {
  return line.outcome == "fetched" || line.outcome == "redirected" || line.outcome == "http_4xx" ||
         line.outcome == "not_modified";
}

// Edits that turn `a` into `b`: letters put in, taken out or changed.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = std::exchange(row[j], std::min({changed, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

}  // namespace

Audit::Audit(std::string host, std::size_t in_memory)
    : only_(std::move(host)), entries_(audit_order, in_memory), gated_(address_order, in_memory) {}

void Audit::read(const std::vector<std::filesystem::path>& files) {
  for (const auto& path : files) {
    const auto file = static_cast<std::uint32_t>(report_.files.size());
    report_.files.push_back(path.string());
    const LedgerLines lines = read_ledger_lines(
        path, [&](std::string_view text, std::uint32_t number, bool whole) { take(text, file, number, whole); });
    report_.torn += lines.torn;
    if (lines.error) report_.unreadable.push_back(path.string() + ": " + lines.error.message());
  }
  report_.hosts = hosts_.size();
  if (gated_.error()) report_.error = "the entries cannot be sorted: " + gated_.error().message();
  if (entries_.error()) report_.error = "the entries cannot be sorted: " + entries_.error().message();
}

void Audit::take(std::string_view text, std::uint32_t file, std::uint32_t number, bool whole) {
  if (!whole) return garbage(file, number, "over " + std::to_string(kLongestLedgerLine) + " bytes long");
  AuditLine line;
  if (const std::string wrong = read_audit_line(text, line); !wrong.empty()) return garbage(file, number, wrong);
  AuditEntry entry;
  entry.host = hosts_.id(line.host);
  entry.origin = origins_.id(line.origin);
  entry.boot = boots_.id(line.boot);
  entry.file = file;
  entry.line = number;
  entry.sent = line.sent;
  entry.first_byte = line.first_byte;
  entry.ended = line.ended;
  entry.sent_wall_ms = line.sent_wall_ms;
  entry.first_byte_wall_ms = line.first_byte_wall_ms;
  entry.ended_wall_ms = line.ended_wall_ms;
  entry.delay = line.delay;
  entry.factor_wait = line.factor_wait;
  if (line.gap) entry.gap = *line.gap;
  const Nanos asked = std::min(asked_wait(line), kHonoured);
  entry.hold = std::max(line.hold.value_or(0), asked);
  entry.retry_after = asked > 0;
  entry.burst = static_cast<std::uint16_t>(line.burst);
  entry.concurrency = static_cast<std::uint16_t>(line.concurrency);
  entry.robots = line.robots;
  entry.robots_answered = line.robots && lets_pages_be_asked(line);
  entry.names_robots = line.robots_fetched_wall_ms.has_value();
  entry.ip_delay = line.ip_delay.value_or(0);
  entry.ip = addresses_.id(line.ip);
  if (entry.ip_delay > 0) static_cast<void>(gated_.add(entry));  // of every host: they share it
  if (!only_.empty() && line.host != only_) return;
  const bool first = report_.requests++ == 0;
  report_.first_wall_ms = first ? line.sent_wall_ms : std::min(report_.first_wall_ms, line.sent_wall_ms);
  report_.last_wall_ms = first ? line.sent_wall_ms : std::max(report_.last_wall_ms, line.sent_wall_ms);
  if (!only_.empty()) receipt_.add(line);
  static_cast<void>(entries_.add(entry));  // what went wrong is told at the end
}

void Audit::verify() {
  HostRules rules({.found = [this](AuditFinding finding) { tell(std::move(finding)); },
                   .waited = [this](const AuditEntry& a, const AuditEntry& b) { receipt_.add_wait(a, b); }});
  if (!entries_.visit([&](const AuditEntry& entry) { rules.take(entry); })) {
    report_.error = "the entries cannot be sorted: " + entries_.error().message();
  }
  rules.finish();
  AddressRules addresses([this](AuditFinding finding) {
    if (only_.empty() || hosts_.text(finding.at.host) == only_) tell(std::move(finding));
  });
  if (!gated_.visit([&](const AuditEntry& entry) { addresses.take(entry); })) {
    report_.error = "the entries cannot be sorted: " + gated_.error().message();
  }
  report_.address_gaps = addresses.verified();
  report_.gaps = rules.verified();
  report_.seams = rules.seams();
  if (const auto& s = rules.smallest()) {
    report_.smallest = {s->ratio, s->gap, s->delay, hosts_.text(s->at.host), place_of(s->at), place_of(s->before)};
  }
}

AuditPlace Audit::place_of(const AuditEntry& entry) const {
  return {report_.files[entry.file], entry.line};
}

void Audit::tell(AuditFinding finding) {
  ++report_.violations;
  ++report_.by_rule[static_cast<std::size_t>(finding.rule)];
  if (report_.told.size() >= AuditReport::kMostTold) return;
  std::optional<AuditPlace> before;
  if (finding.before) before = place_of(*finding.before);
  report_.told.push_back(
      {finding.rule, hosts_.text(finding.at.host), std::move(finding.what), place_of(finding.at), std::move(before)});
}

void Audit::garbage(std::uint32_t file, std::uint32_t number, const std::string& why) {
  if (report_.garbage++ >= AuditReport::kMostGarbage) return;
  report_.garbage_told.push_back(AuditPlace{report_.files[file], number}.text() + ": " + why);
}

std::vector<std::string> Audit::hosts_like(const std::string& name, std::size_t most) const {
  std::vector<std::pair<std::size_t, std::string>> near;
  for (std::uint32_t i = 0; i < hosts_.size(); ++i) {
    const std::string& host = hosts_.text(i);
    if (host.size() <= 255) near.emplace_back(distance(name.substr(0, 255), host), host);
  }
  most = std::min(most, near.size());
  std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(most), near.end());
  std::vector<std::string> out;
  for (std::size_t i = 0; i < most; ++i) out.push_back(std::move(near[i].second));
  return out;
}

}  // namespace cli
