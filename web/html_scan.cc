#include "web/html_scan.h"

#include <algorithm>
#include <array>

#include "web/charset.h"
#include "web/charset_utf8.h"
#include "web/html_ascii.h"
#include "web/html_thin.h"
#include "web/html_tokens.h"

namespace web {
namespace {

constexpr std::size_t kMaxTitle = 4 << 10;

struct Named {
  std::string_view name, text;
};
constexpr std::array kNamed = {
    Named{"amp", "&"},       Named{"lt", "<"},        Named{"gt", ">"},       Named{"quot", "\""},
    Named{"nbsp", "\u00A0"}, Named{"copy", "\u00A9"}, Named{"reg", "\u00AE"}, Named{"apos", "'"},
};

bool is_alphanumeric(char c) {
  return is_ascii_alpha(c) || is_ascii_digit(c);
}

int digit_value(char c) {
  if (is_ascii_digit(c)) return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

// Decodes "&#..." at the front of `rest` into `out` and takes it off; false if there is no number.
bool take_number(std::string_view& rest, std::string& out) {
  std::size_t at = 2;
  const bool hex = at < rest.size() && ascii_lower(rest[at]) == 'x';
  if (hex) ++at;
  const int base = hex ? 16 : 10;
  const std::size_t from = at;
  std::uint32_t c = 0;
  for (; at < rest.size() && digit_value(rest[at]) < base; ++at) {
    c = std::min(c * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit_value(rest[at])), 0x110000U);
  }
  if (at == from) return false;
  if (at < rest.size() && rest[at] == ';') ++at;
  rest.remove_prefix(at);
  if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
    out += kReplacement;
  } else if (c >= 0x80 && c < 0xA0) {  // meant as windows-1252
    std::string storage;
    const char byte = static_cast<char>(c);
    out += to_utf8({&byte, 1}, "windows-1252", storage);
  } else {
    append_utf8(out, c);
  }
  return true;
}

bool take_named(std::string_view& rest, std::string& out) {
  for (const Named& named : kNamed) {
    if (!rest.substr(1).starts_with(named.name)) continue;
    const std::size_t end = 1 + named.name.size();
    const char after = end < rest.size() ? rest[end] : ' ';
    if (after != ';' && (after == '=' || is_alphanumeric(after) || named.name == "apos")) continue;
    out += named.text;
    rest.remove_prefix(after == ';' ? end + 1 : end);
    return true;
  }
  return false;
}

class Scan {
 public:
  Scan(std::string_view text, HtmlCollector& page, HtmlScanStorage& storage)
      : tokenizer_(text), page_(page), storage_(storage) {}

  void run() {
    for (HtmlToken token; tokenizer_.next(token);) {
      if (token.tag == HtmlTag::template_tag) follow_template(token);
      if (templates_ > 0) continue;
      if (token.kind == HtmlToken::Kind::raw_text && token.tag == HtmlTag::title) {
        page_.title(decode_references(token.source.substr(0, kMaxTitle)));
      }
      if (token.kind == HtmlToken::Kind::start_tag) give(token);
    }
  }

 private:
  void follow_template(const HtmlToken& token) {
    if (token.kind == HtmlToken::Kind::start_tag) ++templates_;
    if (token.kind == HtmlToken::Kind::end_tag && templates_ > 0) --templates_;
  }

  void give(const HtmlToken& token) {
    if (token.begin() == token.end()) return;
    HtmlElement element;
    element.tag = token.tag;
    for (const HtmlAttribute& attribute : token) {
      if (attribute.source.size() > kMaxAttributeBytes) continue;
      element[attribute.name] = decoded(attribute.value);
    }
    page_.element(element);
  }

  std::string_view decoded(std::string_view raw) {
    if (raw.data() == nullptr) return "";
    if (raw.find('&') == std::string_view::npos) return raw;
    return storage_.emplace_back(decode_references(raw));
  }

  HtmlTokenizer tokenizer_;
  HtmlCollector& page_;
  HtmlScanStorage& storage_;
  int templates_ = 0;  // open ones
};

}  // namespace

std::string decode_references(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  while (!raw.empty()) {
    const std::size_t plain = std::min(raw.find('&'), raw.size());
    out += raw.substr(0, plain);
    raw.remove_prefix(plain);
    if (raw.empty()) break;
    const bool taken = raw.starts_with("&#") ? take_number(raw, out) : take_named(raw, out);
    if (taken) continue;
    out += '&';
    raw.remove_prefix(1);
  }
  return out;
}

void scan_html(std::string_view text, HtmlCollector& page, HtmlScanStorage& storage) {
  Scan(text, page, storage).run();
}

}  // namespace web
