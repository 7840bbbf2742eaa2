#include "crawler/lines.h"

#include <ctime>
#include <nlohmann/json.hpp>

#include "web/headers.h"

namespace crawler {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr std::size_t kMaxFieldText = 64;  // of Retry-After and Date as received; an HTTP date has 29 characters

// What arrived from outside may be no UTF-8; a line is, always.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

double in_ms(limiter::Duration d) {
  return static_cast<double>(d.count() / 1000) / 1000.0;
}

system_clock::time_point wall(const FetchResult& r, limiter::TimePoint at) {
  return r.sent_at + duration_cast<system_clock::duration>(at - r.sent);
}

Json optional_text(std::string_view text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json begin_line(std::string_view url, const std::string& request) {
  Json json = {{"url", url}};
  if (!request.empty()) json["request"] = request;
  return json;
}

Json robots_json(const Flight& flight, const FetchResult& result) {
  if (!flight.robots) return nullptr;
  const auto age = duration_cast<system_clock::duration>(flight.robots->age);
  return {{"digest", optional_text(flight.robots->digest)}, {"fetched_at", rfc3339(result.sent_at - age)}};
}

}  // namespace

std::string rfc3339(system_clock::time_point time) {
  const auto ms = duration_cast<milliseconds>(time.time_since_epoch()).count();
  const std::time_t whole = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  gmtime_r(&whole, &parts);
  char out[32];
  const std::size_t n = std::strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%S", &parts);
  const auto rest = static_cast<int>(ms % 1000);
  std::string text(out, n);
  text += {'.', static_cast<char>('0' + rest / 100), static_cast<char>('0' + rest / 10 % 10),
           static_cast<char>('0' + rest % 10), 'Z'};
  return text;
}

std::string page_line(const PageLine& page) {
  const frontier::Record& r = page.record;
  const FetchResult& f = page.result;
  const PageReading& reading = page.reading;
  Json json = begin_line(r.url, r.request.tag());
  json.update({{"fate", page.fate},
               {"status", f.status > 0 ? Json(f.status) : Json(nullptr)},
               {"fetched_at", rfc3339(f.sent_at)},
               {"depth", r.depth},
               {"via", optional_text(r.via)},
               {"seed", r.seed},
               {"job", optional_text(r.job)},
               {"meta", r.meta.empty() ? Json(nullptr) : Json::parse(r.meta, nullptr, false)},
               {"content_type", optional_text(reading.type.mime)},
               {"charset", optional_text(reading.charset)},
               {"title", optional_text(reading.title)},
               {"bytes", page.place ? Json(f.body.size()) : Json(0)},
               {"digest", page.place ? Json(page.place->payload_digest) : Json(nullptr)},
               {"duration_ms", in_ms(f.ended - f.sent)},
               {"location", optional_text(reading.location ? reading.location->href() : std::string())},
               {"error", optional_text(f.error)},
               {"links_found", reading.links.size() + reading.listed.size()},
               {"warc", nullptr},
               {"items", Json::array()}});
  if (page.place) {
    json["warc"] = {{"file", page.place->file}, {"offset", page.place->offset}, {"length", page.place->length}};
  }
  if (!f.truncated.empty() || reading.cut) json["truncated"] = f.truncated.empty() ? "length" : f.truncated;
  if (!reading.sitemap_error.empty()) json["sitemap_error"] = reading.sitemap_error;
  if (reading.bounded) json["parse_bounded"] = true;
  return text_of(json);
}

std::string fetch_line(const FetchLine& line) {
  const Flight& flight = line.flight;
  const FetchResult& result = line.result;
  const limiter::HostLimiter::Terms& terms = flight.terms;
  const auto ms_or_null = [](std::optional<limiter::Duration> d) { return d ? Json(in_ms(*d)) : Json(nullptr); };
  const auto ns = [](limiter::TimePoint at) { return at.time_since_epoch().count(); };
  const web::Headers headers = web::Headers::parse(result.response_head);
  const std::string_view retry_after = headers.get("retry-after");
  const Json date = retry_after.empty() ? Json(nullptr) : optional_text(headers.get("date").substr(0, kMaxFieldText));
  Json json = begin_line(flight.url.href(), flight.record.request.tag());
  json.update({{"host", flight.host},
               {"origin", flight.origin},
               {"ip", optional_text(result.ip)},
               {"kind", flight.kind == Decision::Kind::fetch_robots ? "robots" : "page"},
               {"sent_at", rfc3339(result.sent_at)},
               {"first_byte_at", rfc3339(wall(result, result.first_byte))},
               {"ended_at", rfc3339(wall(result, result.ended))},
               {"gap_ms", ms_or_null(line.gap)},
               {"delay_ms", in_ms(terms.delay)},
               {"delay_from", limiter::delay_from_name(terms.from)},
               {"outcome", outcome_name(result.outcome)},
               {"status", result.status > 0 ? Json(result.status) : Json(nullptr)},
               {"bytes", result.wire_bytes},
               {"error", optional_text(result.error)},
               {"retry_after", optional_text(retry_after.substr(0, kMaxFieldText))},
               {"date", date},
               {"hold_ms", ms_or_null(line.hold)},
               {"factor", terms.factor},
               {"max_factor_delay_ms", in_ms(terms.max_factor_delay)},
               {"burst", terms.burst},
               {"concurrency", terms.concurrency},
               {"ip_delay_ms", ms_or_null(flight.ip_delay)},
               {"boot", optional_text(line.boot)},
               {"sent_ns", ns(result.sent)},
               {"first_byte_ns", ns(result.first_byte)},
               {"ended_ns", ns(result.ended)},
               {"agent", line.agent},
               {"robots", robots_json(flight, result)},
               {"worker", line.worker},
               {"lease", line.lease}});
  return text_of(json);
}

std::string refused_line(const RefusedLine& line) {
  Json json = begin_line(line.url, line.request);
  json.update(
      {{"reason", line.reason}, {"rule", line.rule}, {"via", optional_text(line.via)}, {"at", rfc3339(line.at)}});
  return text_of(json);
}

}  // namespace crawler
