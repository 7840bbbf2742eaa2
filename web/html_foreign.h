// Whether a tag stands in foreign content (HTML 13.2.6.5), as far as that can be told without the tree: from what is
// open of <svg> and <math>, and within them of the elements that hold HTML again (<foreignObject>, <mi>, ...). Not
// thread-safe; part of its tokenizer. Constant in memory: what is nested deeper than kDeepest is not followed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "web/html_tags.h"

namespace web {

class HtmlForeign {
 public:
  bool inside() const { return depth_ > 0 && top().kind != Kind::html; }
  bool inside_svg() const { return depth_ > 0 && top().kind == Kind::svg; }

  // Every start tag and every end tag, in order. `holds_html` says so of an <annotation-xml>.
  void start(HtmlTag tag, std::string_view name, bool self_closing, bool holds_html);
  void end(HtmlTag tag, std::string_view name);

 private:
  static constexpr std::size_t kDeepest = 64;

  enum class Kind : std::uint8_t { svg, math, html };
  struct Open {
    Kind kind;
    std::string_view name;  // of one that holds HTML
  };

  const Open& top() const { return open_[depth_ - 1]; }
  void push(Kind kind, std::string_view name);

  std::array<Open, kDeepest> open_;
  std::size_t depth_ = 0;
};

}  // namespace web
