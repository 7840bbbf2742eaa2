#include "cli/host_text.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "cli/json_fields.h"
#include "crawler/log.h"

namespace cli {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

std::string lever_words(const Json& lever) {
  std::string text = word(lever, "lever");
  if (const std::string delay = span_ms(lever, "delay_ms"); !delay.empty()) text += " " + delay;
  if (const std::string until = word(lever, "until"); !until.empty()) text += " until " + until;
  if (const std::string why = word(lever, "why"); !why.empty()) text += ": " + why;
  return text;
}

void add_line(std::string& out, std::string_view name, const std::string& value) {
  if (!value.empty()) out += fmt::format("{:<9} {}\n", name, value);
}

std::string origin_words(const Json& origin) {
  std::string text = word(origin, "origin") + ": " + word(origin, "phase");
  if (const auto age = number(origin, "age_s")) text += ", " + span(*age) + " old";
  if (const auto tries = number(origin, "attempts"); tries && *tries > 0) {
    text += fmt::format(", {:.0f} failed attempts", *tries);
  }
  if (const auto again = number(origin, "again_in_s")) text += ", asked again in " + span(*again);
  if (const auto delay = number(origin, "crawl_delay_s")) text += ", crawl-delay " + span(*delay);
  if (const std::string bytes = count(origin, "bytes"); !bytes.empty()) text += ", " + bytes + " bytes";
  return text;
}

std::string indented(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.pop_back();
    out += "    " + crawler::printable(line) + "\n";
    at = end + 1;
  }
  return out;
}

}  // namespace

std::string hosts_text(const Json& answer) {
  const Json& hosts = list(answer, "hosts");
  std::size_t width = 4;
  for (const Json& host : hosts) width = std::max(width, word(host, "host").size());
  width = std::min<std::size_t>(width, 50);
  std::string out = fmt::format("{:<{}}  {:<11}  {:>6}  {:>8}  {:>8}  {}\n", "HOST", width, "STATE", "QUEUED", "DELAY",
                                "NEXT", "LEVERS");
  for (const Json& host : hosts) {
    std::string levers;
    for (const Json& lever : list(host, "levers")) levers += (levers.empty() ? "" : "; ") + lever_words(lever);
    const double queued = number(host, "ready").value_or(0) + number(host, "queued").value_or(0);
    std::string row =
        fmt::format("{:<{}}  {:<11}  {:>6.0f}  {:>8}  {:>8}  {}", word(host, "host"), width, word(host, "state"),
                    queued, span_ms(host, "delay_ms"), span_ms(host, "next_due_in_ms"), levers);
    row.erase(row.find_last_not_of(' ') + 1);
    out += row + "\n";
  }
  const double matched = number(answer, "matched").value_or(0);
  if (matched > static_cast<double>(hosts.size())) out += fmt::format("{} of {:.0f} hosts\n", hosts.size(), matched);
  const auto complete = answer.find("complete");
  if (complete != answer.end() && *complete == false) out += "Not every worker has answered in time.\n";
  return out;
}

std::string host_text(const Json& host) {
  std::string out;
  add_line(out, "host", word(host, "host"));
  const auto in_memory = host.find("in_memory");
  const bool held = in_memory != host.end() && *in_memory == true;
  const std::string owner = word(host, "owner");
  const bool elsewhere = !held && !owner.empty() && owner != word(host, "daemon");
  add_line(out, "state", word(host, "state") + (elsewhere ? " (kept by daemon " + owner + ")" : ""));
  add_line(out, "queue", count(host, "ready") + " at hand, " + count(host, "queued") + " in its queue");
  add_line(out, "delay", span_ms(host, "delay_ms") + " (" + word(host, "delay_from") + ")");
  add_line(out, "next in", span_ms(host, "next_due_in_ms"));
  add_line(out, "backs off", span_ms(host, "backing_off_ms"));
  for (const Json& lever : list(host, "levers")) {
    const std::string since = word(lever, "since");
    add_line(out, "lever", lever_words(lever) + (since.empty() ? "" : " (since " + since + ")"));
  }
  for (const Json& origin : list(host, "robots")) {
    add_line(out, "robots", origin_words(origin));
    const auto text = origin.find("text");
    if (text != origin.end() && text->is_string()) out += indented(text->get<std::string>());
  }
  return out;
}

std::string order_text(const Json& answer) {
  std::string out = word(answer, "host") + ": ";
  const Json& levers = list(answer, "levers");
  if (levers.empty()) out += "no lever is set";
  for (std::size_t i = 0; i < levers.size(); ++i) out += (i > 0 ? "; " : "") + lever_words(levers[i]);
  const auto known = answer.find("known");
  if (known != answer.end() && *known == false) out += " (nothing is known of this host yet)";
  return out + "\n";
}

}  // namespace cli
