#include <algorithm>
#include <string_view>

#include "crawler/config_file.h"
#include "frontier/redis_address.h"
#include "web/parameter_filter.h"

// What one key alone cannot tell: texts with a form of their own, and keys that depend on each other.

namespace crawler {
namespace {

bool all_of(std::string_view text, bool (*allowed)(char)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_token_char(char c) {
  return is_letter(c) || c == '_' || c == '-';
}
bool is_namespace_char(char c) {
  return is_token_char(c) || is_digit(c) || c == '.' || c == ':';
}
bool is_contact_char(char c) {
  return c > ' ' && c < 0x7f && c != '(' && c != ')' && c != '"' && c != '\\';
}

bool is_contact(std::string_view text) {
  if (!all_of(text, is_contact_char) || text.size() > 256) return false;
  for (const std::string_view scheme : {"http://", "https://"})
    if (text.starts_with(scheme)) return text.size() > scheme.size();
  const std::size_t at = text.find('@');
  return at != text.npos && at > 0 && at + 1 < text.size() && text.find('@', at + 1) == text.npos;
}

// Splits "127.0.0.1:8321" or "[::1]:8321". False if there is no host or no port in 0..65535.
bool split_listen(std::string_view text, std::string& host) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos || colon == 0) return false;
  const std::string_view port = text.substr(colon + 1);
  if (!all_of(port, is_digit) || port.size() > 5 || std::stoi(std::string(port)) > 65535) return false;
  host = text.substr(0, colon);
  return host.find(':') == std::string::npos || (host.front() == '[' && host.back() == ']');
}

bool is_loopback(const std::string& host) {
  if (host == "localhost") return true;
  const auto address = web::parse_address(host, 0);
  return address && web::is_loopback_address(reinterpret_cast<const sockaddr*>(&*address));
}

// "192.0.2.1", "192.0.2.1:53", "[2001:db8::1]:53".
bool is_name_server(std::string_view text) {
  std::string host(text);
  if (text.find(':') != text.npos && !text.ends_with(']') && !split_listen(text, host)) return false;
  return web::parse_address(host, 0).has_value();
}

bool is_host_match(std::string_view text) {
  return !text.empty() && text.size() <= 255 && text.find_first_of("/ @?#") == text.npos;
}

std::string wrong_host(const HostOverride& host) {
  if (!is_host_match(host.match)) return "match: expected a host name, with * for any part of it";
  if (host.delay && host.rate) return "delay and rate say the same thing; give one";
  if ((host.burst > 1 || host.concurrency > 1) && host.reason.empty())
    return "burst or concurrency over 1 needs a written reason";
  return "";
}

}  // namespace

bool ConfigLoader::validate() {
  if (!error_.message.empty()) return false;
  const auto wrong = [&](std::string_view key, std::string_view what) { return fail(origin(key), key, what); };
  const Config& c = config_;
  if (!all_of(c.agent.name, is_token_char) || c.agent.name.size() > 64)
    return wrong("agent.name", "expected letters, '-' and '_' only (RFC 9309 2.2.1)");
  if (!c.agent.contact.empty() && !is_contact(c.agent.contact))
    return wrong("agent.contact", "expected an e-mail address or an http(s) URL");
  if (!frontier::RedisAddress::parse(c.redis.url))
    return wrong("redis.url", "expected redis://[user:pass@]host:port[/db] or unix:///path");
  if (!all_of(c.redis.ns, is_namespace_char) || c.redis.ns.size() > 64)
    return wrong("redis.namespace", "expected letters, digits and . : - _ only");
  if (c.redis.server.empty()) return wrong("redis.server", "must not be empty");
  for (const std::string& text : c.fetch.allow_addresses)
    if (!web::Cidr::parse(text))
      return wrong("fetch.allow_addresses", toml_string(text) + " is no CIDR, such as 10.0.0.0/8");
  for (const std::string& text : c.fetch.name_servers)
    if (!is_name_server(text))
      return wrong("fetch.name_servers",
                   toml_string(text) + " is no ADDR or ADDR:PORT, such as 192.0.2.1:53 or [::1]:53");
  for (const std::string& text : c.politeness.ip_exempt)
    if (!web::Cidr::parse(text))
      return wrong("politeness.ip_exempt", toml_string(text) + " is no CIDR, such as 192.0.2.0/24");
  for (const std::string& text : c.scope.strip_parameters)
    if (!web::ParameterFilter::is_rule(text))
      return wrong("scope.strip_parameters", toml_string(text) + " is no NAME, NAME* or NAME/N");
  if (c.fetch.dns_max_ttl < c.fetch.dns_min_ttl)
    return wrong("fetch.dns_max_ttl", "must not be less than fetch.dns_min_ttl");
  if (c.backoff.max < c.backoff.initial) return wrong("backoff.max", "must not be less than backoff.initial");
  if (c.fetch.max_body_memory < c.fetch.max_bytes)
    return wrong("fetch.max_body_memory", "must hold at least one body of fetch.max_bytes");
  if (c.fetch.max_body_memory < c.fetch.max_sitemap_bytes)
    return wrong("fetch.max_body_memory", "must hold at least one body of fetch.max_sitemap_bytes");
  std::string host;
  if (c.admin.listen != "off") {
    if (!split_listen(c.admin.listen, host)) return wrong("admin.listen", "expected ADDR:PORT or off");
    if (!is_loopback(host) && c.admin.token.empty())
      return wrong("admin.listen", "an address beyond loopback needs admin.token");
  }
  for (std::size_t i = 0; i < c.hosts.size(); ++i)
    if (const std::string what = wrong_host(c.hosts[i]); !what.empty())
      return wrong("host[" + std::to_string(i) + "]", what);
  return true;
}

std::vector<std::string> ConfigLoader::warnings() const {
  std::vector<std::string> lines;
  if (config_.politeness.delay == Duration::zero())
    lines.push_back("politeness.delay is 0s: hosts are asked without a pause; do this to hosts of your own only");
  for (const HostOverride& host : config_.hosts)
    if (host.delay && *host.delay == Duration::zero())
      lines.push_back("the delay of [[host]] " + host.match + " is 0s: it is asked without a pause");
  return lines;
}

}  // namespace crawler
