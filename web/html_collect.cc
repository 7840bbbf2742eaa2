#include "web/html_collect.h"

#include <algorithm>

#include "web/charset_utf8.h"
#include "web/html_ascii.h"
#include "web/html_rel.h"

namespace web {
namespace {

constexpr std::size_t kMaxTitle = 1 << 10;
constexpr std::size_t kMaxLinkBytes = 16 << 20;  // of all resolved links: a long base must not multiply

// How the URL parser sees `href` before it looks for a fragment.
std::string_view without_fragment(std::string_view href) {
  return trim_html_space(href.substr(0, href.find('#')));
}

// One that is named twice: as a part of the page, or to be followed, in one place is that altogether.
template <typename Link, typename Other>
void merge(Link& link, const Other& other) {
  link.nofollow = link.nofollow && other.nofollow;
  link.requisite = link.requisite || other.requisite;
}

// A URL without its fragment.
std::string identity_of(const Url& url) {
  std::string identity = url.href();
  identity.resize(std::min(identity.find('#'), identity.size()));
  return identity;
}

std::size_t size_of(const Url& url) {
  return url.host.size() + url.path.size() + (url.query ? url.query->size() : 0) +
         (url.fragment ? url.fragment->size() : 0);
}

}  // namespace

void HtmlCollector::element(const HtmlElement& element) {
  element_links(element);
  if (wants_.requisites) element_requisites(element);
}

void HtmlCollector::element_links(const HtmlElement& element) {
  switch (element.tag) {
    case HtmlTag::a:
    case HtmlTag::area: {
      const bool plain = element.has(HtmlAttributeName::href);
      if (!plain && !element.has(HtmlAttributeName::xlink_href)) return;
      return add(element[plain ? HtmlAttributeName::href : HtmlAttributeName::xlink_href],
                 element.tag == HtmlTag::a ? LinkSource::a : LinkSource::area,
                 is_nofollow(element[HtmlAttributeName::rel]));
    }
    case HtmlTag::frame:
    case HtmlTag::iframe:
      if (!element.has(HtmlAttributeName::src)) return;
      return add(element[HtmlAttributeName::src],
                 element.tag == HtmlTag::frame ? LinkSource::frame : LinkSource::iframe, false);
    case HtmlTag::link:
      return link(element);
    case HtmlTag::meta:
      return meta(element);
    case HtmlTag::form:
      return form(element);
    case HtmlTag::base:
      if (base_.data() == nullptr) base_ = element[HtmlAttributeName::href];
      return;
    default:
      return;
  }
}

void HtmlCollector::link(const HtmlElement& element) {
  if (!element.has(HtmlAttributeName::href)) return;
  const std::string_view href = element[HtmlAttributeName::href], rel = element[HtmlAttributeName::rel];
  const auto source = link_of_rel(rel);
  if (!source) return;
  if (*source == LinkSource::link_canonical && canonical_.data() == nullptr) canonical_ = href;
  add(href, *source, is_nofollow(rel));
}

// Of a form that is sent with GET; its own page is no link (HTML 4.10.21.3).
void HtmlCollector::form(const HtmlElement& element) {
  if (!wants_.forms || !leads_elsewhere(element[HtmlAttributeName::action])) return;
  const std::string_view method = element[HtmlAttributeName::method];
  if (equals_ignoring_case(method, "post") || equals_ignoring_case(method, "dialog")) return;
  add(element[HtmlAttributeName::action], LinkSource::form, is_nofollow(element[HtmlAttributeName::rel]));
}

void HtmlCollector::meta(const HtmlElement& element) {
  const std::string_view content = element[HtmlAttributeName::content];
  const std::string_view name = trim_html_space(element[HtmlAttributeName::name]);
  if (equals_ignoring_case(name, "robots") || (!name.empty() && equals_ignoring_case(name, to_ascii_lower(agent_)))) {
    robots_.add(content);
  }
  if (equals_ignoring_case(element[HtmlAttributeName::http_equiv], "refresh")) refresh(content, false);
}

// The first refresh that names a URL counts, but a header comes before all of them (HTML 4.2.5.3, 7.4.5).
void HtmlCollector::refresh(std::string_view value, bool from_header) {
  const auto parsed = parse_refresh(value);
  if (!parsed || (refresh_ && !from_header)) return;
  refresh_ = parsed;
  add(parsed->url, LinkSource::refresh, false);
}

void HtmlCollector::title(std::string_view text) {
  if (has_title_) return;
  has_title_ = true;
  std::string collapsed;
  for (const char c : text) {
    if (!is_html_space(c)) {
      collapsed += c;
    } else if (!collapsed.empty() && collapsed.back() != ' ') {
      collapsed += ' ';
    }
    if (collapsed.size() > kMaxTitle) break;
  }
  if (valid_utf8_prefix(collapsed) != collapsed.size()) collapsed = repair_utf8(collapsed);
  page_.title = trim_html_space(truncate_utf8(collapsed, kMaxTitle));
}

void HtmlCollector::headers(const Headers& headers) {
  for (const std::string_view value : headers.all("X-Robots-Tag")) robots_.add_header(value, agent_);
  for (const std::string_view value : headers.all("Link")) {
    for (const HeaderLink& entry : parse_link_header(value)) {
      if (wants_.requisites && requisite_of_rel(entry.rel)) add_requisite(entry.url, LinkSource::header);
      const auto source = link_of_rel(entry.rel);
      if (!source) continue;
      if (*source == LinkSource::link_canonical && header_canonical_.data() == nullptr) header_canonical_ = entry.url;
      add(entry.url, LinkSource::header, is_nofollow(entry.rel));
    }
  }
  if (const std::string_view value = headers.get("Refresh"); !value.empty()) refresh(value, true);
}

void HtmlCollector::add(const RawLink& link) {
  const std::string_view key = without_fragment(link.href);
  if (const auto known = known_.find(key); known != known_.end() && !link.in_header()) {
    merge(links_[known->second], link);
  } else if (links_.size() >= limits_.links) {
    page_.bounded = true;
  } else {
    if (!link.in_header()) known_.emplace(key, links_.size());
    links_.push_back(link);
  }
}

// The first <base href>, unless it is none of a URL (HTML 4.2.3).
void HtmlCollector::find_base() {
  base_url_ = url_;
  if (base_.data() == nullptr) return;
  const std::string scheme = scheme_of(base_);
  if (scheme == "data" || scheme == "javascript") return;
  if (auto base = parse_any_url(base_, &url_)) {
    base_url_ = std::move(*base);
  } else if (!scheme.empty() && scheme != "http" && scheme != "https") {
    base_url_.reset();
  }
}

// CSS is written in UTF-8 to the URL parser whatever its page is in.
std::optional<Url> HtmlCollector::resolve(const RawLink& link, std::string_view charset) const {
  const Url* base = link.in_header() ? &url_ : base_url_ ? &*base_url_ : nullptr;
  return parse_url(link.href, base, link.source == LinkSource::style ? "utf-8" : charset);
}

void HtmlCollector::resolve_links(std::string_view charset) {
  std::unordered_map<std::string, std::size_t> known;
  std::size_t bytes = 0;
  page_.links.reserve(links_.size());
  for (const RawLink& raw : links_) {
    auto url = resolve(raw, charset);
    if (!url) {
      if (!raw.requisite) ++page_.unusable_links;
      continue;
    }
    bytes += size_of(*url);
    if (bytes > kMaxLinkBytes) {
      page_.bounded = true;
      return;
    }
    const auto [at, added] = known.try_emplace(identity_of(*url), page_.links.size());
    if (added) {
      page_.links.push_back({std::move(*url), raw.nofollow, raw.source, raw.requisite});
    } else {
      merge(page_.links[at->second], raw);
    }
  }
}

HtmlPage HtmlCollector::finish(std::string_view charset) {
  page_.charset = charset;
  page_.noindex = robots_.noindex;
  page_.nofollow = robots_.nofollow;
  find_base();
  resolve_links(charset);
  const auto resolved = [&](std::string_view href, LinkSource source) {
    return href.data() == nullptr ? std::nullopt : resolve({href, source, false, false}, charset);
  };
  page_.canonical = resolved(canonical_, LinkSource::link_canonical);
  if (!page_.canonical) page_.canonical = resolved(header_canonical_, LinkSource::header);
  if (refresh_) {
    if (auto url = resolved(refresh_->url, LinkSource::refresh)) {
      page_.refresh = Refresh{std::move(*url), refresh_->delay_seconds};
    }
  }
  if (page_.nofollow) {
    const std::string refresh = page_.refresh ? identity_of(page_.refresh->url) : std::string();
    for (Link& link : page_.links) link.nofollow = !link.requisite && identity_of(link.url) != refresh;
  }
  return std::move(page_);
}

}  // namespace web
