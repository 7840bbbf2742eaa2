#include "crawler/seed_request.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "web/headers.h"
#include "web/html_ascii.h"

namespace crawler {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxHeaders = 32;
constexpr std::size_t kMaxHeaderBytes = 8 * 1024;

constexpr std::array<std::string_view, 14> kOurs = {
    "host", "user-agent", "from",   "connection", "keep-alive", "content-length",  "transfer-encoding",
    "te",   "trailer",    "expect", "upgrade",    "range",      "accept-encoding", "proxy-authorization"};

bool wrong(std::string& reason, std::string_view what) {
  reason = std::string("bad entry: ").append(what);
  return false;
}

bool is_ours(std::string_view name) {
  return std::any_of(kOurs.begin(), kOurs.end(),
                     [&](std::string_view ours) { return web::equals_ignoring_case(name, ours); });
}

// RFC 9110 5.5: no control characters but the tab; and no white space around it, which would be taken off.
bool is_field_value(std::string_view text) {
  const auto control = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), control)) return false;
  return text.empty() || (text.front() != ' ' && text.front() != '\t' && text.back() != ' ' && text.back() != '\t');
}

bool read_headers(const Json& value, frontier::Request& request, std::string& reason) {
  if (!value.is_object()) return wrong(reason, "headers is an object");
  std::size_t bytes = 0;
  for (const auto& [name, text] : value.items()) {
    if (!web::is_token(name)) return wrong(reason, "headers has a name that is none");
    if (is_ours(name)) return wrong(reason, "the header " + name + " is not for an entry to say");
    if (!text.is_string() || !is_field_value(text.get_ref<const std::string&>())) {
      return wrong(reason, "the header " + name.substr(0, 40) + " has a value that is none");
    }
    bytes += name.size() + text.get_ref<const std::string&>().size();
    request.headers.emplace_back(name, text.get<std::string>());
  }
  if (request.headers.size() > kMaxHeaders || bytes > kMaxHeaderBytes) {
    return wrong(reason, "headers are at most 32 and 8 KiB");
  }
  return true;
}

}  // namespace

bool read_request_field(const std::string& name, const Json& value, frontier::Request& request, std::string& reason) {
  if (name == "headers") return read_headers(value, request, reason);
  if (name == "body") {
    request.body =
        value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
    return true;
  }
  if (value != "GET" && value != "HEAD" && value != "POST") return wrong(reason, "method is GET, HEAD or POST");
  request.method = value.get<std::string>();
  return true;
}

bool complete_request(const Json& entry, frontier::Request& request, std::string& reason) {
  const auto body = entry.find("body");
  if (body == entry.end()) return true;
  if (request.method != "POST") return wrong(reason, "a body goes with the method POST only");
  const auto typed = [](const auto& field) { return web::equals_ignoring_case(field.first, "content-type"); };
  if (std::none_of(request.headers.begin(), request.headers.end(), typed)) {
    request.headers.emplace_back("Content-Type",
                                 body->is_string() ? "application/x-www-form-urlencoded" : "application/json");
  }
  return true;
}

}  // namespace crawler
