#include "frontier/redis_address.h"

#include <charconv>

namespace frontier {
namespace {

template <typename Int>
bool whole_number(std::string_view text, Int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::optional<RedisAddress> RedisAddress::parse(std::string_view url) {
  RedisAddress address;
  if (url.starts_with("unix://")) {
    address.unix_path = url.substr(7);
    if (!address.unix_path.starts_with('/')) return std::nullopt;
    return address;
  }
  if (!url.starts_with("redis://")) return std::nullopt;
  url.remove_prefix(8);
  if (const std::size_t slash = url.find('/'); slash != url.npos) {
    const std::string_view db = url.substr(slash + 1);
    if (!db.empty() && (!whole_number(db, address.db) || address.db < 0)) return std::nullopt;
    url = url.substr(0, slash);
  }
  if (const std::size_t at = url.rfind('@'); at != url.npos) {
    const std::string_view login = url.substr(0, at);
    const std::size_t colon = login.find(':');
    if (colon == login.npos) return std::nullopt;
    address.user = login.substr(0, colon);
    address.password = login.substr(colon + 1);
    url.remove_prefix(at + 1);
  }
  std::string_view host = url;
  std::size_t colon = url.rfind(':');
  if (url.starts_with('[')) {
    const std::size_t end = url.find(']');
    if (end == url.npos) return std::nullopt;
    host = url.substr(1, end - 1);
    colon = end + 1 < url.size() ? end + 1 : url.npos;
    if (colon != url.npos && url[colon] != ':') return std::nullopt;
  } else if (colon != url.npos) {
    host = url.substr(0, colon);
  }
  if (colon != url.npos && (!whole_number(url.substr(colon + 1), address.port) || address.port == 0)) {
    return std::nullopt;
  }
  if (host.empty()) return std::nullopt;
  address.host = host;
  return address;
}

std::string RedisAddress::text() const {
  if (!unix_path.empty()) return "unix://" + unix_path;
  const bool v6 = host.find(':') != host.npos;
  return "redis://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port) +
         (db ? "/" + std::to_string(db) : "");
}

}  // namespace frontier
