#include "cli/explain_text.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <string_view>

#include "cli/json_fields.h"
#include "crawler/log.h"
#include "crawler/outcome.h"

namespace cli {
namespace {

std::string plural(const std::string& n, const std::string& noun) {
  return n + " " + noun + (n == "1" ? "" : "s");
}

// "robots_disallowed by line 4 of https://h/robots.txt (Disallow: /x)"
std::string by_rule(const std::string& reason, const std::string& rule) {
  if (rule.empty()) return reason;
  const bool sentence = rule.find(" be ") != rule.npos;  // "the host of ... cannot be asked"
  return reason + (sentence ? ": " : " by ") + rule;
}

// A setting goes first: whoever reads it may want to change it.
std::string refusal_to_come(const Json& now) {
  const std::string reason = word(now, "reason"), rule = word(now, "rule");
  const bool setting = rule.starts_with("scope.") || rule.starts_with("budget.") || rule.starts_with("traps.");
  if (!setting) return "would be refused: " + by_rule(reason, rule);
  const std::string set_at = word(now, "set_at");
  return "would be refused: " + rule + " (" + reason + (set_at.empty() ? ")" : ", set by " + set_at + ")");
}

std::string queueing_to_come(const Json& now) {
  const std::string setting = word(now, "waits_for");
  return "would be queued" + (setting.empty() ? "" : ", and wait until " + setting + " is set");
}

std::string judged_as(const Json& now) {
  if (word(now, "as") != "link") return "as a seed";
  return "as a link of the seed " + word(now, "seed") + ", at depth " + count(now, "depth");
}

std::string read_ago(const Json& robots) {
  const auto age = number(robots, "age_s");
  return age ? ", read " + span(*age) + " ago" : "";
}

std::string done_line(const Json& answer) {
  const std::string fate = word(answer, "reason");
  std::string line = (crawler::is_failed_fate(fate) ? "failed: " : "done: ") + fate;
  const Json& page = part(answer, "page");
  if (word(page, "fate") != fate) return line;
  if (const std::string status = count(page, "status"); !status.empty()) line += ", status " + status;
  line += ", at " + word(page, "fetched_at");
  if (const std::string error = word(page, "error"); !error.empty()) line += ": " + error;
  return line;
}

std::string refused_line(const Json& answer) {
  const std::string reason = word(answer, "reason"), rule = word(answer, "rule");
  if (word(answer, "url").empty()) return "refused: " + reason + (rule.empty() ? "" : ": " + rule);
  const bool by_copy = reason == "robots_disallowed" && rule == word(part(answer, "now"), "rule");
  return "refused: " + by_rule(reason, rule) + (by_copy ? read_ago(part(answer, "robots")) : "");
}

std::string first_line(const Json& answer) {
  const std::string state = word(answer, "state");
  if (state == "done") return done_line(answer);
  if (state == "refused") return refused_line(answer);
  if (state == "in_flight") return "in flight: taken from its queue, and not settled yet";
  if (state == "queued") return "queued, one of " + count(answer, "queued_of_host") + " of its host";
  if (state == "waiting") {
    const double due = number(answer, "due_in_ms").value_or(0);
    return "waiting for its next attempt, " + (due > 0 ? "due in " + span(due / 1000) : std::string("due now"));
  }
  if (state == "queued_or_done") {
    return "queued among " + count(answer, "queued_of_host") + " of its host, waiting among " +
           count(answer, "waiting_of_partition") + ", or done: there are more than are looked at";
  }
  const Json& now = part(answer, "now");
  const bool refused = word(now, "action") == "refuse";
  return "never seen; " + (refused ? refusal_to_come(now) : queueing_to_come(now)) + ", " + judged_as(now);
}

void add(std::string& out, const std::string& sentence) {
  if (!sentence.empty()) out += crawler::printable(sentence) + ".\n";
}

// Where it was found; from its record, or what the files say.
std::string origin_line(const Json& answer) {
  const Json& record = part(answer, "record");
  const Json& from = record.empty() ? part(answer, "page") : record;
  const std::string via = word(from, "via"), seed = word(from, "seed"), job = word(from, "job");
  std::string line;
  if (!via.empty()) {
    line = "Found on " + via;
    if (!seed.empty()) line += ", " + plural(count(from, "depth"), "link") + " from the seed " + seed;
  } else if (const std::string refused_via = word(part(answer, "refusal"), "via");
             from.empty() && !refused_via.empty()) {
    line = "Found on " + refused_via;
  } else if (!seed.empty()) {
    line = seed == word(answer, "url") ? "It is a seed" : "A redirect led here from the seed " + seed;
  }
  if (!job.empty()) line += (line.empty() ? "Of job " : ", of job ") + job;
  return line;
}

std::string tries_line(const Json& record) {
  const double attempts = number(record, "attempts").value_or(0), pushbacks = number(record, "pushbacks").value_or(0);
  std::string line;
  if (attempts > 0) line = fmt::format("{:.0f} of its attempts failed", attempts);
  if (pushbacks > 0) line += fmt::format("{}its host pushed it back {:.0f} times", line.empty() ? "" : "; ", pushbacks);
  if (!line.empty()) line[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(line[0])));
  return line;
}

std::string stored_line(const Json& answer) {
  const Json& stored = part(answer, "stored");
  if (stored.empty()) return "";
  std::string line = "Stored in " + word(stored, "file") + " at " + count(stored, "offset") + ", " +
                     count(stored, "length") + " bytes";
  if (const std::string cut = word(part(answer, "page"), "truncated"); !cut.empty()) line += ", cut off (" + cut + ")";
  return line;
}

std::string robots_line(const Json& answer) {
  const Json& robots = part(answer, "robots");
  const std::string url = word(robots, "url"), verdict = word(robots, "verdict");
  const double attempts = number(robots, "attempts").value_or(0);
  std::string line = url;
  if (verdict == "unknown") {
    line += attempts > 0 ? " could not be had" : " was not read yet";
  } else if (word(robots, "rule").empty()) {
    line += (word(robots, "phase") == "unavailable" ? " does not exist: all is allowed" : " has no rule for it") +
            read_ago(robots);
  } else {
    line += (verdict == "allowed" ? " allows it by line " : " forbids it by line ") + count(robots, "line") + " (" +
            word(robots, "rule") + ")" + read_ago(robots);
  }
  if (attempts > 0) line += fmt::format(", {:.0f} attempts failed since", attempts);
  return line;
}

std::string host_line(const Json& answer) {
  const Json& host = part(answer, "host_state");
  std::string line = "Host " + word(answer, "host") + ": ";
  if (host.empty()) return line + "nothing is known of it";
  line += word(host, "state") + ", " + count(answer, "queued_of_host") + " queued";
  if (const std::string due = span_ms(host, "next_due_in_ms"); !due.empty()) line += ", asked next in " + due;
  line += ", delay " + span_ms(host, "delay_ms") + " (" + word(host, "delay_from") + ")";
  for (const Json& lever : list(host, "levers")) {
    line += ", " + word(lever, "lever") + " by the operator";
    if (const std::string why = word(lever, "why"); !why.empty()) line += " (" + why + ")";
  }
  if (const std::string owner = word(host, "owner"); !owner.empty() && owner != word(answer, "daemon")) {
    line += ", kept by daemon " + owner;
  }
  return line;
}

}  // namespace

