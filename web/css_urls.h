// The URLs in a style sheet, or in a style attribute: url(...), @import "...", and the strings of image-set().
// Pure functions over bytes, linear in them; any thread. Tokens are those of CSS Syntax 3 (section 4), so that what
// stands in a comment, a string or a longer name is none. Those of @namespace and @document, which are only names, are
// left out, and so is all that a page itself answers: fragments ("#clip"), data:, and what is empty.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace web {

struct CssUrl {
  std::string_view text;
  bool decoded = false;  // escapes were: `text` lives until the next call only, else as long as the style sheet
};

class CssUrls {
 public:
  // `css` is UTF-8 and outlives it.
  explicit CssUrls(std::string_view css) : css_(css) {}

  bool next(CssUrl& url);  // false at the end

 private:
  bool token(CssUrl& url);
  bool name_or_function(CssUrl& url);
  bool take_string(CssUrl& url);
  bool take_url(CssUrl& url);
  void skip_bad_url();
  std::string_view take_name(bool& escaped);
  void take_escape();
  void skip_comment();
  char at(std::size_t offset) const { return pos_ + offset < css_.size() ? css_[pos_ + offset] : '\0'; }
  bool escape_at(std::size_t offset) const;
  CssUrl taken(std::size_t from, std::size_t to) const;

  enum class Rule { other, import, naming };  // the at-rule whose prelude is being read

  std::string_view css_;
  std::size_t pos_ = 0;
  Rule rule_ = Rule::other;
  int image_set_ = 0;  // open parentheses from image-set( on
  bool use_decoded_ = false;
  std::string decoded_;
};

// Whether CssUrls could find any in `css`, which may be the value of an attribute whose references are not decoded.
bool may_hold_css_url(std::string_view css);

}  // namespace web
