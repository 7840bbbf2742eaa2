#include "web/css_urls.h"

#include <algorithm>
#include <cstdint>

#include "web/charset_utf8.h"
#include "web/html_ascii.h"
#include "web/url.h"

namespace web {
namespace {

constexpr bool is_newline(char c) {
  return c == '\n' || c == '\r' || c == '\f';
}

constexpr bool is_name(char c) {
  return is_ascii_alpha(c) || is_ascii_digit(c) || c == '-' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

constexpr bool is_unprintable(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && !is_html_space(c)) || c == 0x7F;
}

// Whether a name that begins so is a number with its unit.
bool is_number(std::string_view name) {
  if (name.starts_with('-')) name.remove_prefix(1);
  return !name.empty() && is_ascii_digit(name.front());
}

}  // namespace

bool CssUrls::next(CssUrl& url) {
  while (pos_ < css_.size()) {
    if (!token(url) || rule_ == Rule::naming) continue;
    rule_ = Rule::other;
    if (leads_elsewhere(url.text)) return true;
  }
  return false;
}

// Reads one token; whether it holds a URL.
bool CssUrls::token(CssUrl& url) {
  const char c = css_[pos_];
  if (is_name(c) || escape_at(0)) {
    if (css_.substr(pos_).starts_with("-->")) {
      pos_ += 3;
      return false;
    }
    return name_or_function(url);
  }
  bool escaped = false;
  switch (c) {
    case '"':
    case '\'':
      return take_string(url) && (rule_ == Rule::import || image_set_ == 1);
    case '/':
      if (at(1) == '*')
        skip_comment();
      else
        ++pos_;
      return false;
    case '#':
      ++pos_;
      if (is_name(at(0)) || escape_at(0)) take_name(escaped);
      return false;
    case '@': {
      ++pos_;
      if (!is_name(at(0)) && !escape_at(0)) return false;
      const std::string_view name = take_name(escaped);
      rule_ = equals_ignoring_case(name, "import") ? Rule::import
              : equals_ignoring_case(name, "namespace") || equals_ignoring_case(name, "document") ||
                      equals_ignoring_case(name, "-moz-document")
                  ? Rule::naming
                  : Rule::other;
      return false;
    }
    case '<':
      pos_ += css_.substr(pos_).starts_with("<!--") ? 4 : 1;
      return false;
    case ';':
    case '{':
    case '}':
      rule_ = Rule::other;
      image_set_ = 0;
      break;
    case '(':
      if (image_set_ > 0) ++image_set_;
      break;
    case ')':
      if (image_set_ > 0) --image_set_;
      break;
    default:
      break;
  }
  ++pos_;
  return false;
}

bool CssUrls::name_or_function(CssUrl& url) {
  bool escaped = false;
  const std::string_view name = take_name(escaped);
  if (at(0) != '(') return false;
  ++pos_;
  if (!escaped && is_number(name)) return false;
  if (equals_ignoring_case(name, "url")) return take_url(url);
  if (image_set_ > 0) {
    ++image_set_;
  } else if (equals_ignoring_case(name, "image-set") || equals_ignoring_case(name, "-webkit-image-set")) {
    image_set_ = 1;
  }
  return false;
}

// Behind "url(": a URL in quotes, or bare up to the ')'.
bool CssUrls::take_url(CssUrl& url) {
  while (is_html_space(at(0)) && pos_ < css_.size()) ++pos_;
  if (at(0) == '"' || at(0) == '\'') {
    if (image_set_ > 0) ++image_set_;
    return take_string(url);
  }
  use_decoded_ = false;
  std::size_t from = pos_, end = pos_;
  while (pos_ < css_.size()) {
    const char c = css_[pos_];
    if (c == ')') break;
    if (is_html_space(c)) {
      while (pos_ < css_.size() && is_html_space(css_[pos_])) ++pos_;
      if (pos_ == css_.size() || css_[pos_] == ')') break;
      skip_bad_url();
      return false;
    }
    const bool escape = escape_at(0);
    if (c == '"' || c == '\'' || c == '(' || (is_unprintable(c) && c != '\0') || (c == '\\' && !escape)) {
      skip_bad_url();
      return false;
    }
    if ((escape || c == '\0') && !use_decoded_) {
      use_decoded_ = true;
      decoded_ = css_.substr(from, pos_ - from);
    }
    if (escape) {
      take_escape();
    } else {
      if (use_decoded_) c == '\0' ? decoded_ += kReplacement : decoded_ += c;
      ++pos_;
    }
    end = pos_;
  }
  url = taken(from, end);
  if (pos_ < css_.size()) ++pos_;  // ')'
  return true;
}

void CssUrls::skip_bad_url() {
  while (pos_ < css_.size() && css_[pos_] != ')') pos_ += escape_at(0) ? 2 : 1;
  if (pos_ < css_.size()) ++pos_;
  pos_ = std::min(pos_, css_.size());
}

// At a quote. False where a line ends before the string does.
bool CssUrls::take_string(CssUrl& url) {
  const char quote = css_[pos_++];
  const std::size_t from = pos_;
  use_decoded_ = false;
  while (pos_ < css_.size() && css_[pos_] != quote) {
    const char c = css_[pos_];
    if (is_newline(c)) return false;
    if ((c == '\\' || c == '\0') && !use_decoded_) {
      use_decoded_ = true;
      decoded_ = css_.substr(from, pos_ - from);
    }
    if (escape_at(0)) {
      take_escape();
    } else if (c == '\\') {  // the string goes on in the next line, or ends with the text
      pos_ += at(1) == '\r' && at(2) == '\n' ? 3 : 2;
      pos_ = std::min(pos_, css_.size());
    } else {
      if (use_decoded_) c == '\0' ? decoded_ += kReplacement : decoded_ += c;
      ++pos_;
    }
  }
  url = taken(from, pos_);
  if (pos_ < css_.size()) ++pos_;
  return true;
}

CssUrl CssUrls::taken(std::size_t from, std::size_t to) const {
  if (use_decoded_) return {decoded_, true};
  return {css_.substr(from, to - from), false};
}

// A name; with escapes decoded it lies in decoded_.
std::string_view CssUrls::take_name(bool& escaped) {
  const std::size_t from = pos_;
  while (pos_ < css_.size()) {
    if (is_name(css_[pos_])) {
      if (escaped) decoded_ += css_[pos_];
      ++pos_;
    } else if (escape_at(0)) {
      if (!escaped) decoded_ = css_.substr(from, pos_ - from);
      escaped = true;
      take_escape();
    } else {
      break;
    }
  }
  return escaped ? std::string_view(decoded_) : css_.substr(from, pos_ - from);
}

bool CssUrls::escape_at(std::size_t offset) const {
  return at(offset) == '\\' && pos_ + offset + 1 < css_.size() && !is_newline(at(offset + 1));
}

// At a valid escape: adds what it means to decoded_.
void CssUrls::take_escape() {
  ++pos_;
  if (hex_value(at(0)) < 0) {
    at(0) == '\0' ? decoded_ += kReplacement : decoded_ += at(0);
    ++pos_;
    return;
  }
  std::uint32_t c = 0;
  for (int digits = 0; digits < 6 && hex_value(at(0)) >= 0; ++digits, ++pos_) {
    c = c * 16 + static_cast<std::uint32_t>(hex_value(at(0)));
  }
  if (at(0) == '\r' && at(1) == '\n') ++pos_;
  if (pos_ < css_.size() && is_html_space(at(0))) ++pos_;
  if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
    decoded_ += kReplacement;
  } else {
    append_utf8(decoded_, c);
  }
}

void CssUrls::skip_comment() {
  const std::size_t end = css_.find("*/", pos_ + 2);
  pos_ = end == std::string_view::npos ? css_.size() : end + 2;
}

bool may_hold_css_url(std::string_view css) {
  for (std::size_t i = 0; i < css.size(); ++i) {
    const char c = css[i];
    if (c == '\\' || c == '&' || c == '@') return true;
    if (c != '(' || i == 0) continue;
    const char before = ascii_lower(css[i - 1]);  // of url( or image-set(
    if (before == 'l' || before == 't') return true;
  }
  return false;
}

}  // namespace web
