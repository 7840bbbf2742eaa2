#include "web/html_thin.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "web/css_urls.h"
#include "web/html_ascii.h"
#include "web/html_tags.h"
#include "web/html_tokens.h"

namespace web {
namespace {

constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxDoctype = 1 << 10;
constexpr std::size_t kMaxStyle = 8 << 10;
constexpr std::size_t kMaxReference = 40;  // the longest character reference is a little shorter

// Roughly the elements the tree builder has open: enough to tell a deep page before it costs anything.
class OpenElements {
 public:
  void start(std::string_view name) {
    const std::uint64_t id = identity(name);
    if (!open_.empty() && open_.back() == id && ends_itself(name)) return;  // its end tag was left out
    open_.push_back(id);
  }

  void end(std::string_view name) {
    constexpr std::size_t kReach = 64;
    const std::uint64_t id = identity(name);
    const std::size_t lowest = open_.size() - std::min(open_.size(), kReach);
    for (std::size_t i = open_.size(); i > lowest; --i) {
      if (open_[i - 1] == id) return open_.resize(i - 1);
    }
  }

  std::size_t count() const { return open_.size(); }

 private:
  static std::uint64_t identity(std::string_view name) {
    std::uint64_t id = name.size();
    for (const char c : name.substr(0, 8)) id = id * 131 + static_cast<unsigned char>(ascii_lower(c));
    return id;
  }
  static bool ends_itself(std::string_view name) {
    constexpr std::string_view kNames[] = {"td", "th", "tr", "tbody", "option", "a"};
    return std::any_of(std::begin(kNames), std::end(kNames), [&](auto n) { return equals_ignoring_case(name, n); });
  }

  std::vector<std::uint64_t> open_;
};

// Of the tags that shape text: whether no frameset may come behind it (13.2.6.4.7).
bool rules_out_frames(std::string_view name) {
  constexpr std::string_view kNames[] = {"br", "dd", "dt", "image", "img", "li", "pre"};
  return std::any_of(std::begin(kNames), std::end(kNames), [&](auto n) { return equals_ignoring_case(name, n); });
}

class Thinner {
 public:
  Thinner(std::string_view text, std::size_t max_open, const HtmlWants& wants)
      : tokenizer_(text, wants), max_open_(max_open), wants_(wants) {
    thin_.text.reserve(text.size() / 2 + 64);
  }

  ThinHtml run() {
    for (HtmlToken token; !thin_.too_deep && tokenizer_.next(token);) {
      foreign_ =
          was_foreign_ || tokenizer_.in_foreign_content() || token.tag == HtmlTag::svg || token.tag == HtmlTag::math;
      add(token);
      was_foreign_ = tokenizer_.in_foreign_content();
    }
    return std::move(thin_);
  }

 private:
  void add(const HtmlToken& token);
  void add_start_tag(const HtmlToken& token);
  void add_end_tag(const HtmlToken& token);
  void add_attributes(const HtmlToken& token);
  void add_text(std::string_view text);
  void add_letter();
  void add_style(std::string_view css);
  void add_css_url(std::string_view url);

  bool shapes_text(HtmlTag tag) const {
    return tag == HtmlTag::phrase || tag == HtmlTag::section || (tag == HtmlTag::img && !wants_.requisites);
  }

