#include "cli/audit_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "crawler/log.h"

namespace cli {
namespace {

using Json = nlohmann::ordered_json;
using crawler::printable;

constexpr std::size_t kMostPrinted = 100;

Json place_json(const AuditPlace& place) {
  return place.text();
}

Json ms(Nanos n) {
  return static_cast<double>(n) / 1e6;
}

}  // namespace

std::string violations_text(const AuditReport& report) {
  if (report.violations == 0) return "Violations  none\n";
  std::string text = fmt::format("Violations  {}\n", report.violations);
  std::size_t printed = 0;
  for (const AuditViolation& v : report.told) {
    if (printed++ == kMostPrinted) break;
    text += fmt::format("  {}  {}: {}\n    {}{}\n", audit_rule_name(v.rule), printable(v.host), v.what,
                        printable(v.at.text()), v.before ? ", after " + printable(v.before->text()) : "");
  }
  if (report.violations > kMostPrinted) text += fmt::format("  and {} more\n", report.violations - kMostPrinted);
  return text;
}

std::string report_text(const AuditReport& report) {
  std::string text = fmt::format("Ledger      {} request{} of {} host{} in {} file{}\n", report.requests,
                                 report.requests == 1 ? "" : "s", report.hosts, report.hosts == 1 ? "" : "s",
                                 report.files.size(), report.files.size() == 1 ? "" : "s");
  if (report.requests > 0) {
    text += fmt::format("Period      {} to {} UTC\n", wall_text(report.first_wall_ms), wall_text(report.last_wall_ms));
  }
  text += fmt::format("Gaps        {} reckoned to the nanosecond\n", report.gaps);
  if (report.address_gaps > 0) text += fmt::format("            {} at gates of addresses\n", report.address_gaps);
  if (report.seams.count > 0) {
    text += fmt::format(
        "            {} between two machines or two boots have no common clock; by the clocks of the wall {} look "
        "short "
        "and {} overlap\n",
        report.seams.count, report.seams.looking_short, report.seams.overlapping);
  }
  if (report.smallest) {
    const auto& s = *report.smallest;
    text += fmt::format("Smallest    {} where the delay is {} ({:.4f} of it)\n            {} at {}\n",
                        nanos_text(s.gap), nanos_text(s.delay), s.ratio, printable(s.host), printable(s.at.text()));
  }
  if (report.torn > 0) text += fmt::format("Unfinished  {} last line without an end\n", report.torn);
  if (report.garbage > 0) {
    text += fmt::format("Not read    {} lines\n", report.garbage);
    for (const std::string& line : report.garbage_told) text += "  " + printable(line) + "\n";
    if (report.garbage > report.garbage_told.size()) text += "  ...\n";
  }
  for (const std::string& file : report.unreadable) text += "Not read    " + printable(file) + "\n";
  return text + violations_text(report);
}

Json verification_json(const AuditReport& report) {
  Json by_rule = Json::object(), told = Json::array();
  for (std::size_t i = 0; i < kAuditRules; ++i) {
    by_rule[std::string(audit_rule_name(static_cast<AuditRule>(i)))] = report.by_rule[i];
  }
  for (const AuditViolation& v : report.told) {
    told.push_back({{"rule", audit_rule_name(v.rule)},
                    {"host", v.host},
                    {"what", v.what},
                    {"at", place_json(v.at)},
                    {"before", v.before ? place_json(*v.before) : Json(nullptr)}});
  }
  Json smallest;
  if (report.smallest) {
    const auto& s = *report.smallest;
    smallest = {{"ratio", s.ratio}, {"gap_ms", ms(s.gap)},    {"delay_ms", ms(s.delay)},
                {"host", s.host},   {"at", place_json(s.at)}, {"before", place_json(s.before)}};
  }
  return {{"gaps", report.gaps},
          {"address_gaps", report.address_gaps},
          {"seams",
           {{"count", report.seams.count},
            {"looking_short", report.seams.looking_short},
            {"overlapping", report.seams.overlapping}}},
          {"smallest", std::move(smallest)},
          {"violations", report.violations},
          {"violations_by_rule", std::move(by_rule)},
          {"violations_told", std::move(told)},
          {"garbage", report.garbage},
          {"garbage_told", report.garbage_told},
          {"torn", report.torn},
          {"unreadable", report.unreadable}};
}

Json report_json(const AuditReport& report) {
  const bool any = report.requests > 0;
  Json json = {{"ok", report.good()},
               {"files", report.files},
               {"requests", report.requests},
               {"hosts", report.hosts},
               {"first_sent_at", any ? Json(wall_rfc3339(report.first_wall_ms)) : Json(nullptr)},
               {"last_sent_at", any ? Json(wall_rfc3339(report.last_wall_ms)) : Json(nullptr)}};
  json.update(verification_json(report));
  return json;
}

}  // namespace cli
