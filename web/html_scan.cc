#include "web/html_scan.h"

#include "web/html_references.h"
#include "web/html_tags.h"
#include "web/html_tokens.h"

namespace web {
namespace {

class Scan {
 public:
  Scan(std::string_view text, HtmlCollector& page, HtmlScanStorage& storage)
      : tokenizer_(text, page.wants()), page_(page), storage_(storage) {}

  void run() {
    for (HtmlToken token; tokenizer_.next(token);) {
      if (token.tag == HtmlTag::template_tag) follow_template(token);
      if (templates_ > 0) continue;
      if (token.kind == HtmlToken::Kind::raw_text && token.tag == HtmlTag::title && !page_.has_title()) {
        page_.title(HtmlReferences::in_title(token.source.substr(0, kMaxTitleBytes)));
      }
      if (token.kind == HtmlToken::Kind::raw_text && token.tag == HtmlTag::style && page_.wants().requisites) {
        page_.css(token.source);
      }
      if (token.kind == HtmlToken::Kind::start_tag) give(token);
    }
  }

 private:
  // That of SVG is an element like any other; the end tag of one around SVG may come within it.
  void follow_template(const HtmlToken& token) {
    if (token.kind == HtmlToken::Kind::start_tag && !tokenizer_.in_foreign_content()) ++templates_;
    if (token.kind == HtmlToken::Kind::end_tag && templates_ > 0) --templates_;
  }

  void give(const HtmlToken& token) {
    if (token.begin() == token.end()) return;
    HtmlElement element;
    const bool counts = !tokenizer_.in_foreign_content() || (tokenizer_.in_svg() && is_of_svg(token.tag));
    element.tag = counts ? token.tag : HtmlTag::other;
    for (const HtmlAttribute& attribute : token) {
      if (attribute.source.size() > kMaxAttributeBytes) continue;
      if (attribute.name == HtmlAttributeName::xlink_href && !tokenizer_.in_svg()) continue;
      element[attribute.name] = decoded(attribute.value);
    }
    page_.element(element);
  }

  std::string_view decoded(std::string_view raw) {
    if (raw.data() == nullptr) return "";
    if (raw.find('&') == std::string_view::npos) return raw;
    return storage_.emplace_back(references_.in_attribute(raw));
  }

  HtmlTokenizer tokenizer_;
  HtmlCollector& page_;
  HtmlScanStorage& storage_;
  HtmlReferences references_;
  int templates_ = 0;  // open ones
};

}  // namespace

void scan_html(std::string_view text, HtmlCollector& page, HtmlScanStorage& storage) {
  Scan(text, page, storage).run();
}

}  // namespace web
