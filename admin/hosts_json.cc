#include "admin/hosts_json.h"

#include <optional>
#include <utility>

#include "admin/json_parts.h"

namespace admin {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

std::int64_t in_ms(limiter::Duration duration) {
  return duration_cast<milliseconds>(duration).count();
}

Json ms_or_null(const std::optional<limiter::Duration>& duration) {
  return duration ? Json(in_ms(*duration)) : Json(nullptr);
}

Json seconds_or_null(const std::optional<limiter::Duration>& duration) {
  return duration ? Json(std::chrono::duration<double>(*duration).count()) : Json(nullptr);
}

Json time_or_null(limiter::WallMs time) {
  return time.count() == 0 ? Json(nullptr) : Json(time_text(std::chrono::system_clock::time_point(time)));
}

Json levers_of(const std::vector<limiter::LeverInForce>& levers) {
  Json list = Json::array();
  for (const auto& [kind, lever, until] : levers) {
    const bool ends = lever.length.count() > 0;
    list.push_back({{"lever", limiter::lever_name(kind)},
                    {"since", time_or_null(lever.since)},
                    {"until", ends ? time_or_null(lever.since + lever.length) : Json(nullptr)},
                    {"delay_ms", kind == limiter::LeverKind::slow ? Json(in_ms(lever.delay)) : Json(nullptr)},
                    {"why", text_or_null(lever.why)}});
  }
  return list;
}

Json robots_of(const std::vector<crawler::OriginView>& origins, bool with_text) {
  Json list = Json::array();
  for (const crawler::OriginView& origin : origins) {
    Json json = {{"origin", origin.origin},
                 {"phase", origin.phase},
                 {"age_s", seconds_or_null(origin.age)},
                 {"attempts", origin.attempts},
                 {"again_in_s", seconds_or_null(origin.again_in)},
                 {"crawl_delay_s", origin.crawl_delay ? Json(*origin.crawl_delay) : Json(nullptr)},
                 {"digest", text_or_null(origin.digest)},
                 {"bytes", origin.bytes}};
    if (with_text) json["text"] = origin.text;
    list.push_back(std::move(json));
  }
  return list;
}

Json json_of(const crawler::HostView& host, bool whole) {
  Json json = {{"host", host.host},
               {"state", host.state},
               {"partition", host.partition},
               {"worker", host.worker ? Json(*host.worker) : Json(nullptr)},
               {"in_memory", host.worker.has_value()},
               {"asked", host.asked},
               {"in_flight", host.in_flight},
               {"ready", host.ready},
               {"queued", host.queued ? Json(*host.queued) : Json(nullptr)},
               {"next_due_in_ms", ms_or_null(host.next_due_in)},
               {"delay_ms", in_ms(host.delay)},
               {"delay_from", host.delay_from},
               {"backing_off_ms", ms_or_null(host.backing_off_for)},
               {"levers", levers_of(host.levers)},
               {"robots", robots_of(host.robots, whole)}};
  if (whole) json["owner"] = text_or_null(host.owner);
  return json;
}

}  // namespace

std::string hosts_json(const crawler::HostList& list, std::size_t limit) {
  Json hosts = Json::array();
  for (const crawler::HostView& host : list.hosts) hosts.push_back(json_of(host, false));
  return line_of({{"daemon", list.daemon},
                  {"hosts", std::move(hosts)},
                  {"matched", list.matched},
                  {"limit", limit},
                  {"complete", list.complete}});
}

Json host_part(const crawler::HostView& host) {
  Json json = json_of(host, false);
  json["owner"] = text_or_null(host.owner);
  return json;
}

std::string host_json(const crawler::HostAnswer& answer) {
  Json json = {{"daemon", answer.daemon}};
  json.update(json_of(answer.host, true));
  return line_of(json);
}

std::string order_json(const crawler::HostOrder& order, const crawler::OrderAnswer& answer) {
  return line_of({{"daemon", answer.daemon},
                  {"action", order.verb()},
                  {"host", order.host},
                  {"known", answer.known},
                  {"levers", levers_of(answer.levers)}});
}

bool parse_lever_words(std::string_view body, crawler::LeverWords& words, std::string& error) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return true;
  const Json json = nested_too_deep(body) ? Json() : Json::parse(body, nullptr, false);
  if (!json.is_object()) {
    error = "The body is a JSON object, such as {\"for\": \"10m\", \"why\": \"...\"}, or nothing.";
    return false;
  }
  const std::pair<std::string_view, std::string*> fields[] = {
      {"for", &words.length}, {"why", &words.why}, {"delay", &words.delay}, {"by", &words.by}};
  for (const auto& [name, value] : json.items()) {
    std::string* into = nullptr;
    for (const auto& [known, field] : fields) {
      if (name == known) into = field;
    }
    if (into == nullptr) {
      error = "The body knows \"for\", \"why\", \"delay\" and \"by\" only.";
      return false;
    }
    if (!value.is_string()) {
      error = "\"" + name + "\" is a string, such as \"10m\".";
      return false;
    }
    *into = value.get<std::string>();
  }
  return true;
}

}  // namespace admin
