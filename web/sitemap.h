// Sitemaps (sitemaps.org protocol 0.9) and feeds (RSS 0.9x, 1.0, 2.0; Atom), read as they come in.
// Any thread, one reader each; memory and time are bounded whatever the bytes are.
//
// Nothing is fetched for a document and no entity of its own is expanded: a DTD that declares entities with a text, or
// defaults of attributes, or more than a few external ones ends the reading. References to those are read as nothing.
//
// `decorum eval sitemap` answers with read_sitemap(body, "", url, limits): urls are those of its entries.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/bytes.h"
#include "web/content_coding.h"
#include "web/url.h"

namespace web {

enum class SitemapKind { none, urlset, index, text, rss, atom };
std::string_view sitemap_kind_name(SitemapKind kind);  // "urlset", ...; empty for none

struct SitemapEntry {
  std::string url;  // absolute, http(s), without a fragment
  std::optional<std::chrono::sys_seconds> lastmod;
  std::optional<float> priority;  // 0 to 1
};

struct Sitemap {
  SitemapKind kind = SitemapKind::none;
  std::vector<SitemapEntry> entries;  // in the document's order, each URL once
  std::string error;                  // one sentence; empty where all of it was read. Entries before a fault are kept.
  bool cut = false;                   // it goes on behind what was read
};

struct SitemapLimits {
  // Of what is decoded. 100 to 1 is beyond what sitemaps compress to, but for short ones.
  DecodeLimits decode{.max_output = Bytes{50'000'000}, .max_ratio = 100, .ratio_from = mib(4)};
  std::size_t entries = 50'000;      // the protocol's limit, what is no URL counted too
  std::size_t children = 500;        // of an index
  std::size_t field = 8 << 10;       // a longer text of an element, or line, is left out
  Bytes urls = mib(24);              // of all entries together
  Bytes memory = mib(16);            // of the XML parser: nesting, names, one tag
  std::size_t elements = 2'000'000;  // and references to external entities, or lines of text
  // Of this thread, by its CPU clock; without the clock there is no such bound. What is honest takes a tenth of it.
  std::chrono::nanoseconds cpu{5'000'000'000};
  std::chrono::nanoseconds (*cpu_now)() = nullptr;
};

// Bytes in, in pieces of any size; entries out.
class SitemapReader {
 public:
  // References are resolved against `url`, which must outlive the reader.
  SitemapReader(const Url& url, const SitemapLimits& limits);
  ~SitemapReader();

  bool feed(std::string_view bytes);  // false: the rest is not wanted, for a fault or a limit
  // Once. Where what came is not the `whole` of it, the line of text that it ends in is none.
  Sitemap finish(bool whole = true);

 private:
  struct Reading;

  bool begin();
  bool pass(std::string_view bytes);
  bool is_late() const;

  std::unique_ptr<Reading> reading_;
  std::string head_;  // what came before it was known whether this is XML
  bool begun_ = false, stopped_ = false;
  std::size_t read_ = 0;
  std::chrono::nanoseconds deadline_{};
  std::string error_;
};

// Reads the body of an answer, undoing its Content-Encoding `coding` and, whatever it is called, a gzip file under it.
// What is unpacked is never held whole. With `cut`, `raw` is only the beginning of what there is.
Sitemap read_sitemap(std::string_view raw, std::string_view coding, const Url& url, const SitemapLimits& limits,
                     bool cut = false);

}  // namespace web
