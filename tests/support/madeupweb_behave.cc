// /behave/...: one path for every odd manner a server can have.
#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>

#include "madeupweb_site.h"

namespace madeupweb {
namespace {

constexpr std::uint64_t kMostBytes = 1ull << 40;
constexpr std::uint64_t kMostMillis = 600'000;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decode(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      plain += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::uint64_t query_number(std::string_view target, std::string_view name, std::uint64_t fallback, std::uint64_t most) {
  const std::string text = query_value(target, name);
  std::uint64_t value = fallback;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::min(value, most);
}

std::string page_with(std::string_view title, std::string_view body) {
  return "<!doctype html>\n<title>" + std::string(title) + "</title>\n" + std::string(body) + "\n";
}

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffffu;
  for (const unsigned char byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
  }
  return ~crc;
}

void append_little_endian(std::string& out, std::uint32_t value, int bytes) {
  for (; bytes > 0; --bytes, value >>= 8) out += static_cast<char>(value & 0xff);
}

// RFC 1952 around stored blocks (RFC 1951 3.2.4): a valid gzip member without a compressor. Up to 64 KiB.
std::string gzip_stored(std::string_view text) {
  std::string member("\x1f\x8b\x08\0\0\0\0\0\0\xff\x01", 11);
  const auto size = static_cast<std::uint32_t>(text.size());
  append_little_endian(member, size, 2);
  append_little_endian(member, ~size, 2);
  member += text;
  append_little_endian(member, crc32(text), 4);
  append_little_endian(member, size, 4);
  return member;
}

Answer links(const Request& request, int) {
  std::string list;
  for (const auto& to : query_values(request.target, "to")) list += "<a href=\"" + to + "\">there</a>\n";
  return {.body = page_with("links", list)};
}

Answer echo(const Request& request, int) {
  return {.content_type = "text/plain; charset=utf-8", .body = std::string(request.head)};
}

// /behave/status/CODE: with times=N only the first N requests are answered so, the rest 200.
Answer status(const Request& request, int count) {
  Answer answer;
  const auto path = request.target.substr(0, request.target.find('?'));
  int code = 200;
  std::from_chars(path.data() + path.rfind('/') + 1, path.data() + path.size(), code);
  const bool over = static_cast<std::uint64_t>(count) >= query_number(request.target, "times", kMostBytes, kMostBytes);
  answer.status = over ? 200 : std::clamp(code, 100, 599);
  const auto retry_after = query_value(request.target, "retry-after");
  if (!retry_after.empty() && !over) answer.fields = "Retry-After: " + retry_after + "\r\n";
  answer.body = page_with("status", "<p>" + std::to_string(answer.status) + "</p>");
  return answer;
}

Answer slow(const Request& request, int) {
  return {.body = page_with("slow", "<p>at last</p>"),
          .delay_ms = static_cast<int>(query_number(request.target, "ms", 1000, kMostMillis))};
}

Answer big(const Request& request, int) {
  const std::string start = page_with("big", "<p>of host " + std::to_string(request.host) + "</p>");
  const auto bytes = query_number(request.target, "bytes", 5 << 20, kMostBytes);
  Answer answer{.content_type = query_value(request.target, "type", "text/html; charset=utf-8"), .hold = true};
  answer.body = start.substr(0, bytes);
  answer.filler = bytes - answer.body.size();
  return answer;
}

Answer drip(const Request& request, int) {
  const auto bytes = query_number(request.target, "bytes", 1000, 1 << 20);
  std::string body = page_with("drip", "");
  body.resize(bytes, '.');
  return {.body = std::move(body), .drip_ms = static_cast<int>(query_number(request.target, "ms", 100, kMostMillis))};
}

Answer redirect(const Request& request, int) {
  return {.status = static_cast<int>(query_number(request.target, "status", 302, 399)),
          .fields = "Location: " + query_value(request.target, "to", "/") + "\r\n",
          .body = page_with("moved", "")};
}

Answer loop(const Request& request, int) {  // a redirect without end, to a new address each time
  const auto next = query_number(request.target, "n", 0, kMostBytes) + 1;
  return {.status = 302, .fields = "Location: /behave/loop?n=" + std::to_string(next) + "\r\n"};
}

Answer gzip(const Request&, int) {
  return {.fields = "Content-Encoding: gzip\r\n",
          .body = gzip_stored(page_with("gzip", "<a href=\"/behave/links?from=gzip\">there</a>"))};
}

Answer chunked(const Request&, int) {
  return {.fields = "Transfer-Encoding: chunked\r\n",
          .body = "1c\r\n<!doctype html><title>chunke\r\na\r\nd</title>\n\r\n0\r\n\r\n",
          .chunked = true};
}

Answer cut_short(const Request& request, int) {  // promises more than it sends
  return {.body = page_with("short", ""),
          .missing = query_number(request.target, "bytes", 100, kMostBytes),
          .end = Answer::End::close};
}

Answer head(const Request& request, int) {  // a large answer head
  Answer answer{.body = page_with("head", "")};
  for (auto left = query_number(request.target, "bytes", 1024, 16 << 20); left > 0;) {
    const auto length = std::min<std::uint64_t>(left, 1000);
    answer.fields += "X-Filler: " + std::string(length, 'x') + "\r\n";
    left -= length;
  }
  return answer;
}

Answer garbage(const Request&, int) {
  return {.status = 0, .body = "\x16\x03\x01 this is no HTTP\r\n\r\n", .end = Answer::End::close};
}

Answer reset(const Request& request, int) {  // with bytes=N: after so many of the body
  Answer answer{.end = Answer::End::reset};
  const auto bytes = query_number(request.target, "bytes", 0, 1 << 20);
  answer.status = bytes > 0 ? 200 : 0;
  answer.body.assign(bytes, '.');
  answer.missing = bytes;
  return answer;
}

Answer hang(const Request&, int) {
  return {.status = 0, .end = Answer::End::hang};
}

}  // namespace

std::vector<std::string> query_values(std::string_view target, std::string_view name) {
  std::vector<std::string> values;
  auto query = target.substr(std::min(target.find('?'), target.size() - 1) + 1);
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.substr(0, pair.find('=')) == name)
      values.push_back(decode(pair.substr(std::min(name.size() + 1, pair.size()))));
  }
  return values;
}

std::string query_value(std::string_view target, std::string_view name, std::string fallback) {
  auto values = query_values(target, name);
  return values.empty() ? fallback : std::move(values.front());
}

Answer behave(const Request& request, int count) {
  static const std::map<std::string_view, std::function<Answer(const Request&, int)>> kManners = {
      {"links", links},     {"echo", echo}, {"status", status},     {"slow", slow},   {"big", big},
      {"drip", drip},       {"loop", loop}, {"redirect", redirect}, {"gzip", gzip},   {"chunked", chunked},
      {"short", cut_short}, {"head", head}, {"garbage", garbage},   {"reset", reset}, {"hang", hang}};
  auto name = request.target.substr(std::string_view("/behave/").size());
  name = name.substr(0, name.find_first_of("/?"));
  const auto manner = kManners.find(name);
  if (manner == kManners.end()) return {.status = 404, .body = page_with("no such manner", "")};
  return manner->second(request, count);
}

}  // namespace madeupweb
