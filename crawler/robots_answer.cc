#include "crawler/robots_answer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crawler/identity.h"
#include "crawler/shared.h"
#include "web/content_coding.h"
#include "web/headers.h"

namespace crawler {
namespace {

using Kind = RobotsAnswer::Kind;

constexpr std::size_t kLongestUrl = 8192;
constexpr std::size_t kSniffed = 1024;
constexpr std::string_view kGzipMagic = "\x1f\x8b\x08";
constexpr std::array kHopeless = {std::string_view("dns"), std::string_view("forbidden_address")};

void note(RobotsAnswer& answer, std::string_view what) {
  if (!answer.odd.empty()) answer.odd += "; ";
  answer.odd += what;
}

bool looks_like_text(std::string_view body) {
  return std::none_of(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(std::min(body.size(), kSniffed)),
                      [](unsigned char c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f'; });
}

bool looks_like_html(std::string_view mime, std::string_view text) {
  const std::size_t first = text.find_first_not_of("\xef\xbb\xbf \t\r\n");
  return mime == "text/html" || mime == "application/xhtml+xml" || (first != text.npos && text[first] == '<');
}

// The text of a 2xx body. What cannot be unpacked to its end says nothing: it is as if it had not come.
void read_text(RobotsAnswer& answer, std::string body, std::string_view coding, bool cut) {
  if (coding.empty() && body.starts_with(kGzipMagic)) {
    note(answer, "gzip without saying so");
    coding = "gzip";
  }
  answer.kind = Kind::rules;
  if (coding.empty()) {
    answer.text = std::move(body);
    return;
  }
  using Status = web::Decoded::Status;
  web::Decoded decoded = web::decode_content(body, coding, {.max_output = kRobotsBody});
  answer.text = std::move(decoded.body);
  switch (decoded.status) {
    case Status::complete:
      return;
    case Status::over_limit:
      if (answer.text.size() >= kRobotsBody.n) return;
      break;  // more layers of coding than anybody needs
    case Status::truncated:
      if (!cut) break;
      answer.text.resize(answer.text.find_last_of("\r\n") + 1);  // nothing: no line is whole
      return;
    case Status::unknown_coding:
      if (!looks_like_text(answer.text)) break;
      note(answer, "an unknown content coding of what is text");
      return;
    case Status::corrupt:
      break;
  }
  answer.kind = Kind::unreachable;
  answer.text.clear();
  note(answer, "its content coding cannot be undone, so nothing is allowed");
}

}  // namespace

RobotsAnswer read_robots_answer(const web::Url& asked, FetchResult result, bool no_such_host, std::string digest) {
  RobotsAnswer answer;
  const web::Headers headers = web::Headers::parse(result.response_head);
  switch (result.outcome) {
    case Outcome::fetched: {
      answer.digest = std::move(digest);
      const std::string mime = web::parse_content_type(headers.get("content-type")).mime;
      read_text(answer, std::move(result.body), headers.get("content-encoding"), !result.truncated.empty());
      if (answer.kind == Kind::rules && looks_like_html(mime, answer.text)) note(answer, "served as HTML");
      return answer;
    }
    case Outcome::redirected: {
      const auto target = web::parse_url(headers.get("location"), &asked);
      std::string href = target ? identity_of(*target).href() : std::string();
      if (href.empty() || href.size() > kLongestUrl) return answer;
      answer.kind = Kind::redirect;
      answer.text = std::move(href);
      return answer;
    }
    case Outcome::http_4xx:  // also said of an odd status below 400, which tells nothing
      if (result.status / 100 == 4) answer.kind = Kind::none;
      return answer;
    case Outcome::forbidden_address:
      answer.kind = Kind::hopeless;
      answer.text = "forbidden_address";
      return answer;
    default:
      if (!no_such_host) return answer;
      answer.kind = Kind::hopeless;
      answer.text = "dns";
      return answer;
  }
}

// "KIND DIGEST\nODD\nTEXT", KIND a digit.
std::string RobotsAnswer::encode() const {
  return static_cast<char>('0' + static_cast<int>(kind)) + (" " + digest) + "\n" + odd + "\n" + text;
}

std::optional<RobotsAnswer> RobotsAnswer::decode(std::string_view bytes) {
  const std::size_t first = bytes.find('\n');
  const std::size_t second = first == bytes.npos ? first : bytes.find('\n', first + 1);
  if (second == bytes.npos || first < 2 || bytes[0] < '0' || bytes[0] > '4' || bytes[1] != ' ') return std::nullopt;
  RobotsAnswer answer;
  answer.kind = static_cast<Kind>(bytes[0] - '0');
  answer.digest = bytes.substr(2, first - 2);
  answer.odd = bytes.substr(first + 1, second - first - 1);
  answer.text = bytes.substr(second + 1);
  if (answer.kind == Kind::hopeless && std::find(kHopeless.begin(), kHopeless.end(), answer.text) == kHopeless.end())
    return std::nullopt;
  return answer;
}

}  // namespace crawler
