#include "crawler/lever_order.h"

#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "crawler/duration_text.h"
#include "crawler/lines.h"
#include "web/url.h"

namespace crawler {
namespace {

using Json = nlohmann::ordered_json;
using limiter::LeverKind;

constexpr std::size_t kMaxHostText = 1024;  // as typed, before it is in one spelling
constexpr std::size_t kMaxBy = 64;

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json seconds_or_null(limiter::Duration duration) {
  return duration.count() == 0 ? Json(nullptr) : Json(std::chrono::duration<double>(duration).count());
}

// One line of plain text, which a terminal and the stored form can bear: no control characters of ASCII or of U+0080
// on.
bool is_plain(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (c < 0x20 || c == 0x7f || (c == 0xc2 && next >= 0x80 && next < 0xa0)) return false;
  }
  return true;
}

std::optional<Duration> duration_within(const std::string& text, Duration least, Duration most) {
  const auto value = parse_duration(text);
  return value && *value >= least && *value <= most ? value : std::nullopt;
}

std::string bounds_text(Duration least, Duration most) {
  return "a duration from " + duration_text(least) + " to " + duration_text(most) + ", such as \"10m\"";
}

std::string_view participle(LeverKind kind) {
  switch (kind) {
    case LeverKind::pause:
      return "paused";
    case LeverKind::slow:
      return "slowed";
    case LeverKind::block:
      break;
  }
  return "blocked";
}

}  // namespace

std::optional<std::string> host_of_text(const Config& config, std::string_view text, std::string& error) {
  const auto refuse = [&](const std::string& what) {
    error = what;
    return std::nullopt;
  };
  if (text.empty()) return refuse("No host is named.");
  if (text.size() > kMaxHostText) return refuse("No host name is that long.");
  if (text.find_first_of("/\\?#@ ") != text.npos || !is_plain(text)) {
    return refuse("This is no host name; give it without scheme, port and path, such as \"example.org\".");
  }
  const auto url = web::parse_url("http://" + std::string(text) + "/");
  if (!url) return refuse("This is no host name, such as \"example.org\".");
  const bool port = !text.ends_with(']') && text.find(':') != text.npos;
  if (port) return refuse("Politeness knows hosts without ports; give the name alone.");
  return config.politeness_key(*url);
}

std::string fresh_order_id() {
  std::random_device random;
  std::string id;
  while (id.size() < 16) id += "0123456789abcdef"[random() % 16];
  return id;
}

bool is_lever_action(std::string_view action) {
  return action == "resume" || limiter::lever_kind(action).has_value();
}

std::optional<HostOrder> order_of_words(const std::string& host, const LeverWords& words, std::string id,
                                        std::string& error) {
  const auto refuse = [&](const std::string& what) {
    error = what;
    return std::nullopt;
  };
  HostOrder order{host, limiter::lever_kind(words.action), {}, words.by};
  order.lever.id = std::move(id);
  order.lever.why = words.why;
  if (!order.kind && words.action != "resume") return refuse("There is no lever of that name.");
  if (words.why.size() > limiter::kMaxWhy) {
    return refuse("The reason is longer than " + std::to_string(limiter::kMaxWhy) + " bytes.");
  }
  if (!is_plain(words.why)) return refuse("The reason holds control characters.");
  if (words.by.size() > kMaxBy || !is_plain(words.by)) return refuse("\"by\" is no name.");
  if (order.kind == LeverKind::slow) {
    if (words.delay.empty()) return refuse("To slow a host down, say the delay, such as \"5s\".");
    const auto delay = duration_within(words.delay, limiter::kMinSlowDelay, limiter::kMaxSlowDelay);
    if (!delay) return refuse("The delay is " + bounds_text(limiter::kMinSlowDelay, limiter::kMaxSlowDelay) + ".");
    order.lever.delay = std::chrono::ceil<milliseconds>(*delay);
  } else if (!words.delay.empty()) {
    return refuse("Only slow takes a delay.");
  }
  if (!words.length.empty()) {
    if (!order.kind) return refuse("Resume undoes at once: it takes no time.");
    const auto length = duration_within(words.length, limiter::kMinLeverTime, limiter::kMaxLeverTime);
    if (!length) return refuse("\"for\" is " + bounds_text(limiter::kMinLeverTime, limiter::kMaxLeverTime) + ".");
    order.lever.length = std::chrono::ceil<milliseconds>(*length);
  }
  return order;
}

std::string HostOrder::text() const {
  std::string out = host + (kind ? " is " + std::string(participle(*kind)) : " is resumed");
  if (kind == LeverKind::slow) out += " to " + duration_text(lever.delay);
  if (lever.length.count() > 0) out += " for " + duration_text(lever.length);
  if (!by.empty()) out += " by " + by;
  if (!lever.why.empty()) out += ": " + lever.why;
  return out;
}

std::string order_line(const HostOrder& order, std::string_view daemon, std::chrono::system_clock::time_point now) {
  return line_of({{"at", rfc3339(now)},
                  {"host", order.host},
                  {"lever", order.verb()},
                  {"event", "ordered"},
                  {"delay_s", seconds_or_null(order.lever.delay)},
                  {"for_s", seconds_or_null(order.lever.length)},
                  {"why", text_or_null(order.lever.why)},
                  {"by", text_or_null(order.by)},
                  {"daemon", daemon},
                  {"id", order.lever.id}});
}

std::string ended_line(const std::string& host, const limiter::LeverInForce& lever, std::string_view daemon,
                       std::chrono::system_clock::time_point now) {
  return line_of({{"at", rfc3339(now)},
                  {"host", host},
                  {"lever", limiter::lever_name(lever.kind)},
                  {"event", "ended"},
                  {"delay_s", seconds_or_null(lever.lever.delay)},
                  {"for_s", seconds_or_null(lever.lever.length)},
                  {"why", text_or_null(lever.lever.why)},
                  {"by", nullptr},
                  {"daemon", daemon},
                  {"id", lever.lever.id}});
}

}  // namespace crawler
