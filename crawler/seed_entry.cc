#include "crawler/seed_entry.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crawler/identity.h"
#include "crawler/seed_request.h"

namespace crawler {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxMeta = 4 * 1024;
constexpr std::size_t kMaxJob = 128;
constexpr int kMaxNesting = 64;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

std::optional<web::Url> read_url(std::string_view text, std::string& reason) {
  if (!plain(text)) {
    reason = "bad_url: it holds control characters";
    return std::nullopt;
  }
  const std::string scheme = web::scheme_of(text);
  auto url = web::parse_url(text);
  if (url) return identity_of(std::move(*url));
  if (scheme.empty() || (scheme != "http" && scheme != "https" && web::parse_url("https://" + std::string(text)) &&
                         text.find("://") == text.npos && text.find('@') == text.npos && text.find('.') != text.npos)) {
    const bool would_do = web::parse_url("https://" + std::string(text)).has_value();
    reason =
        would_do ? "bad_url: it has no scheme; did you mean https://" + std::string(text) + "?" : "bad_url: no URL";
  } else if (scheme != "http" && scheme != "https") {
    reason = "scheme: only http and https are fetched, not " + scheme;
  } else {
    reason = "bad_url: not a valid URL";
  }
  return std::nullopt;
}

bool read_json(const Json& json, SeedEntry& seed, std::string& reason) {
  const auto wrong = [&](std::string_view what) {
    reason = std::string("bad entry: ") + std::string(what);
    return false;
  };
  for (const auto& [key, value] : json.items()) {
    if (key == "url") continue;
    if (key == "depth") {
      if (!value.is_number_integer() || value < 0 || value > 1'000'000) return wrong("depth is a whole number from 0");
      seed.record.depth = value.get<int>();
    } else if (key == "job") {
      if (!value.is_string()) return wrong("job is a string");
      seed.record.job = value.get<std::string>();
      if (seed.record.job.size() > kMaxJob || !plain(seed.record.job)) return wrong("job is at most 128 characters");
    } else if (key == "meta") {
      if (!value.is_object()) return wrong("meta is an object");
      seed.record.meta = value.dump(-1, ' ', true, Json::error_handler_t::replace);
      if (seed.record.meta.size() > kMaxMeta) return wrong("meta is at most 4 KiB");
    } else if (key == "method" || key == "headers" || key == "body") {
      if (!read_request_field(key, value, seed.record.request, reason)) return false;
    } else if (key == "priority") {
      const auto priority =
          value.is_string() ? frontier::priority_named(value.get_ref<const std::string&>()) : std::nullopt;
      if (!priority) return wrong("priority is high, normal or low");
      seed.record.priority = *priority;
    } else if (key == "force") {
      if (!value.is_boolean()) return wrong("force is true or false");
      seed.force = value.get<bool>();
    } else {
      return wrong("it has no field \"" + key.substr(0, 40) + "\"");
    }
  }
  return complete_request(json, seed.record.request, reason);
}

}  // namespace

std::optional<SeedEntry> parse_seed(std::string_view entry, std::string& reason) {
  if (entry.size() > kMaxEntry) {
    reason = "bad_url: the entry is longer than 64 KiB";
    return std::nullopt;
  }
  entry = trimmed(entry);
  SeedEntry seed;
  std::string text(entry);
  if (entry.starts_with('{')) {
    bool too_deep = false;
    const Json json = Json::parse(
        entry,
        [&](int depth, Json::parse_event_t, Json&) {
          too_deep |= depth > kMaxNesting;
          return !too_deep;
        },
        false);
    if (too_deep || json.is_discarded() || !json.is_object()) {
      reason = "bad entry: not valid JSON";
      return std::nullopt;
    }
    const auto url = json.find("url");
    if (url == json.end() || !url->is_string()) {
      reason = "bad entry: url is missing or no string";
      return std::nullopt;
    }
    text = url->get<std::string>();
    if (!read_json(json, seed, reason)) return std::nullopt;
  }
  auto url = read_url(trimmed(text), reason);
  if (!url) return std::nullopt;
  seed.url = std::move(*url);
  seed.record.url = seed.record.seed = seed.url.href();
  return seed;
}

}  // namespace crawler
