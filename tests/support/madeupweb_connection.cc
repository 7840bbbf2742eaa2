#include "madeupweb_connection.h"

#include <charconv>
#include <ctime>

namespace madeupweb {
namespace {

constexpr std::size_t kMaxHead = 64 * 1024, kMaxBody = 1 << 20;

bool same_name(std::string_view a, std::string_view lower) {
  if (a.size() != lower.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if ((a[i] >= 'A' && a[i] <= 'Z' ? a[i] + 32 : a[i]) != lower[i]) return false;
  return true;
}

// The value of a field of the head; `name` in lower case.
std::string_view field(std::string_view head, std::string_view name) {
  for (auto at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    auto line = head.substr(at + 2);
    line = line.substr(0, line.find("\r\n"));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !same_name(line.substr(0, colon), name)) continue;
    line.remove_prefix(colon + 1);
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    return line;
  }
  return {};
}

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 304:
      return "Not Modified";
    case 404:
      return "Not Found";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Made Up";
  }
}

}  // namespace

std::int64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

std::optional<ParsedRequest> parse_request(std::string_view in, bool& bad) {
  const auto end = in.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    bad = in.size() > kMaxHead;
    return std::nullopt;
  }
  ParsedRequest request;
  request.head = in.substr(0, end + 2);
  const auto line = request.head.substr(0, request.head.find("\r\n"));
  const auto first = line.find(' '), last = line.rfind(' ');
  bad = first == std::string_view::npos || first == last || !line.substr(last + 1).starts_with("HTTP/1.");
  if (bad) return std::nullopt;
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  if (request.target.starts_with("http://")) {  // absolute form
    const auto path = request.target.find('/', 7);
    request.target = path == std::string_view::npos ? "/" : request.target.substr(path);
  }
  bad = !request.target.starts_with("/");
  if (bad) return std::nullopt;

  request.host = field(request.head, "host");
  request.host = request.host.substr(0, request.host.rfind(':'));
  request.keep = line.ends_with("/1.1") && !same_name(field(request.head, "connection"), "close");
  std::size_t body = 0;
  const auto length = field(request.head, "content-length");
  std::from_chars(length.data(), length.data() + length.size(), body);
  bad = body > kMaxBody;
  request.length = end + 4 + body;
  if (bad || in.size() < request.length) return std::nullopt;
  return request;
}

std::string answer_head(const Answer& answer, std::uint64_t length, bool keep) {
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " " + std::string(reason(answer.status)) +
                     "\r\nServer: madeupweb\r\nContent-Type: " + answer.content_type + "\r\n" + answer.fields;
  if (!answer.chunked) head += "Content-Length: " + std::to_string(length) + "\r\n";
  if (!keep) head += "Connection: close\r\n";
  return head += "\r\n";
}

}  // namespace madeupweb