  HtmlTokenizer tokenizer_;
  std::size_t max_open_;
  HtmlWants wants_;
  OpenElements open_;
  ThinHtml thin_;
  bool foreign_ = false, was_foreign_ = false;  // of this token, before it or behind it; behind the last one
  bool frames_may_come_ = true;                 // no letter was written that rules a <frameset> out
  bool body_open_ = false;                      // by a tag that does not
  bool script_ = false;                         // one is open that was kept
  std::size_t letter_end_ = std::string::npos;  // where the text ended when a letter was the last thing written
};

void Thinner::add(const HtmlToken& token) {
  switch (token.kind) {
    case HtmlToken::Kind::text:
      return add_text(token.source);
    case HtmlToken::Kind::raw_text:
      if (token.tag == HtmlTag::title) thin_.text += token.source.substr(0, kMaxTitleBytes);
      if (token.tag == HtmlTag::style && wants_.requisites) add_style(token.source);
      return;
    case HtmlToken::Kind::start_tag:
      return add_start_tag(token);
    case HtmlToken::Kind::end_tag:
      return add_end_tag(token);
    case HtmlToken::Kind::comment:
      return;
    case HtmlToken::Kind::doctype:
      thin_.text += token.source.substr(0, kMaxDoctype - 1);
      if (token.source.size() >= kMaxDoctype) thin_.text += '>';
      return;
  }
}

void Thinner::add_letter() {
  frames_may_come_ = false;
  if (thin_.text.size() == letter_end_) return;
  thin_.text += 'x';
  letter_end_ = thin_.text.size();
}

void Thinner::add_text(std::string_view text) {
  const auto* first = std::find_if_not(text.begin(), text.end(), is_html_space);
  if (first == text.end()) return;
  if (*first != '&' && *first != '\0') return add_letter();
  // "&#32;" is white space too, and U+0000 is no text.
  thin_.text += text.substr(static_cast<std::size_t>(first - text.begin()), kMaxReference);
  if (text.end() - first > static_cast<std::ptrdiff_t>(kMaxReference)) thin_.text += ";x";
}

void Thinner::add_start_tag(const HtmlToken& token) {
  std::string_view name = token.name.substr(0, kMaxName);
  const bool bare = token.begin() == token.end();
  if (shapes_text(token.tag) && (!foreign_ || !tokenizer_.in_foreign_content())) {
    frames_may_come_ = frames_may_come_ && !rules_out_frames(token.name);
    if (!foreign_ && bare && !frames_may_come_) return add_letter();
    if (!foreign_ && bare && std::exchange(body_open_, true)) return;
    name = foreign_ ? "br" : frames_may_come_ ? "param" : "wbr";  // the first ends foreign content as well
  } else if (!foreign_) {
    if (token.tag == HtmlTag::style) return;
    if (token.tag == HtmlTag::script) {
      script_ = std::any_of(token.begin(), token.end(), [](const auto& a) { return a.name == HtmlAttributeName::src; });
      if (!script_) return;
    }
    if ((token.tag == HtmlTag::meta || token.tag == HtmlTag::link) && bare) return;
  }
  thin_.text += '<';
  thin_.text += name;
  add_attributes(token);
  const bool empty = foreign_ && token.self_closing;
  thin_.text += empty ? " />" : ">";
  if (empty || is_void(token.tag) || name != token.name.substr(0, kMaxName)) return;
  open_.start(token.name);
  thin_.too_deep = open_.count() > max_open_;
}

void Thinner::add_attributes(const HtmlToken& token) {
  for (const HtmlAttribute& attribute : token) {
    if (attribute.source.size() > kMaxAttributeBytes) continue;
    thin_.text += ' ';
    thin_.text += attribute.source;
  }
}

void Thinner::add_end_tag(const HtmlToken& token) {
  if (!foreign_) {
    if (frames_may_come_ && equals_ignoring_case(token.name, "br")) return add_letter();  // as its start tag
    if (shapes_text(token.tag) || token.tag == HtmlTag::style) return;
    if (token.tag == HtmlTag::script && !std::exchange(script_, false)) return;
  } else if (shapes_text(token.tag) && !tokenizer_.in_foreign_content()) {
    thin_.text += "<br>";  // which ends foreign content too
    return;
  }
  thin_.text += "</";
  thin_.text += token.name.substr(0, kMaxName);
  thin_.text += '>';
  open_.end(token.name);
}

// In style sheets of some KiB each, so that none keeps the tree builder long.
void Thinner::add_style(std::string_view css) {
  CssUrls urls(css);
  std::size_t begun = std::string::npos;
  for (CssUrl url; urls.next(url);) {
    if (url.text.size() > kMaxAttributeBytes) continue;
    if (begun != std::string::npos && thin_.text.size() - begun > kMaxStyle) {
      thin_.text += "</style>";
      begun = std::string::npos;
    }
    if (begun == std::string::npos) {
      begun = thin_.text.size();
      thin_.text += "<style>";
    }
    add_css_url(url.text);
  }
  if (begun != std::string::npos) thin_.text += "</style>";
}

void Thinner::add_css_url(std::string_view url) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  thin_.text += "url(\"";
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F && c != '"' && c != '\\' && c != '<') {
      thin_.text += c;
    } else {
      thin_.text += {'\\', kDigits[byte >> 4], kDigits[byte & 15], ' '};
    }
  }
  thin_.text += "\")";
}

}  // namespace

ThinHtml thin_html(std::string_view text, std::size_t max_open, const HtmlWants& wants) {
  return Thinner(text, max_open, wants).run();
}

}  // namespace web
