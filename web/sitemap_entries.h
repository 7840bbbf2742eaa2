// Gathers the entries of a sitemap: resolved, each once, under its limits.
// One reader's, on its thread. Private to sitemap*.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "web/sitemap.h"

namespace web {

class SitemapEntries {
 public:
  SitemapEntries(const Url& base, const SitemapLimits& limits);

  // False where no more are wanted: error() says which limit was met. References are resolved against base(), unless
  // they have one of their own.
  bool add(std::string_view reference) { return add(reference, base_); }
  bool add(std::string_view reference, const Url& base);
  // As add(), but only what is a URL by itself will do.
  bool add_absolute(std::string_view url);

  void limit_to_children() { most_ = limits_.children, what_ = "sitemaps"; }
  std::vector<SitemapEntry>& list() { return list_; }
  const Url& base() const { return base_; }
  const std::string& error() const { return error_; }

 private:
  struct Hash {
    const std::vector<SitemapEntry>* list;
    std::size_t operator()(std::uint32_t i) const { return std::hash<std::string_view>()((*list)[i].url); }
  };
  struct Same {
    const std::vector<SitemapEntry>* list;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return (*list)[a].url == (*list)[b].url; }
  };

  std::optional<Url> parse(std::string_view text, const Url* base) const;
  bool take(std::optional<Url> url);

  const Url& base_;
  const SitemapLimits& limits_;
  std::size_t most_, given_ = 0, bytes_ = 0;
  std::string_view what_ = "entries";
  std::vector<SitemapEntry> list_;
  std::unordered_set<std::uint32_t, Hash, Same> known_;
  std::string error_;
};

// Without the white space around it: ASCII's, and what Unicode counts as such or shows as nothing.
std::string_view trim_unicode_space(std::string_view text);

}  // namespace web
