// The tokenizer of the HTML standard (section 13.2.5) as far as a crawler needs it: what is a tag, what is text.
// Not thread-safe; each reader has its own. Linear in the text, without allocation.
//
// It knows no tree. Where the standard lets the tree decide (foreign content), it follows what is open of SVG and
// MathML.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "web/html_foreign.h"
#include "web/html_tags.h"
#include "web/html_wants.h"

namespace web {

struct HtmlAttribute {
  HtmlAttributeName name{};
  std::string_view source;  // name="value", as written
  std::string_view value;   // as written, without quotes, character references not decoded
};

struct HtmlToken {
  enum class Kind : std::uint8_t { text, raw_text, start_tag, end_tag, comment, doctype };

  Kind kind{};
  HtmlTag tag{};
  bool self_closing = false;
  std::string_view source;  // all of it as written
  std::string_view name;    // of a tag, as written

  const HtmlAttribute* begin() const { return attributes_.data(); }
  const HtmlAttribute* end() const { return attributes_.data() + count_; }

 private:
  friend class HtmlTokenizer;
  static constexpr std::size_t kMost = 6;  // no tag has more that matter

  std::array<HtmlAttribute, kMost> attributes_;
  std::size_t count_ = 0;
};

class HtmlTokenizer {
 public:
  // `text` is UTF-8 and outlives the tokenizer. `wants` decides which attributes are told.
  explicit HtmlTokenizer(std::string_view text, const HtmlWants& wants = {}) : text_(text), wants_(wants) {}

  // The next token; false at the end. A tag that is cut off by the end is none. raw_text is the whole content of a
  // <script>, <style>, <title>, <textarea>, <xmp>, <iframe>, <noembed>, <noframes> or <plaintext>. A CDATA section of
  // foreign content is text, with its marks; what else begins with "<!", "<?" or "</" and is no tag is a comment.
  bool next(HtmlToken& token);

  bool in_foreign_content() const { return foreign_.inside(); }
  bool in_svg() const { return foreign_.inside_svg(); }

 private:
  bool markup(HtmlToken& token);
  bool tag(HtmlToken& token);
  bool attribute(HtmlToken& token);
  void declaration(HtmlToken& token);
  bool raw_text(HtmlToken& token);
  std::size_t script_end(std::size_t from) const;
  std::size_t raw_end(std::size_t from) const;
  bool closes(std::size_t at, std::string_view name) const;

  std::string_view text_;
  HtmlWants wants_;
  std::size_t pos_ = 0;
  std::string_view raw_name_;  // the element whose content comes next, empty for none
  HtmlTag raw_tag_{};
  HtmlForeign foreign_;
};

}  // namespace web