std::string explain_text(const Json& answer) {
  std::string out = crawler::printable(first_line(answer)) + "\n";
  const std::string url = word(answer, "url");
  if (url.empty()) return out;
  const std::string asked_by = word(answer, "request");
  add(out, url == word(answer, "given")
               ? ""
               : "Its normal form is " + url + (asked_by.empty() ? "" : ", asked by " + asked_by));
  add(out, origin_line(answer));
  add(out, tries_line(part(answer, "record")));
  if (const std::string to = word(part(answer, "page"), "location"); !to.empty()) add(out, "It leads to " + to);
  add(out, stored_line(answer));
  for (const Json& request : list(answer, "requests")) {
    std::string line = "Asked at " + word(request, "sent_at") + ": " + word(request, "outcome");
    if (const std::string status = count(request, "status"); !status.empty()) line += ", status " + status;
    if (const std::string error = word(request, "error"); !error.empty()) line += ": " + error;
    add(out, line);
  }
  const Json& now = part(answer, "now");
  if (word(answer, "state") != "never_seen") {
    const bool refused = word(now, "action") == "refuse";
    add(out, "By the rules of now it " + (refused ? refusal_to_come(now) : queueing_to_come(now)) + ", " +
                 judged_as(now) + (flag(now, "known") ? "; but it is known: only force asks for it again" : ""));
  }
  add(out, robots_line(answer));
  add(out, host_line(answer));
  const auto complete = answer.find("files_complete");
  if (complete != answer.end() && *complete == false) add(out, "Older lines of the logs were not looked at");
  return out;
}

}  // namespace cli
