#include "admin/guard.h"

#include <algorithm>
#include <charconv>

#include "admin/crypto.h"
#include "web/address.h"

namespace admin {

namespace {

Verdict refuse(int status, std::string_view detail) {
  return {status, detail, 0};
}

Verdict judge_head(const Request& request) {
  if (request.target.size() > kMaxTarget) return refuse(414, "The request target is longer than 8000 bytes.");
  if (request.headers.size() > kMaxHeaders) return refuse(431, "The request has more than 64 header fields.");
  return {};
}

// RFC 9112 6: whatever is ambiguous about where a body ends is refused, never repaired.
Verdict judge_body(const Request& request) {
  if (request.count("Transfer-Encoding") > 0) return refuse(411, "Bodies need a Content-Length; no transfer coding.");
  if (request.count("Content-Encoding") > 0) return refuse(415, "Bodies are taken without content coding.");
  const std::size_t lengths = request.count("Content-Length");
  if (lengths == 0) return {};
  const std::string_view text = request.header("Content-Length");
  const bool digits =
      !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (lengths > 1 || !digits) return refuse(400, "Content-Length must be one plain number.");
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc() || length > kMaxBody) return refuse(413, "The body is larger than 64 KiB.");
  return {0, {}, length};
}

// "name:port", "name", "[::1]:port" without its port; empty where it is none of these.
std::string_view host_of(std::string_view authority) {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return {};
  const std::size_t colon = authority.find(':', bracket);
  if (colon == std::string_view::npos) return authority;
  const std::string_view port = authority.substr(colon + 1);
  const bool digits = std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? authority.substr(0, colon) : std::string_view{};
}

Verdict judge_host(const Request& request, const GuardRules& rules) {
  if (request.count("Host") != 1) return refuse(400, "The request needs exactly one Host.");
  const std::string_view host = host_of(request.header("Host"));
  if (host.empty()) return refuse(400, "The Host is malformed.");
  if (rules.any_host || same_word(host, "localhost") || same_word(host, rules.listen_host)) return {};
  if (web::parse_address(host, 0)) return {};  // a literal cannot be rebound to another address
  return refuse(403, "This Host is not one of ours; use localhost or the address itself.");
}

Verdict judge_token(const Request& request, const GuardRules& rules) {
  if (rules.token.empty() || request.path == "/healthz") return {};
  if (request.path == "/" && wants_html(request)) return {};  // the shell holds no facts; its script asks for the token
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view value = request.header("Authorization");
  const bool bearer = request.count("Authorization") == 1 && same_word(value.substr(0, kScheme.size()), kScheme);
  if (bearer && same_secret(value.substr(kScheme.size()), rules.token)) return {};
  return refuse(401, "This needs 'Authorization: Bearer' with admin.token.");
}

// Whether `url` (an Origin or a Referer) is of the origin the request was sent to. The Host has been judged before.
bool same_origin(std::string_view url, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!url.starts_with(scheme)) continue;
    url.remove_prefix(scheme.size());
    return same_word(url.substr(0, url.find('/')), host);
  }
  return false;
}

Verdict judge_source(const Request& request) {
  if (request.method == "GET" || request.method == "HEAD") return {};
  const std::string_view host = request.header("Host");
  bool browser = false;
  for (const std::string_view name : {"Origin", "Referer"}) {
    if (request.count(name) == 0) continue;
    browser = true;
    if (request.count(name) > 1 || !same_origin(request.header(name), host)) {
      return refuse(403, "Requests from pages of another origin are refused.");
    }
  }
  if (request.count("Sec-Fetch-Site") > 0) {
    browser = true;
    if (request.header("Sec-Fetch-Site") != "same-origin") {
      return refuse(403, "Requests from pages of another site are refused.");
    }
  }
  if (browser && request.count(kIntentHeader) == 0) {
    return refuse(403, "Requests from a browser need the header X-Decorum.");
  }
  return {};
}

}  // namespace

Verdict judge(const Request& request, const GuardRules& rules) {
  if (Verdict head = judge_head(request); !head.passed()) return head;
  const Verdict body = judge_body(request);
  if (!body.passed()) return body;
  if (Verdict host = judge_host(request, rules); !host.passed()) return host;
  if (Verdict token = judge_token(request, rules); !token.passed()) return token;
  if (Verdict source = judge_source(request); !source.passed()) return source;
  return body;
}

}  // namespace admin
