#include "cli/crawl_checks.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "web/address.h"
#include "web/url.h"

namespace cli {
namespace {

std::optional<web::Url> url_of(const std::string& seed) {
  if (seed.empty() || seed[0] != '{') return web::parse_url(seed);
  const auto json = nlohmann::json::parse(seed, nullptr, false);
  if (!json.is_object() || !json.contains("url") || !json["url"].is_string()) return std::nullopt;
  return web::parse_url(json["url"].get<std::string>());
}

// The address a seed surely leads to: a literal, or loopback for "localhost" (RFC 6761 6.3).
std::optional<sockaddr_storage> certain_address(const web::Url& url) {
  const std::string host = web::host_key(url);
  if (host == "localhost" || host.ends_with(".localhost")) return web::parse_address("127.0.0.1", 0);
  return web::parse_address(host, 0);
}

}  // namespace

std::string refusal_of(const std::vector<std::string>& seeds, const crawler::Config& config) {
  const web::AddressPolicy policy = config.address_policy();
  for (const std::string& seed : seeds) {
    const auto url = url_of(seed);
    if (!url) continue;
    const auto address = certain_address(*url);
    const auto* at = address ? reinterpret_cast<const sockaddr*>(&*address) : nullptr;
    const bool loopback = at && web::is_loopback_address(at);
    if (loopback && !policy.permits(at))
      return seed + " leads to this machine; to crawl it add --allow " +
             (at->sa_family == AF_INET ? "127.0.0.0/8" : "::1/128");
    if (!loopback && config.agent.contact.empty())
      return seed + " belongs to somebody who must be able to reach you; add --contact MAIL_OR_URL";
  }
  return "";
}

}  // namespace cli
