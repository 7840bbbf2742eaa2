#include "web/html_srcset.h"

#include <algorithm>

#include "web/html_ascii.h"

namespace web {
namespace {

std::size_t digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_ascii_digit) - text.begin());
}

// A valid non-negative integer over zero.
bool is_positive(std::string_view text) {
  return !text.empty() && digits(text) == text.size() && text.find_first_not_of('0') != text.npos;
}

// A valid floating-point number (2.3.4.3) that is not below zero.
bool is_density(std::string_view text) {
  const bool minus = text.starts_with('-');
  if (minus) text.remove_prefix(1);
  const std::string_view mantissa = text.substr(0, text.find_first_of("eE"));
  const std::size_t whole = digits(text);
  text.remove_prefix(whole);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::size_t fraction = digits(text);
    if (fraction == 0) return false;
    text.remove_prefix(fraction);
  } else if (whole == 0) {
    return false;
  }
  if (!text.empty() && ascii_lower(text.front()) == 'e') {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    const std::size_t exponent = digits(text);
    if (exponent == 0) return false;
    text.remove_prefix(exponent);
  }
  return text.empty() && (!minus || mantissa.find_first_not_of("0.") == mantissa.npos);
}

// What the descriptors of one candidate say together.
class Descriptors {
 public:
  void add(std::string_view descriptor) {
    if (descriptor.empty()) return;
    const std::string_view number = descriptor.substr(0, descriptor.size() - 1);
    switch (descriptor.back()) {
      case 'w':
        fault_ = fault_ || !is_positive(number) || width_ || density_;
        width_ = true;
        return;
      case 'x':
        fault_ = fault_ || !is_density(number) || width_ || density_ || height_;
        density_ = true;
        return;
      case 'h':
        fault_ = fault_ || !is_positive(number) || height_ || density_;
        height_ = true;
        return;
      default:
        fault_ = true;
    }
  }
  bool valid() const { return !fault_ && (!height_ || width_); }

 private:
  bool fault_ = false, width_ = false, density_ = false, height_ = false;
};

// Takes the descriptors and the comma behind them off `rest`; whether they are valid.
bool take_descriptors(std::string_view& rest) {
  Descriptors all;
  std::size_t from = 0, i = 0;
  bool in_parentheses = false;
  for (; i < rest.size(); ++i) {
    const char c = rest[i];
    if (in_parentheses) {
      in_parentheses = c != ')';
    } else if (c == '(') {
      in_parentheses = true;
    } else if (c == ',') {
      break;
    } else if (is_html_space(c)) {
      all.add(rest.substr(from, i - from));
      from = i + 1;
    }
  }
  all.add(rest.substr(from, i - from));
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return all.valid();
}

}  // namespace

std::string_view take_srcset_url(std::string_view& rest) {
  while (true) {
    while (!rest.empty() && (is_html_space(rest.front()) || rest.front() == ',')) rest.remove_prefix(1);
    if (rest.empty()) return {};
    const auto* end = std::find_if(rest.begin(), rest.end(), is_html_space);
    std::string_view url = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    rest.remove_prefix(url.size());
    if (url.back() == ',') {
      while (url.back() == ',') url.remove_suffix(1);  // it begins with none
      return url;
    }
    if (take_descriptors(rest)) return url;
  }
}

}  // namespace web
