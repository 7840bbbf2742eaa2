#include "cli/audit_line.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "web/headers.h"

namespace cli {
namespace {

using Json = nlohmann::json;

constexpr double kNanosPerMs = 1e6;
constexpr int kMostAtOnce = 1000;  // of burst and concurrency
constexpr std::size_t kLongestUrl = 32 << 10;

// Reads fields one after another; keeps the first thing that is wrong.
class Fields {
 public:
  explicit Fields(const Json& json) : json_(json) {}

  void text(const char* name, std::string& into, bool needed = true) {
    const Json& value = at(name);
    if (value.is_string() && value.get_ref<const std::string&>().size() <= kLongestUrl) {
      into = value.get<std::string>();
    } else if (needed || !value.is_null()) {
      wrong(name, "no text");
    }
    if (needed && into.empty()) wrong(name, "empty");
  }

  void wall(const char* name, std::int64_t& into) {
    std::string value;
    text(name, value);
    const auto ms = wall_ms_of(value);
    if (!ms) return wrong(name, "no time of RFC 3339 in UTC");
    into = *ms;
  }

  void nanos(const char* name, Nanos& into) {
    const Json& value = at(name);
    if (!value.is_number_integer() || value.get<double>() < 0 || value.get<double>() > kMostNanos) {
      return wrong(name, "no number of nanoseconds");
    }
    into = value.get<Nanos>();
  }

  // Durations are written in milliseconds, of which the third decimal is the last.
  std::optional<Nanos> duration(const char* name, bool needed, bool negative = false) {
    const Json& value = at(name);
    if (value.is_null() && !needed) return std::nullopt;
    const double ms = value.is_number() ? value.get<double>() : std::nan("");
    if (!(std::abs(ms) * kNanosPerMs <= kMostNanos) || (ms < 0 && !negative)) {
      wrong(name, "no duration");
      return std::nullopt;
    }
    return std::llround(ms * 1000) * 1000;
  }

  void number(const char* name, int least, int most, int& into, bool needed) {
    const Json& value = at(name);
    if (value.is_null() && !needed) return;
    if (!value.is_number_integer() || value.get<double>() < least || value.get<double>() > most) {
      return wrong(name, "not from " + std::to_string(least) + " to " + std::to_string(most));
    }
    into = value.get<int>();
  }

  double factor(const char* name) {
    const Json& value = at(name);
    const double k = value.is_number() ? value.get<double>() : std::nan("");
    if (!(k >= 0 && k <= 1e6)) wrong(name, "no factor");
    return k;
  }

  const Json& at(const char* name) const {
    static const Json absent;
    const auto entry = json_.find(name);
    return entry == json_.end() ? absent : *entry;
  }
  const std::string& what() const { return what_; }

 private:
  void wrong(const char* name, const std::string& what) {
    if (what_.empty()) what_ = std::string(name) + ": " + (json_.contains(name) ? what : "missing");
  }

  const Json& json_;
  std::string what_;
};

void read_robots_version(const Json& version, AuditLine& line) {
  if (!version.is_object()) return;
  const auto text = [&](const char* name) {
    const auto entry = version.find(name);
    return entry != version.end() && entry->is_string() ? entry->get<std::string>().substr(0, 256) : std::string();
  };
  line.robots_digest = text("digest");
  line.robots_fetched_wall_ms = wall_ms_of(text("fetched_at"));
}

}  // namespace

std::string read_audit_line(std::string_view text, AuditLine& line) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return "not a JSON object";
  line = {};
  Fields fields(json);
  std::string kind;
  fields.text("url", line.url);
  fields.text("host", line.host);
  fields.text("origin", line.origin);
  fields.text("ip", line.ip, false);
  fields.text("kind", kind);
  fields.text("boot", line.boot);
  fields.text("agent", line.agent, false);
  fields.text("delay_from", line.delay_from);
  fields.text("outcome", line.outcome);
  fields.text("retry_after", line.retry_after, false);
  fields.text("date", line.date, false);
  fields.wall("sent_at", line.sent_wall_ms);
  fields.wall("first_byte_at", line.first_byte_wall_ms);
  fields.wall("ended_at", line.ended_wall_ms);
  fields.nanos("sent_ns", line.sent);
  fields.nanos("first_byte_ns", line.first_byte);
  fields.nanos("ended_ns", line.ended);
  fields.number("status", 100, 999, line.status, false);
  fields.number("burst", 1, kMostAtOnce, line.burst, true);
  fields.number("concurrency", 1, kMostAtOnce, line.concurrency, true);
  line.delay = fields.duration("delay_ms", true).value_or(0);
  line.gap = fields.duration("gap_ms", false, true);
  line.hold = fields.duration("hold_ms", false);
  line.ip_delay = fields.duration("ip_delay_ms", false);
  const double factor = fields.factor("factor");
  const Nanos most = fields.duration("max_factor_delay_ms", true).value_or(0);
  if (!fields.what().empty()) return fields.what();
  line.robots = kind == "robots";
  if (was_answered(line.outcome)) {
    const double wait = std::max(0.0, factor * static_cast<double>(line.ended - line.sent));
    line.factor_wait = static_cast<Nanos>(std::min(wait, static_cast<double>(most)));
  }
  read_robots_version(fields.at("robots"), line);
  return {};
}

std::optional<std::int64_t> wall_ms_of(std::string_view text) {
  std::array<int, 7> n{};
  int end = 0;
  const std::string copy(text.substr(0, 32));
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &n[6],
                  &end) != 7 ||
      end != 24 || text.size() != 24) {
    return std::nullopt;
  }
  using namespace std::chrono;
  const year_month_day date{year(n[0]), month(static_cast<unsigned>(n[1])), day(static_cast<unsigned>(n[2]))};
  if (!date.ok()) return std::nullopt;
  const auto time = sys_days(date) + hours(n[3]) + minutes(n[4]) + seconds(n[5]) + milliseconds(n[6]);
  return duration_cast<milliseconds>(time.time_since_epoch()).count();
}

std::string wall_text(std::int64_t ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds(ms)};
  const auto midnight = floor<days>(time);
  const year_month_day date{midnight};
  const hh_mm_ss<milliseconds> clock{time - midnight};
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d.%03d", int{date.year()}, unsigned{date.month()},
                unsigned{date.day()}, static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text;
}

std::string wall_rfc3339(std::int64_t ms) {
  std::string text = wall_text(ms);
  text[10] = 'T';
  return text + "Z";
}

bool was_answered(std::string_view outcome) {
  constexpr std::array<std::string_view, 6> kAnswered = {"fetched",  "not_modified", "redirected",
                                                         "http_4xx", "http_5xx",     "rate_limited"};
  return std::find(kAnswered.begin(), kAnswered.end(), outcome) != kAnswered.end();
}

Nanos asked_wait(const AuditLine& line) {
  using namespace std::chrono;
  if (line.status != 429 && line.status != 503) return 0;
  const system_clock::time_point ended{milliseconds(line.ended_wall_ms)};
  seconds wait{0};
  if (const auto until = web::parse_http_date(line.retry_after)) {
    wait = std::max(seconds(0), floor<seconds>(*until - web::parse_http_date(line.date).value_or(ended)));
  } else if (const auto asked = web::parse_retry_after(line.retry_after, line.date, ended)) {
    wait = *asked;
  }
  return std::min<Nanos>(nanoseconds(std::min(wait, seconds(kMostNanos / 1'000'000'000))).count(), kMostNanos);
}

}  // namespace cli
