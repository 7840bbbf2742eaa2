// What the elements of a sitemap or feed mean: which hold a URL, a date, a priority.
// One reader's, on its thread; knows no parser. Private to sitemap*.cc.
//
// Names count by what stands behind their prefix, whatever namespace it has, if any: many sitemaps name a wrong one.
// What tells an extension's elements (image:loc, atom:link) from ours is a prefix that is not that of the item they are
// in.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "web/sitemap_entries.h"

namespace web {

class SitemapElements {
 public:
  SitemapElements(SitemapEntries& entries, const SitemapLimits& limits) : entries_(entries), limits_(limits) {}

  // The events of a document; false: the rest is not wanted. `attributes` are names and values in turn, then null.
  bool start(std::string_view name, const char* const* attributes);
  bool end();
  void text(std::string_view text);
  bool external_entity();  // a reference to one, which is read as nothing
  void finish();           // the document ended, well or not

  SitemapKind kind() const { return kind_; }
  const std::string& error() const { return error_; }

 private:
  enum class Field { none, url, other_url, date, mail_date, priority };

  bool count();
  bool root(std::string_view name, const char* const* attributes);
  bool is_item(std::string_view name) const;
  Field field_of(std::string_view name) const;
  bool atom_link(const char* const* attributes);
  Url base_of(const char* const* attributes, const Url& around) const;
  bool end_field();
  bool end_item();
  void append(std::string& to, std::string_view text) const;

  SitemapEntries& entries_;
  const SitemapLimits& limits_;
  SitemapKind kind_ = SitemapKind::none;
  std::string root_prefix_, error_;
  Url base_, item_base_;  // of an Atom feed and its entry
  std::size_t depth_ = 0, elements_ = 0;

  // The item that is open.
  std::size_t item_depth_ = 0;  // 0: none
  std::size_t first_ = 0;       // its first entry
  std::string item_prefix_;
  std::string loose_;  // text in it that is in no element, or a feed's guid: its URL where it names none
  bool named_ = false;
  std::optional<std::chrono::sys_seconds> lastmod_;
  std::optional<float> priority_;

  Field field_ = Field::none;
  std::size_t field_depth_ = 0;
  std::string value_;
  bool refers_ = false;  // to an external entity
};

}  // namespace web
