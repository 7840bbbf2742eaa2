// The declaration of the encoding within a page's first bytes: HTML standard, section 13.2.3.2.
#include "web/charset.h"
#include "web/html_ascii.h"

namespace web {
namespace {

constexpr auto kNone = std::string_view::npos;

// A reader of the bytes that says when they have run out: a declaration that is cut off does not count.
class Prescan {
 public:
  explicit Prescan(std::string_view head) : head_(head) {}

  std::string_view run();

 private:
  struct Attribute {
    std::string_view name, value;  // as written
  };

  bool at(std::string_view lower) const { return equals_ignoring_case(head_.substr(pos_, lower.size()), lower); }
  bool ended() const { return pos_ >= head_.size(); }
  char byte() const { return head_[pos_]; }
  bool skip_past(std::string_view mark, std::size_t from);
  bool next_attribute(Attribute& attribute);
  bool read_value(std::string_view& value);
  std::string_view read_meta();
  bool skip_tag();

  std::string_view head_;
  std::size_t pos_ = 0;
  bool cut_ = false;  // the bytes ran out within a tag
};

bool Prescan::skip_past(std::string_view mark, std::size_t from) {
  const std::size_t found = head_.find(mark, from);
  if (found == kNone) return false;
  pos_ = found + mark.size();
  return true;
}

// "get an attribute"; false where the tag ends or the bytes do (cut_).
bool Prescan::next_attribute(Attribute& attribute) {
  attribute = {};
  while (!ended() && (is_html_space(byte()) || byte() == '/')) ++pos_;
  if (ended()) return !(cut_ = true);
  if (byte() == '>') return false;
  const std::size_t from = pos_++;  // even a '=' begins a name
  while (!ended() && byte() != '=' && byte() != '/' && byte() != '>' && !is_html_space(byte())) ++pos_;
  attribute.name = head_.substr(from, pos_ - from);
  while (!ended() && is_html_space(byte())) ++pos_;
  if (ended()) return !(cut_ = true);
  if (byte() != '=') return true;
  ++pos_;
  return read_value(attribute.value);
}

bool Prescan::read_value(std::string_view& value) {
  while (!ended() && is_html_space(byte())) ++pos_;
  if (ended()) return !(cut_ = true);
  const char quote = byte();
  if (quote == '"' || quote == '\'') {
    const std::size_t from = pos_ + 1;
    if (!skip_past({&quote, 1}, from)) return !(cut_ = true);
    value = head_.substr(from, pos_ - 1 - from);
    return true;
  }
  const std::size_t from = pos_;
  while (!ended() && !is_html_space(byte()) && byte() != '>') ++pos_;
  value = head_.substr(from, pos_ - from);
  return true;
}

// "extracting a character encoding from a meta element".
std::string_view charset_of_content(std::string_view content) {
  for (std::size_t at = 0; at + 7 <= content.size();) {
    if (!equals_ignoring_case(content.substr(at, 7), "charset")) {
      ++at;
      continue;
    }
    at += 7;
    while (at < content.size() && is_html_space(content[at])) ++at;
    if (at >= content.size() || content[at] != '=') continue;
    ++at;
    while (at < content.size() && is_html_space(content[at])) ++at;
    if (at >= content.size()) return {};
    const char quote = content[at];
    if (quote == '"' || quote == '\'') {
      const std::size_t end = content.find(quote, at + 1);
      return end == kNone ? std::string_view{} : charset_from_label(content.substr(at + 1, end - at - 1));
    }
    std::size_t end = at;
    while (end < content.size() && !is_html_space(content[end]) && content[end] != ';') ++end;
    return charset_from_label(content.substr(at, end - at));
  }
  return {};
}

std::string_view Prescan::read_meta() {
  bool saw_http_equiv = false, saw_content = false, saw_charset = false;
  bool got_pragma = false;
  enum class Need { unset, no, pragma } need = Need::unset;
  std::string_view charset;
  Attribute attribute;
  while (next_attribute(attribute)) {
    if (equals_ignoring_case(attribute.name, "http-equiv") && !saw_http_equiv) {
      saw_http_equiv = true;
      got_pragma = equals_ignoring_case(attribute.value, "content-type");
    } else if (equals_ignoring_case(attribute.name, "content") && !saw_content) {
      saw_content = true;
      const std::string_view found = charset_of_content(attribute.value);
      if (!found.empty() && charset.empty()) {
        charset = found;
        need = Need::pragma;
      }
    } else if (equals_ignoring_case(attribute.name, "charset") && !saw_charset) {
      saw_charset = true;
      charset = charset_from_label(attribute.value);
      need = Need::no;
    }
  }
  if (cut_ || need == Need::unset || (need == Need::pragma && !got_pragma) || charset.empty()) return {};
  if (charset == "utf-16be" || charset == "utf-16le") return "utf-8";  // or these bytes could not have been read
  return charset == "x-user-defined" ? "windows-1252" : charset;
}

bool Prescan::skip_tag() {
  while (!ended() && !is_html_space(byte()) && byte() != '>') ++pos_;
  Attribute ignored;
  while (next_attribute(ignored)) {
  }
  return !cut_;
}

// "get an XML encoding": what <?xml version="1.0" encoding="..."?> says.
std::string_view xml_encoding(std::string_view head) {
  if (!head.starts_with("<?xml")) return {};
  const std::size_t end = head.find('>');
  if (end == kNone) return {};
  const std::string_view declaration = head.substr(0, end);
  std::size_t at = declaration.find("encoding");
  if (at == kNone) return {};
  const auto skip_space = [&] {
    while (at < declaration.size() && static_cast<unsigned char>(declaration[at]) <= 0x20) ++at;
  };
  at += 8;
  skip_space();
  if (at >= declaration.size() || declaration[at] != '=') return {};
  ++at;
  skip_space();
  if (at >= declaration.size() || (declaration[at] != '"' && declaration[at] != '\'')) return {};
  const std::size_t close = declaration.find(declaration[at], at + 1);
  if (close == kNone) return {};
  const std::string_view label = declaration.substr(at + 1, close - at - 1);
  for (const char c : label) {
    if (static_cast<unsigned char>(c) <= 0x20) return {};
  }
  const std::string_view charset = charset_from_label(label);
  return charset == "utf-16be" || charset == "utf-16le" ? "utf-8" : charset;
}

std::string_view Prescan::run() {
  using namespace std::string_view_literals;
  if (head_.starts_with("<\0?\0x\0"sv)) return "utf-16le";
  if (head_.starts_with("\0<\0?\0x"sv)) return "utf-16be";
  while (skip_past("<", pos_)) {
    --pos_;
    const char second = pos_ + 1 < head_.size() ? head_[pos_ + 1] : '\0';
    const char after = pos_ + 5 < head_.size() ? head_[pos_ + 5] : '\0';
    if (head_.substr(pos_, 4) == "<!--") {
      if (!skip_past("-->", pos_ + 2)) break;  // the two dashes may be those of the opening
    } else if (at("<meta") && (is_html_space(after) || after == '/')) {
      pos_ += 5;
      const std::string_view charset = read_meta();
      if (!charset.empty()) return charset;
      if (cut_) break;
    } else if (is_ascii_alpha(second) ||
               (second == '/' && pos_ + 2 < head_.size() && is_ascii_alpha(head_[pos_ + 2]))) {
      pos_ += 1;
      if (!skip_tag()) break;
    } else if (second == '!' || second == '/' || second == '?') {
      if (!skip_past(">", pos_)) break;
    } else {
      ++pos_;
    }
  }
  return xml_encoding(head_);
}

}  // namespace

std::string_view prescan_charset(std::string_view head) {
  return Prescan(head).run();
}

}  // namespace web
