#include "crawler/url_shape.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace crawler {
namespace {

constexpr std::size_t kShown = 120;
constexpr std::uint64_t kFirstYear = 1900, kLastYear = 2999;

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

std::vector<std::uint64_t>::const_iterator year_of(const std::vector<std::uint64_t>& numbers) {
  return std::find_if(numbers.begin(), numbers.end(),
                      [](std::uint64_t n) { return n >= kFirstYear && n <= kLastYear; });
}

// The greatest unit first.
std::vector<std::uint64_t> ordered(std::vector<std::uint64_t> numbers) {
  const auto year = year_of(numbers);
  if (year == numbers.end()) return numbers;
  const auto at = numbers.begin() + (year - numbers.cbegin());
  if (at + 1 == numbers.end())
    std::reverse(numbers.begin(), numbers.end());
  else
    std::rotate(numbers.begin(), at, at + 1);
  return numbers;
}

}  // namespace

bool UrlShape::is_date() const {
  return numbers.size() > 1 && year_of(numbers) != numbers.end();
}

int UrlShape::compare(const UrlShape& other) const {
  auto mine = ordered(numbers), theirs = ordered(other.numbers);
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
  return numeric && parameters >= 1 && parameters <= 2;
}

std::string shown_pattern(std::string_view pattern) {
  const std::size_t path = std::min(pattern.find('/'), pattern.size());
  return std::string(pattern.substr(path, kShown));
}

}  // namespace crawler
