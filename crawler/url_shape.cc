#include "crawler/url_shape.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace crawler {
namespace {

constexpr std::size_t kShown = 120;
constexpr std::uint64_t kFirstYear = 1000, kLastYear = 2100;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Appends `text` with each run of digits as one '#'. `numbers` may be null.
void append_collapsed(std::string& out, std::string_view text, std::vector<std::uint64_t>* numbers) {
  for (std::size_t i = 0; i < text.size();) {
    if (!is_digit(text[i])) {
      out += text[i++];
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (numbers != nullptr) {
      std::uint64_t value = 0;
      const auto [rest, error] = std::from_chars(text.data() + i, text.data() + end, value);
      numbers->push_back(error == std::errc() ? value : std::numeric_limits<std::uint64_t>::max());
    }
    out += '#';
    i = end;
  }
}

std::string place_of(const web::Url& url) {
  std::string place = web::host_key(url);
  if (url.port != 0) place.append(":").append(std::to_string(url.port));
  return place;
}

// Calls `each` with the name and the value of every parameter; one without '=' has its text as its name.
template <typename Each>
void for_parameters(std::string_view query, const Each& each) {
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    const std::size_t equals = std::min(one.find('='), one.size());
    if (!one.empty()) each(one.substr(0, equals), one.substr(std::min(equals + 1, one.size())));
  }
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

using Numbers = std::vector<std::uint64_t>;

bool is_year(std::uint64_t n) {
  return n >= kFirstYear && n <= kLastYear;
}
bool is_month(std::uint64_t n) {
  return n >= 1 && n <= 12;
}
bool is_day(std::uint64_t n) {
  return n >= 1 && n <= 31;
}

// Year, month and perhaps day, as the last of the numbers; empty where those are no date. What follows a date is
// another number: of an article, or a page.
Numbers date_of(const Numbers& n) {
  const std::size_t size = n.size();
  if (size >= 3 && is_year(n[size - 3]) && is_month(n[size - 2]) && is_day(n[size - 1])) {
    return {n[size - 3], n[size - 2], n[size - 1]};
  }
  if (size >= 2 && is_year(n[size - 2]) && is_month(n[size - 1])) return {n[size - 2], n[size - 1]};
  if (size < 2 || !is_year(n[size - 1])) return {};
  const bool day_first = is_month(n[size - 2]);
  if (size >= 3 && day_first && is_day(n[size - 3])) return {n[size - 1], n[size - 2], n[size - 3]};
  if (size >= 3 && is_month(n[size - 3]) && is_day(n[size - 2])) return {n[size - 1], n[size - 3], n[size - 2]};
  return day_first ? Numbers{n[size - 1], n[size - 2]} : Numbers{};
}

}  // namespace

bool UrlShape::is_date() const {
  return !date_of(numbers).empty();
}

int UrlShape::compare(const UrlShape& other) const {
  Numbers mine = date_of(numbers), theirs = date_of(other.numbers);
  if (mine.empty() || theirs.empty()) {
    mine = numbers;
    theirs = other.numbers;
  }
  const std::size_t both = std::min(mine.size(), theirs.size());
  mine.resize(both);
  theirs.resize(both);
  return mine == theirs ? 0 : mine < theirs ? -1 : 1;
}

bool UrlShape::comparable(const UrlShape& other) const {
  if (pattern == other.pattern) return true;
  const auto host = [](std::string_view text) { return text.substr(0, text.find('/')); };
  return is_date() && other.is_date() && host(pattern) == host(other.pattern);
}

UrlShape shape_of(const web::Url& url) {
  UrlShape shape;
  shape.pattern = place_of(url);
  append_collapsed(shape.pattern, url.path, &shape.numbers);
  if (url.query) {
    shape.pattern += '?';
    append_collapsed(shape.pattern, *url.query, &shape.numbers);
  }
  return shape;
}

std::string content_pattern(const web::Url& url) {
  std::string pattern = place_of(url);
  append_collapsed(pattern, url.path, nullptr);
  if (!url.query) return pattern;
  char before = '?';
  for_parameters(*url.query, [&](std::string_view name, std::string_view) {
    pattern += before;
    append_collapsed(pattern, name, nullptr);
    before = '&';
  });
  return pattern;
}

std::string path_pattern(const web::Url& url) {
  return place_of(url) + url.path;
}

bool is_numeric_query(std::string_view query) {
  int parameters = 0;
  bool numeric = true;
  for_parameters(query, [&](std::string_view name, std::string_view value) {
    ++parameters;
    numeric &= is_number(value) || (value.empty() && is_number(name));
  });
  return numeric && parameters >= 1 && parameters <= 3;
}

std::string shown_pattern(std::string_view pattern) {
  const std::size_t path = std::min(pattern.find('/'), pattern.size());
  return std::string(pattern.substr(path, kShown));
}

}  // namespace crawler
