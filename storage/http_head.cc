#include "storage/http_head.h"

#include <algorithm>
#include <charconv>

namespace storage {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trim(std::string_view s) {
  while (!s.empty() && (is_blank(s.front()))) s.remove_prefix(1);
  while (!s.empty() && (is_blank(s.back()) || s.back() == '\r' || s.back() == '\n')) s.remove_suffix(1);
  return s;
}

bool same_name(std::string_view field, std::string_view lower) {
  return std::equal(field.begin(), field.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == b; });
}

// Takes the next line off `rest`, its line end included.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end == std::string_view::npos ? rest.size() : end + 1);
  rest.remove_prefix(line.size());
  return line;
}

// "HTTP/2 200" is no status line to readers of WARC; the version is what changes, not the rest.
std::string_view rewrite_status_line(std::string_view line, std::string& out) {
  std::string_view protocol;
  if (line.starts_with("HTTP/2")) protocol = "h2";
  if (line.starts_with("HTTP/3")) protocol = "h3";
  if (protocol.empty()) {
    out.append(line);
  } else {
    const std::size_t version = std::min(line.find_first_of(" \r\n"), line.size());
    out.append("HTTP/1.1").append(line.substr(version));
  }
  return protocol;
}

}  // namespace

int status_of(std::string_view head) {
  if (!head.starts_with("HTTP/")) return 0;
  const std::size_t space = head.find_first_of(" \n");
  if (space == std::string_view::npos || head[space] != ' ' || head.size() < space + 4) return 0;
  int status = 0;
  const char* const digits = head.data() + space + 1;
  const auto [end, error] = std::from_chars(digits, digits + 3, status);
  return error == std::errc() && end == digits + 3 && status >= 100 ? status : 0;
}

StoredHead store_head(std::string_view received, std::uint64_t body_size, bool to_head_request, std::string& out) {
  StoredHead stored;
  stored.status = status_of(received);
  const bool bodyless = to_head_request || stored.status / 100 == 1 || stored.status == 204 || stored.status == 304;
  const std::string length = std::to_string(body_size);

  std::string_view rest = received;
  if (rest.starts_with("HTTP/")) stored.protocol = rewrite_status_line(take_line(rest), out);
  bool renamed = false, has_length = false;
  std::string_view end_line;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    if (line == "\r\n" || line == "\n") {
      end_line = line;
      break;
    }
    const std::size_t colon = line.find(':');
    const bool is_field = colon != std::string_view::npos && !is_blank(line.front());
    const std::string_view name = is_field ? trim(line.substr(0, colon)) : std::string_view{};
    if (same_name(name, "transfer-encoding")) {
      renamed = true;
      out.append("X-Crawler-");
    } else if (same_name(name, "content-length") && !bodyless) {
      if (!has_length && trim(line.substr(colon + 1)) == length) {
        has_length = true;
      } else {
        renamed = true;
        out.append("X-Crawler-");
      }
    } else if (same_name(name, "content-type") && stored.content_type.empty()) {
      stored.content_type = trim(line.substr(colon + 1));
    }
    out.append(line);
  }
  if (!out.empty() && !received.empty() && out.back() != '\n') out.append("\r\n");
  if (renamed && !has_length && !bodyless) out.append("Content-Length: ").append(length).append("\r\n");
  if (!received.empty()) out.append(end_line.empty() ? "\r\n" : end_line);
  return stored;
}

std::optional<std::size_t> head_length(std::string_view block) {
  for (std::size_t at = block.find('\n'); at != std::string_view::npos; at = block.find('\n', at + 1)) {
    if (block.substr(at + 1, 1) == "\n") return at + 2;
    if (block.substr(at + 1, 2) == "\r\n") return at + 3;
  }
  return std::nullopt;
}

}  // namespace storage
