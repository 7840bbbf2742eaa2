// Encoded: "request=METHOD", each header as "Name:value", an empty part, the body; parts are separated by kSeparator,
// and what would end a part or the field is escaped.
#include "frontier/request.h"

#include "frontier/keys.h"

namespace frontier {
namespace {

constexpr std::string_view kMark = "request=";
constexpr char kSeparator = '\x1f';
constexpr std::string_view kHex = "0123456789abcdef";

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '%') {
      out.append({'%', kHex[static_cast<unsigned char>(c) >> 4], kHex[static_cast<unsigned char>(c) & 15]});
    } else {
      out += c;
    }
  }
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const std::size_t high = i + 1 < text.size() ? kHex.find(text[i + 1]) : kHex.npos;
    const std::size_t low = i + 2 < text.size() ? kHex.find(text[i + 2]) : kHex.npos;
    if (high == kHex.npos || low == kHex.npos) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return out;
}

// Takes the next part off; nothing where there is none, or where it is not as it was written.
std::optional<std::string> take_part(std::optional<std::string_view>& rest) {
  if (!rest) return std::nullopt;
  const std::size_t end = rest->find(kSeparator);
  auto part = unescaped(rest->substr(0, end));
  if (end == rest->npos)
    rest.reset();
  else
    rest->remove_prefix(end + 1);
  return part;
}

}  // namespace

std::string Request::tag() const {
  if (method == "GET") return {};
  if (body.empty()) return method;
  return method + " " + digest(body);
}

std::string Request::encode() const {
  if (method == "GET" && headers.empty()) return {};
  std::string out(kMark);
  out += method;
  for (const auto& [name, value] : headers) {
    out += kSeparator;
    append_escaped(out, name);
    out += ':';
    append_escaped(out, value);
  }
  out.append(2, kSeparator);
  append_escaped(out, body);
  return out;
}

std::optional<Request> Request::decode(std::string_view text) {
  if (!text.starts_with(kMark)) return std::nullopt;
  std::optional<std::string_view> rest = text.substr(kMark.size());
  Request request;
  auto part = take_part(rest);
  if (!part || part->empty()) return std::nullopt;
  request.method = std::move(*part);
  for (part = take_part(rest); part && !part->empty(); part = take_part(rest)) {
    const std::size_t colon = part->find(':');
    if (colon == part->npos) return std::nullopt;
    request.headers.emplace_back(part->substr(0, colon), part->substr(colon + 1));
  }
  auto body = part ? take_part(rest) : std::nullopt;
  if (!body || rest) return std::nullopt;
  request.body = std::move(*body);
  return request;
}

}  // namespace frontier
