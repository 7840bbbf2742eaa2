#include "web/sitemap.h"

#include <algorithm>
#include <utility>

#include "web/content_stream.h"
#include "web/html_ascii.h"
#include "web/sitemap_text.h"
#include "web/sitemap_xml.h"

namespace web {
namespace {

// Enough to hold the XML declaration.
constexpr std::size_t kHead = 1024;

constexpr std::size_t kPiece = 32 << 10;  // between two looks at the clock

// Byte order marks and white space, which may come before the declaration though they should not.
void trim_start(std::string& head) {
  std::string_view rest = head;
  for (;;) {
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    if (rest.empty() || !is_html_space(rest.front())) break;
    rest.remove_prefix(1);
  }
  head.erase(0, head.size() - rest.size());
}

// Whether `head` is XML's, in any encoding that has ASCII in bytes or in pairs of bytes.
bool is_xml(std::string_view head) {
  if (head.starts_with("\xFE\xFF") || head.starts_with("\xFF\xFE")) head.remove_prefix(2);
  while (!head.empty() && (is_html_space(head.front()) || head.front() == '\0')) head.remove_prefix(1);
  return head.starts_with('<');
}

std::string decoding_fault(Decoded::Status status) {
  switch (status) {
    case Decoded::Status::truncated:
      return "its compressed data end early";
    case Decoded::Status::over_limit:
      return "it unpacks to more than is read of a sitemap";
    case Decoded::Status::corrupt:
      return "its compressed data are broken";
    case Decoded::Status::unknown_coding:
      return "its Content-Encoding is not known";
    case Decoded::Status::complete:
      break;
  }
  return {};
}

}  // namespace

std::string_view sitemap_kind_name(SitemapKind kind) {
  switch (kind) {
    case SitemapKind::urlset:
      return "urlset";
    case SitemapKind::index:
      return "index";
    case SitemapKind::text:
      return "text";
    case SitemapKind::rss:
      return "rss";
    case SitemapKind::atom:
      return "atom";
    case SitemapKind::none:
      break;
  }
  return {};
}

// The two readings of one document, of which one is in use.
struct SitemapReader::Reading {
  Reading(const Url& url, const SitemapLimits& given) : limits(given), entries(url, limits) {}

  SitemapLimits limits;
  SitemapEntries entries;
  SitemapElements elements{entries, limits};
  std::unique_ptr<SitemapXml> xml;
  std::unique_ptr<SitemapText> text;

  bool feed(std::string_view bytes) { return xml ? xml->feed(bytes) : text->feed(bytes); }
  std::string fault() const {
    for (const std::string* error : {&entries.error(), &elements.error(), xml ? &xml->error() : &text->error()}) {
      if (!error->empty()) return *error;
    }
    return {};
  }
};

SitemapReader::SitemapReader(const Url& url, const SitemapLimits& limits)
    : reading_(std::make_unique<Reading>(url, limits)) {
  if (limits.cpu_now != nullptr) deadline_ = limits.cpu_now() + limits.cpu;
}

SitemapReader::~SitemapReader() = default;

bool SitemapReader::feed(std::string_view bytes) {
  if (stopped_) return false;
  const std::size_t most = reading_->limits.decode.max_output.n;
  if (bytes.size() > most - read_) {
    feed(bytes.substr(0, most - read_));
    if (!stopped_) error_ = "longer than " + std::to_string(most) + " bytes";
    stopped_ = true;
    return false;
  }
  read_ += bytes.size();
  if (begun_) return pass(bytes);
  head_ += bytes;
  trim_start(head_);
  return head_.size() < kHead || begin();
}

bool SitemapReader::begin() {
  begun_ = true;
  if (is_xml(head_)) {
    reading_->xml = std::make_unique<SitemapXml>(reading_->elements, reading_->limits);
  } else {
    reading_->text = std::make_unique<SitemapText>(reading_->entries, reading_->limits);
  }
  return pass(std::exchange(head_, {}));
}

bool SitemapReader::pass(std::string_view bytes) {
  for (; !bytes.empty() && !stopped_; bytes.remove_prefix(std::min(bytes.size(), kPiece))) {
    stopped_ = !reading_->feed(bytes.substr(0, kPiece));
    if (stopped_ || !is_late()) continue;
    error_ = "takes too long to read";
    stopped_ = true;
  }
  return !stopped_;
}

bool SitemapReader::is_late() const {
  const SitemapLimits& limits = reading_->limits;
  return limits.cpu_now != nullptr && limits.cpu_now() > deadline_;
}

Sitemap SitemapReader::finish(bool whole) {
  if (!begun_) begin();
  if (!stopped_ && reading_->xml) reading_->xml->finish();
  if (!stopped_ && reading_->text && whole) reading_->text->finish();
  reading_->elements.finish();
  Sitemap sitemap;
  sitemap.entries = std::move(reading_->entries.list());
  sitemap.kind = reading_->xml             ? reading_->elements.kind()
                 : sitemap.entries.empty() ? SitemapKind::none
                                           : SitemapKind::text;
  sitemap.error = error_.empty() ? reading_->fault() : error_;
  sitemap.cut = !error_.empty();
  if (sitemap.error.empty() && sitemap.kind == SitemapKind::none) sitemap.error = "neither XML nor lines of URLs";
  return sitemap;
}

Sitemap read_sitemap(std::string_view raw, std::string_view coding, const Url& url, const SitemapLimits& limits,
                     bool cut) {
  ContentStream content(raw, coding, limits.decode, true);
  SitemapReader reader(url, limits);
  bool wanted = true;
  for (std::string_view piece = content.next(); wanted && !piece.empty(); piece = content.next()) {
    wanted = reader.feed(piece);
  }
  using Status = Decoded::Status;
  const Status status = content.status();
  Sitemap sitemap = reader.finish(!cut && status == Status::complete);
  if (!wanted) return sitemap;
  // What ends early is not well-formed either: the cause is what is told.
  if (cut) sitemap.error = "only its beginning has come";
  if (status != Status::complete) sitemap.error = decoding_fault(status);
  sitemap.cut = cut || status == Status::truncated || status == Status::over_limit;
  return sitemap;
}

}  // namespace web
