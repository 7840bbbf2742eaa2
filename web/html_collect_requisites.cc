// What a page is shown with: the half of HtmlCollector that works where requisites are wanted.
#include "web/css_urls.h"
#include "web/html_ascii.h"
#include "web/html_collect.h"
#include "web/html_rel.h"
#include "web/html_srcset.h"

namespace web {

using Name = HtmlAttributeName;

void HtmlCollector::element_requisites(const HtmlElement& element) {
  const auto add_one = [&](Name name, LinkSource source) { add_requisite(element[name], source); };
  switch (element.tag) {
    case HtmlTag::img:
      add_one(Name::src, LinkSource::img);
      add_srcset(element[Name::srcset], LinkSource::img);
      break;
    case HtmlTag::source:
      add_one(Name::src, LinkSource::source);
      add_srcset(element[Name::srcset], LinkSource::source);
      break;
    case HtmlTag::script:
      add_one(Name::src, LinkSource::script);
      break;
    case HtmlTag::video:
      add_one(Name::src, LinkSource::video);
      add_one(Name::poster, LinkSource::poster);
      break;
    case HtmlTag::audio:
      add_one(Name::src, LinkSource::audio);
      break;
    case HtmlTag::track:
      add_one(Name::src, LinkSource::track);
      break;
    case HtmlTag::embed:
      add_one(Name::src, LinkSource::embed);
      break;
    case HtmlTag::object:
      add_one(Name::data, LinkSource::object);
      break;
    case HtmlTag::input:
      if (equals_ignoring_case(element[Name::type], "image")) add_one(Name::src, LinkSource::input);
      break;
    case HtmlTag::body:
    case HtmlTag::table:
    case HtmlTag::table_part:
      add_one(Name::background, LinkSource::background);
      break;
    case HtmlTag::image:
      add_one(element.has(Name::href) ? Name::href : Name::xlink_href, LinkSource::image);
      break;
    case HtmlTag::use:
      add_one(element.has(Name::href) ? Name::href : Name::xlink_href, LinkSource::use);
      break;
    case HtmlTag::link:
      if (const auto source = requisite_of_rel(element[Name::rel])) {
        add_one(Name::href, *source);
        if (*source == LinkSource::preload) add_srcset(element[Name::imagesrcset], *source);
      }
      break;
    default:
      break;
  }
  if (element.has(Name::style)) css(element[Name::style]);
}

void HtmlCollector::add_requisite(std::string_view href, LinkSource source) {
  if (leads_elsewhere(href)) add({href, source, false, true});
}

void HtmlCollector::add_srcset(std::string_view srcset, LinkSource source) {
  for (auto url = take_srcset_url(srcset); url.data() != nullptr; url = take_srcset_url(srcset)) {
    add_requisite(url, source);
  }
}

void HtmlCollector::css(std::string_view text) {
  CssUrls urls(text);
  for (CssUrl url; urls.next(url) && !page_.bounded;) {
    if (url.text.size() > kMaxAttributeBytes) continue;
    if (url.decoded) url.text = decoded_.emplace_back(url.text);
    add_requisite(url.text, LinkSource::style);
  }
}

}  // namespace web
