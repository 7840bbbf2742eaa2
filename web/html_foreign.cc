#include "web/html_foreign.h"

#include "web/html_ascii.h"

namespace web {

void HtmlForeign::push(Kind kind, std::string_view name) {
  if (depth_ < kDeepest) open_[depth_++] = {kind, name};
}

void HtmlForeign::start(HtmlTag tag, std::string_view name, bool self_closing, bool holds_html) {
  if (inside() && ends_foreign_content(tag)) {
    while (inside()) --depth_;
    return;
  }
  if (self_closing) return;
  if (tag == HtmlTag::svg) return push(Kind::svg, {});
  if (tag == HtmlTag::math) return push(Kind::math, {});
  if (!inside()) return;
  const bool svg = top().kind == Kind::svg;
  if (svg ? tag == HtmlTag::svg_html || tag == HtmlTag::title : tag == HtmlTag::math_html || holds_html) {
    push(Kind::html, name);
  }
}

void HtmlForeign::end(HtmlTag tag, std::string_view name) {
  if (depth_ == 0) return;
  if (!inside()) {
    if (same_ignoring_case(top().name, name)) --depth_;
    return;
  }
  if (tag == HtmlTag::phrase) {  // of something around it: within it its start tag would have ended it
    while (inside()) --depth_;
  }
  if (tag != HtmlTag::svg && tag != HtmlTag::math) return;
  const Kind kind = tag == HtmlTag::svg ? Kind::svg : Kind::math;
  for (std::size_t i = depth_; i > 0 && open_[i - 1].kind != Kind::html; --i) {
    if (open_[i - 1].kind == kind) {
      depth_ = i - 1;
      return;
    }
  }
}

}  // namespace web
