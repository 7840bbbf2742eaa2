#include "crawler/page_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crawler/boot_clock.h"
#include "crawler/identity.h"
#include "web/content_coding.h"
#include "web/sitemap.h"
#include "web/stylesheet.h"

namespace crawler {
namespace {

constexpr float kUsualPriority = 0.5F;  // of what names none (sitemaps.org)
constexpr float kLowPriority = 0.3F;    // below that a URL is not queued before others of its host

constexpr std::string_view kGzipMagic = "\x1f\x8b\x08";
constexpr std::size_t kLong = 64 * 1024;  // bytes of a body, which are read in about a millisecond

bool may_be_html(std::string_view mime, std::string_view body) {
  if (mime == "text/html" || mime == "application/xhtml+xml") return true;
  if (!mime.empty()) return false;
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  return first != body.npos && body[first] == '<';
}

// The types of sitemaps and feeds; a packed sitemap comes as whatever its server takes it for.
bool may_be_sitemap(std::string_view mime, const web::Url& url) {
  constexpr std::array<std::string_view, 5> kXml = {"application/xml", "text/xml", "application/rss+xml",
                                                    "application/atom+xml", "application/rdf+xml"};
  if (std::find(kXml.begin(), kXml.end(), mime) != kXml.end()) return true;
  return url.path.ends_with(".xml.gz") && mime != "text/html";
}

// Sooner what its sitemap calls more important, then what was changed last; else in its order.
void sort_by_worth(std::vector<web::SitemapEntry>& entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const web::SitemapEntry& a, const web::SitemapEntry& b) {
    const float x = a.priority.value_or(kUsualPriority), y = b.priority.value_or(kUsualPriority);
    return x != y ? x > y : a.lastmod > b.lastmod;
  });
}

}  // namespace

PageReader::PageReader(const Config& config) : config_(config), sessions_(config.scope.strip_parameters) {}

// However small a body in a content coding is, the page may be large.
bool PageReader::is_long(const PageAnswer& answer) {
  if (answer.outcome != Outcome::fetched) return false;
  if (answer.body.size() > kLong || answer.body.starts_with(kGzipMagic)) return true;
  return !answer.headers.get("content-encoding").empty();
}

bool PageReader::lists_urls(const PageAnswer& answer) {
  if (answer.outcome != Outcome::fetched) return false;
  if (answer.role != frontier::Role::page) return true;
  return may_be_sitemap(web::parse_content_type(answer.headers.get("content-type")).mime, answer.url);
}

PageReading PageReader::read(const PageAnswer& answer) const {
  PageReading reading;
  reading.type = web::parse_content_type(answer.headers.get("content-type"));
  if (answer.outcome == Outcome::redirected) read_redirect(answer, reading);
  if (lists_urls(answer)) {
    read_sitemap(answer, reading);
    return reading;
  }
  if (answer.outcome != Outcome::fetched) return reading;
  const bool html = may_be_html(reading.type.mime, answer.body);
  const bool stylesheet = config_.parse.requisites && reading.type.mime == "text/css";
  if (!html && !stylesheet) return reading;

  web::DecodeLimits limits;
  limits.max_output = config_.fetch.max_bytes;
  std::string_view coding = answer.headers.get("content-encoding");
  web::Decoded decoded;
  std::string_view body = answer.body;
  if (coding.empty() && body.starts_with(kGzipMagic)) coding = "gzip";  // which was not said
  if (!coding.empty()) {
    decoded = web::decode_content(body, coding, limits);
    using Status = web::Decoded::Status;
    const bool mislabelled = decoded.status == Status::corrupt && decoded.body.empty();  // its bytes are the page
    if (!mislabelled) body = decoded.body;
    reading.cut = decoded.status == Status::over_limit || decoded.status == Status::truncated;
  }
  html ? read_html(answer, body, reading) : read_stylesheet(answer, body, reading);
  return reading;
}

web::Url PageReader::target(const web::Url& link) const {
  web::Url url = identity_of(link);
  sessions_.strip(url);
  return url;
}

void PageReader::read_redirect(const PageAnswer& answer, PageReading& reading) const {
  const auto location = web::parse_url(answer.headers.get("location"), &answer.url);
  if (!location) return;
  reading.location = target(*location);
  // It gives the page to a session only.
  if (reading.location->href() == answer.url.href()) reading.location = identity_of(*location);
}

void PageReader::read_sitemap(const PageAnswer& answer, PageReading& reading) const {
  const web::SitemapLimits limits{.cpu_now = thread_cpu_now};
  const std::string_view coding = answer.headers.get("content-encoding");
  web::Sitemap map = web::read_sitemap(answer.body, coding, answer.url, limits, answer.cut);
  const bool page = answer.role == frontier::Role::page;
  using Kind = web::SitemapKind;
  if (page && (map.kind == Kind::none || map.kind == Kind::text)) return;  // some other XML, or some other file
  reading.sitemap_error = std::move(map.error);
  reading.cut = map.cut;
  if (map.kind == Kind::index && answer.role == frontier::Role::listed_sitemap) {
    reading.sitemap_error = "an index that an index names";
    return;
  }
  if (map.kind == Kind::index) reading.listed_role = frontier::Role::listed_sitemap;
  reading.listed_deeper = map.kind == Kind::rss || map.kind == Kind::atom;
  sort_by_worth(map.entries);
  reading.listed.reserve(map.entries.size());
  for (const web::SitemapEntry& entry : map.entries) {
    const auto url = web::parse_url(entry.url);
    if (url) reading.listed.push_back({target(*url).href(), entry.priority && *entry.priority < kLowPriority});
  }
}

void PageReader::read_html(const PageAnswer& answer, std::string_view body, PageReading& reading) const {
  const web::HtmlLimits limits{.memory = config_.parse.memory,
                               .cpu = config_.parse.cpu,
                               .links = static_cast<std::size_t>(config_.parse.max_links),
                               .cpu_now = thread_cpu_now};
  const web::HtmlWants wants{.requisites = config_.parse.requisites, .forms = config_.parse.forms};
  web::HtmlPage page = web::read_html(body, answer.url, answer.headers, config_.agent.name, limits, wants);
  reading.title = std::move(page.title);
  reading.charset = std::move(page.charset);
  reading.bounded = page.bounded;
  add(page.links, reading);
}

void PageReader::read_stylesheet(const PageAnswer& answer, std::string_view body, PageReading& reading) const {
  const auto max_links = static_cast<std::size_t>(config_.parse.max_links);
  web::Stylesheet sheet = web::read_stylesheet(body, answer.url, answer.headers, max_links);
  reading.charset = std::move(sheet.charset);
  reading.bounded = sheet.bounded;
  add(sheet.links, reading);
}

void PageReader::add(const std::vector<web::Link>& links, PageReading& reading) const {
  reading.links.reserve(links.size());
  for (const web::Link& link : links) reading.links.push_back({target(link.url), link.nofollow, link.requisite});
}

}  // namespace crawler
