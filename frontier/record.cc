#include "frontier/record.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace frontier {
namespace {

// Fields never hold a tab or newline: URLs are normalised, JSON escapes them, and job names are checked at intake.
void append_field(std::string& out, std::string_view field) {
  out.append(1, '\t').append(field);
}

// "scheme://authority", or nothing.
std::string_view origin_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t path = scheme == url.npos ? url.npos : url.find('/', scheme + 3);
  return url.substr(0, path == url.npos ? 0 : path);
}

// Another URL beside it: of the same origin, only what comes after that.
std::string_view beside(std::string_view url, std::string_view other) {
  const std::string_view origin = origin_of(url);
  const bool same = !origin.empty() && other.starts_with(origin) && other.substr(origin.size()).starts_with('/');
  return same ? other.substr(origin.size()) : other;
}

std::string whole(std::string_view url, std::string_view other) {
  return other.starts_with('/') ? std::string(origin_of(url)).append(other) : std::string(other);
}

std::string_view name_of(Role role) {
  return role == Role::sitemap ? "sitemap" : "listed_sitemap";
}

// One of the fields at the end, which say what they are by themselves.
bool read_word(std::string_view word, Record& record) {
  if (const auto priority = priority_named(word)) {
    record.priority = *priority;
    return true;
  }
  for (const Role role : {Role::sitemap, Role::listed_sitemap}) {
    if (word == name_of(role)) {
      record.role = role;
      return true;
    }
  }
  auto request = Request::decode(word);
  if (request) record.request = std::move(*request);
  return request.has_value();
}

bool number(std::string_view text, int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0;
}

}  // namespace

std::string Record::id() const {
  const std::string tag = request.tag();
  return tag.empty() ? url : url + ' ' + tag;
}

std::string Record::encode() const {
  std::string out = id();
  out.reserve(url.size() + seed.size() + via.size() + job.size() + meta.size() + 24);
  for (const int n : {depth, hops, attempts, pushbacks}) append_field(out, std::to_string(n));
  append_field(out, seed == url ? std::string_view() : beside(url, seed));
  append_field(out, beside(url, via));
  append_field(out, job);
  append_field(out, meta);
  if (priority != Priority::normal) append_field(out, name_of(priority));
  if (role != Role::page) append_field(out, name_of(role));
  if (const std::string text = request.encode(); !text.empty()) append_field(out, text);
  return out;
}

std::optional<Record> Record::decode(std::string_view text) {
  std::array<std::string_view, 9> fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t tab = text.find('\t');
    const bool last = i + 1 == fields.size();
    if (tab == text.npos && !last) return std::nullopt;
    fields[i] = text.substr(0, tab);
    text.remove_prefix(tab == text.npos ? text.size() : last ? tab : tab + 1);
  }
  Record r;
  while (!text.empty()) {
    text.remove_prefix(1);
    const std::size_t tab = std::min(text.find('\t'), text.size());
    if (!read_word(text.substr(0, tab), r)) return std::nullopt;
    text.remove_prefix(tab);
  }
  if (fields[0].empty() || fields[0].front() == ' ' || !number(fields[1], r.depth) || !number(fields[2], r.hops) ||
      !number(fields[3], r.attempts) || !number(fields[4], r.pushbacks)) {
    return std::nullopt;
  }
  r.url = fields[0].substr(0, fields[0].find(' '));  // a URL has none; what comes behind follows from the request
  r.seed = fields[5].empty() ? r.url : whole(r.url, fields[5]);
  r.via = whole(r.url, fields[6]);
  r.job = fields[7];
  r.meta = fields[8];
  return r;
}

}  // namespace frontier
