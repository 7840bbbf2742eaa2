#include "web/html_tokens.h"

#include <algorithm>

#include "web/css_urls.h"
#include "web/html_ascii.h"

namespace web {
namespace {

constexpr auto kNone = std::string_view::npos;

// Bytes that end a tag's or an attribute's name, and an unquoted value.
class Stops {
 public:
  constexpr explicit Stops(std::string_view bytes) {
    for (const char c : bytes) stops_[static_cast<unsigned char>(c)] = true;
  }
  std::size_t find(std::string_view text, std::size_t from) const {
    while (from < text.size() && !stops_[static_cast<unsigned char>(text[from])]) ++from;
    return from;
  }

 private:
  std::array<bool, 256> stops_{};
};
constexpr Stops kTagNameEnd(" \t\n\r\f/>");
constexpr Stops kAttributeNameEnd(" \t\n\r\f/>=");
constexpr Stops kUnquotedEnd(" \t\n\r\f>");

// Whether an <annotation-xml> says that it holds HTML.
bool holds_html(const HtmlToken& token) {
  return token.tag == HtmlTag::annotation && std::any_of(token.begin(), token.end(), [](const HtmlAttribute& a) {
           return a.name == HtmlAttributeName::encoding && (equals_ignoring_case(a.value, "text/html") ||
                                                            equals_ignoring_case(a.value, "application/xhtml+xml"));
         });
}

}  // namespace

bool HtmlTokenizer::next(HtmlToken& token) {
  if (!raw_name_.empty() && raw_text(token)) return true;
  if (pos_ >= text_.size()) return false;
  if (text_[pos_] == '<') {
    const std::size_t at = pos_;
    if (markup(token)) {
      token.source = text_.substr(at, pos_ - at);
      return true;
    }
    if (pos_ >= text_.size()) return false;  // a tag that the end cuts off
  }
  // Text runs up to the next '<' that begins something.
  token.kind = HtmlToken::Kind::text;
  const std::size_t from = pos_;
  for (++pos_; pos_ < text_.size(); ++pos_) {
    pos_ = std::min(text_.find('<', pos_), text_.size());
    if (pos_ + 1 >= text_.size()) continue;
    const char c = text_[pos_ + 1];
    if (is_ascii_alpha(c) || c == '/' || c == '!' || c == '?') break;
  }
  pos_ = std::min(pos_, text_.size());
  token.source = text_.substr(from, pos_ - from);
  return true;
}

// At '<'. False, with the position kept, where it is text after all.
bool HtmlTokenizer::markup(HtmlToken& token) {
  if (pos_ + 1 >= text_.size()) return false;
  const char c = text_[pos_ + 1];
  if (is_ascii_alpha(c)) {
    token.kind = HtmlToken::Kind::start_tag;
    ++pos_;
    return tag(token);
  }
  if (c == '/' && pos_ + 2 < text_.size() && is_ascii_alpha(text_[pos_ + 2])) {
    token.kind = HtmlToken::Kind::end_tag;
    pos_ += 2;
    return tag(token);
  }
  if (c == '!' || c == '?' || c == '/') {
    declaration(token);
    return true;
  }
  return false;
}

bool HtmlTokenizer::tag(HtmlToken& token) {
  const std::size_t from = pos_;
  pos_ = kTagNameEnd.find(text_, pos_);
  token.name = text_.substr(from, pos_ - from);
  token.tag = html_tag(token.name);
  if (!in_foreign_content()) {  // what are names of SVG there
    if (token.tag == HtmlTag::image) token.tag = HtmlTag::img;
    if (token.tag == HtmlTag::use) token.tag = HtmlTag::other;
  }
  token.self_closing = false;
  token.count_ = 0;
  while (attribute(token)) {
  }
  if (pos_ >= text_.size()) return false;
  ++pos_;  // '>'
  if (token.kind == HtmlToken::Kind::start_tag && !in_foreign_content() && has_raw_content(token.tag)) {
    raw_name_ = token.name;
    raw_tag_ = token.tag;
  }
  if (token.kind == HtmlToken::Kind::end_tag) {
    foreign_.end(token.tag, token.name);
  } else {
    foreign_.start(token.tag, token.name, token.self_closing, holds_html(token));
  }
  return true;
}

// Reads one attribute; false at the tag's '>' or at the end of the text.
bool HtmlTokenizer::attribute(HtmlToken& token) {
  bool slash = false;
  for (; pos_ < text_.size() && (is_html_space(text_[pos_]) || text_[pos_] == '/'); ++pos_) slash = text_[pos_] == '/';
  if (pos_ >= text_.size()) return false;
  if (text_[pos_] == '>') {
    token.self_closing = slash;
    return false;
  }
  const std::size_t from = pos_++;  // even a '=' begins a name
  const std::size_t name_end = pos_ = kAttributeNameEnd.find(text_, pos_);
  std::size_t end = name_end;
  std::string_view value;
  while (pos_ < text_.size() && is_html_space(text_[pos_])) ++pos_;
  if (pos_ < text_.size() && text_[pos_] == '=') {
    for (++pos_; pos_ < text_.size() && is_html_space(text_[pos_]);) ++pos_;
    if (pos_ >= text_.size()) return false;
    const char quote = text_[pos_];
    if (quote == '"' || quote == '\'') {
      const std::size_t close = text_.find(quote, pos_ + 1);
      if (close == kNone) {
        pos_ = text_.size();
        return false;
      }
      value = text_.substr(pos_ + 1, close - pos_ - 1);
      end = pos_ = close + 1;
    } else {
      const std::size_t begin = pos_;
      end = pos_ = kUnquotedEnd.find(text_, pos_);
      value = text_.substr(begin, end - begin);
    }
  }
  const auto which = html_attribute(token.tag, text_.substr(from, name_end - from), wants_);
  if (!which) return true;
  const bool shapes_text = token.tag == HtmlTag::phrase || token.tag == HtmlTag::section;
  if (*which == HtmlAttributeName::style && shapes_text && !may_hold_css_url(value)) return true;
  const auto* known =
      std::find_if(token.begin(), token.end(), [&](const HtmlAttribute& a) { return a.name == *which; });
  if (known == token.end()) {  // of several with one name the first counts
    token.attributes_[token.count_++] = {*which, text_.substr(from, end - from), value};
  }
  return true;
}

// At "<!", "<?" or "</" without a letter behind it.
void HtmlTokenizer::declaration(HtmlToken& token) {
  const std::string_view rest = text_.substr(pos_);
  token.kind = HtmlToken::Kind::comment;
  std::size_t end = kNone;
  if (rest.starts_with("<!--")) {
    if (rest.starts_with("<!-->") || rest.starts_with("<!--->")) {
      end = rest.find('>') + 1;
    } else {
      for (std::size_t dashes = rest.find("--", 4); dashes != kNone; dashes = rest.find("--", dashes + 1)) {
        const std::string_view after = rest.substr(dashes + 2);
        if (after.starts_with('>') || after.starts_with("!>")) {
          end = dashes + (after.front() == '>' ? 3 : 4);
          break;
        }
      }
    }
  } else if (in_foreign_content() && rest.starts_with("<![CDATA[")) {
    token.kind = HtmlToken::Kind::text;
    end = rest.find("]]>");
    if (end != kNone) end += 3;
  } else {
    if (rest.size() >= 9 && equals_ignoring_case(rest.substr(0, 9), "<!doctype")) token.kind = HtmlToken::Kind::doctype;
    end = rest.find('>');
    if (end != kNone) ++end;
  }
  pos_ = end == kNone ? text_.size() : pos_ + end;
}

// The content of the raw element just opened; false if it is empty.
bool HtmlTokenizer::raw_text(HtmlToken& token) {
  const std::size_t end = raw_tag_ == HtmlTag::plaintext ? text_.size()
                          : raw_tag_ == HtmlTag::script  ? script_end(pos_)
                                                         : raw_end(pos_);
  token.kind = HtmlToken::Kind::raw_text;
  token.tag = raw_tag_;
  token.source = text_.substr(pos_, end - pos_);
  raw_name_ = {};
  pos_ = end;
  return !token.source.empty();
}

// Whether text_[at], a '<', begins the end tag of `name`.
bool HtmlTokenizer::closes(std::size_t at, std::string_view name) const {
  const std::size_t end = at + 2 + name.size();
  if (end >= text_.size() || text_[at + 1] != '/') return false;
  if (!same_ignoring_case(text_.substr(at + 2, name.size()), name)) return false;
  return is_html_space(text_[end]) || text_[end] == '/' || text_[end] == '>';
}

std::size_t HtmlTokenizer::raw_end(std::size_t from) const {
  for (std::size_t at = text_.find('<', from); at != kNone; at = text_.find('<', at + 1)) {
    if (closes(at, raw_name_)) return at;
  }
  return text_.size();
}

// A script that holds "<!--" and then "<script" needs two end tags (13.2.5.15 to .31).
std::size_t HtmlTokenizer::script_end(std::size_t from) const {
  enum class State { plain, escaped, twice } state = State::plain;
  const auto find = [&](std::size_t start) {
    return state == State::plain ? text_.find('<', start) : text_.find_first_of("<-", start);
  };
  for (std::size_t at = find(from); at != kNone; at = find(at + 1)) {
    const std::string_view rest = text_.substr(at);
    if (state != State::plain && rest.starts_with("-->")) {
      state = State::plain;
    } else if (rest.starts_with("<!--")) {
      if (state == State::plain) state = State::escaped;
      ++at;  // its dashes may be those of "-->"
    } else if (closes(at, "script")) {
      if (state != State::twice) return at;
      state = State::escaped;
    } else if (state == State::escaped && rest.size() > 7 && equals_ignoring_case(rest.substr(0, 7), "<script") &&
               (is_html_space(rest[7]) || rest[7] == '/' || rest[7] == '>')) {
      state = State::twice;
    }
  }
  return text_.size();
}

}  // namespace web
