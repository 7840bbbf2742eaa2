#include "cli/seed_list.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "web/charset_utf8.h"
#include "web/url.h"

namespace cli {
namespace {

constexpr std::size_t kLongestLine = 64 * 1024;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// A URL may hold any bytes, JSON only UTF-8: the others are written as a URL's parser would write them.
std::string as_utf8(const std::string& url) {
  if (web::valid_utf8_prefix(url) == url.size()) return url;
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : url) {
    if (c < 0x80)
      out += static_cast<char>(c);
    else
      out.append({'%', kHex[c >> 4], kHex[c & 15]});
  }
  return out;
}

}  // namespace

std::string with_scheme(std::string_view entry) {
  entry = trimmed(entry);
  if (entry.empty() || entry.front() == '{' || entry.find("://") != entry.npos) return std::string(entry);
  const std::string scheme = web::scheme_of(entry);
  const std::string_view rest = entry.substr(std::min(entry.size(), scheme.size() + 1));
  const bool host_and_port = !rest.empty() && rest[0] >= '0' && rest[0] <= '9';
  const bool names_scheme = !scheme.empty() && scheme.find('.') == std::string::npos && !host_and_port;
  return (names_scheme ? "" : "https://") + std::string(entry);
}

std::string with_priority(std::string entry, std::string_view priority) {
  using Json = nlohmann::json;
  if (priority.empty() || entry.empty()) return entry;
  if (entry.front() != '{') return Json{{"url", as_utf8(entry)}, {"priority", priority}}.dump();
  const Json json = Json::parse(entry, nullptr, false);
  if (!json.is_object() || json.contains("priority")) return entry;
  return "{\"priority\":" + Json(priority).dump() + (json.empty() ? "" : ",") + entry.substr(1);
}

bool each_entry(const std::string& file, const std::function<void(std::string)>& take, std::string& error) {
  std::ifstream opened;
  if (file != "-") opened.open(file);
  std::istream& in = file == "-" ? std::cin : opened;
  std::string line;
  while (in && std::getline(in, line)) {
    if (line.size() > kLongestLine) {
      error = file + ": a line is longer than 64 KiB";
      return false;
    }
    const std::string_view entry = trimmed(line);
    if (!entry.empty() && entry.front() != '#') take(with_scheme(entry));
  }
  if (in.eof()) return true;
  error = file + ": cannot be read: " + std::strerror(errno ? errno : EIO);
  return false;
}

bool each_seed(const std::vector<std::string>& urls, const std::string& file,
               const std::function<void(std::string)>& take, std::string& error) {
  for (const std::string& url : urls) {
    if (url != "-")
      take(with_scheme(url));
    else if (!each_entry(url, take, error))
      return false;
  }
  return file.empty() || each_entry(file, take, error);
}

}  // namespace cli
