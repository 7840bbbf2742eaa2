#include "web/sitemap_elements.h"

#include <charconv>

#include "web/charset_utf8.h"
#include "web/feed_date.h"
#include "web/html_ascii.h"

namespace web {
namespace {

struct Name {
  std::string_view prefix, local;
};

Name split(std::string_view name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return {{}, name};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

std::optional<float> parse_priority(std::string_view text) {
  text = trim_unicode_space(text);
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0 && value <= 1)) return std::nullopt;
  return value;
}

std::string_view attribute(const char* const* attributes, std::string_view name, std::string_view otherwise = {}) {
  for (; *attributes != nullptr; attributes += 2) {
    if (attributes[0] == name) return attributes[1];
  }
  return otherwise;
}

}  // namespace

bool SitemapElements::start(std::string_view name, const char* const* attributes) {
  ++depth_;
  if (!count()) return false;
  if (depth_ == 1) return root(name, attributes);
  if (item_depth_ == 0) {
    if (!is_item(name)) return true;
    item_depth_ = depth_;
    item_prefix_ = split(name).prefix;
    if (kind_ == SitemapKind::atom) item_base_ = base_of(attributes, base_);
    first_ = entries_.list().size();
    return true;
  }
  if (depth_ != item_depth_ + 1) return true;
  field_ = field_of(name);
  field_depth_ = depth_;
  return field_ != Field::url || kind_ != SitemapKind::atom || atom_link(attributes);
}

// An element, or a reference.
bool SitemapElements::count() {
  if (++elements_ <= limits_.elements) return true;
  error_ = "more than " + std::to_string(limits_.elements) + " elements";
  return false;
}

bool SitemapElements::root(std::string_view name, const char* const* attributes) {
  const auto [prefix, local] = split(name);
  root_prefix_ = prefix;
  if (local == "urlset") kind_ = SitemapKind::urlset;
  if (local == "sitemapindex") kind_ = SitemapKind::index;
  if (local == "rss" || local == "RDF") kind_ = SitemapKind::rss;
  if (local == "feed") kind_ = SitemapKind::atom;
  if (kind_ == SitemapKind::index) entries_.limit_to_children();
  if (kind_ == SitemapKind::atom) base_ = base_of(attributes, entries_.base());
  if (kind_ != SitemapKind::none) return true;
  error_ = "neither a sitemap nor a feed: its root element is " + std::string(truncate_utf8(name, 64));
  return false;
}

bool SitemapElements::is_item(std::string_view name) const {
  const auto [prefix, local] = split(name);
  if (!prefix.empty() && prefix != root_prefix_) return false;
  switch (kind_) {
    case SitemapKind::urlset:
      return depth_ == 2 && local == "url";
    case SitemapKind::index:
      return depth_ == 2 && local == "sitemap";
    case SitemapKind::atom:
      return depth_ == 2 && local == "entry";
    case SitemapKind::rss:
      return depth_ <= 3 && local == "item";  // in a channel, or beside it
    default:
      return false;
  }
}

SitemapElements::Field SitemapElements::field_of(std::string_view name) const {
  const auto [prefix, local] = split(name);
  if (kind_ == SitemapKind::rss && name == "dc:date") return Field::date;
  if (prefix != item_prefix_) return Field::none;
  switch (kind_) {
    case SitemapKind::urlset:
    case SitemapKind::index:
      if (local == "loc") return Field::url;
      if (local == "lastmod") return Field::date;
      return local == "priority" ? Field::priority : Field::none;
    case SitemapKind::rss:
      if (local == "link") return Field::url;
      if (local == "guid") return Field::other_url;
      return local == "pubDate" ? Field::mail_date : Field::none;
    case SitemapKind::atom:
      if (local == "link") return Field::url;
      return local == "updated" ? Field::date : Field::none;
    default:
      return Field::none;
  }
}

// The first link to the entry itself (RFC 4287 4.2.7.2: without a rel it is one).
bool SitemapElements::atom_link(const char* const* attributes) {
  field_ = Field::none;
  const std::string_view href = attribute(attributes, "href");
  const std::string_view rel = trim_html_space(attribute(attributes, "rel", "alternate"));
  if (named_ || href.empty() || !equals_ignoring_case(rel, "alternate")) return true;
  named_ = true;
  return entries_.add(href, base_of(attributes, item_base_));
}

// What references within an element are relative to (RFC 4287 2): its xml:base, which is so to the base `around` it.
Url SitemapElements::base_of(const char* const* attributes, const Url& around) const {
  const std::string_view base = trim_unicode_space(attribute(attributes, "xml:base"));
  if (base.empty() || base.size() > limits_.field) return around;
  return parse_url(base, &around).value_or(around);
}

void SitemapElements::text(std::string_view text) {
  if (field_ != Field::none) {
    append(value_, text);
  } else if (depth_ == item_depth_ && item_depth_ != 0 && kind_ != SitemapKind::rss && kind_ != SitemapKind::atom) {
    append(loose_, text);
  }
}

bool SitemapElements::external_entity() {
  refers_ = refers_ || field_ == Field::url;
  return count();
}

// One byte more than what is taken is kept, which tells that it is too long.
void SitemapElements::append(std::string& to, std::string_view text) const {
  to += text.substr(0, limits_.field + 1 - to.size());
}

bool SitemapElements::end() {
  const bool closes_field = field_ != Field::none && depth_ == field_depth_;
  const bool closes_item = item_depth_ != 0 && depth_ == item_depth_;
  --depth_;
  return (!closes_field || end_field()) && (!closes_item || end_item());
}

bool SitemapElements::end_field() {
  bool more = true;
  const std::string_view value = trim_unicode_space(value_);
  switch (field_) {
    case Field::url:
      if (refers_ && value.empty()) {
        // Whoever has a file read for a URL attacks those who read him: nothing he says is used.
        entries_.list().clear();
        error_ = "the URL of an entry is an external entity";
        return false;
      }
      named_ = named_ || !value.empty();
      more = entries_.add(value);
      break;
    case Field::other_url:
      loose_ = value;
      break;
    case Field::date:
      lastmod_ = parse_w3c_date(value);
      break;
    case Field::mail_date:
      lastmod_ = parse_mail_date(value);
      break;
    case Field::priority:
      priority_ = parse_priority(value);
      break;
    case Field::none:
      break;
  }
  field_ = Field::none;
  value_.clear();
  refers_ = false;
  return more;
}

bool SitemapElements::end_item() {
  const bool more = named_ || entries_.add_absolute(loose_);
  for (std::size_t i = first_; i < entries_.list().size(); ++i) {
    entries_.list()[i].lastmod = lastmod_;
    entries_.list()[i].priority = priority_;
  }
  item_depth_ = 0;
  loose_.clear();
  named_ = false;
  lastmod_.reset();
  priority_.reset();
  return more;
}

void SitemapElements::finish() {
  if (item_depth_ == 0 || !error_.empty()) return;
  named_ = true;  // what stands in it may be torn
  end_item();
}

}  // namespace web
