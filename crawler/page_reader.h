// What one answer says: its type, title and charset, where it redirects to, and the links that are to be judged.
// Pure: bytes in, a reading out, with the CPU clock of the calling thread. Const after construction; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/config.h"
#include "crawler/outcome.h"
#include "frontier/record.h"
#include "web/headers.h"
#include "web/html.h"
#include "web/parameter_filter.h"
#include "web/url.h"

namespace crawler {

struct PageAnswer {  // what it points to must live until it is read
  const web::Url& url;
  frontier::Role role;
  Outcome outcome;
  const web::Headers& headers;  // none where there was no answer
  std::string_view body;        // content coding kept
  bool cut = false;             // the body goes on behind what came
};

struct FoundLink {
  web::Url url;  // as PageReader::target gives it
  bool nofollow = false;
  bool requisite = false;  // a part of its page, at its depth
};

struct ListedUrl {
  std::string url;   // as PageReader::target gives it
  bool low = false;  // its sitemap says that it matters little
};

struct PageReading {
  web::ContentType type;
  std::string charset, title;
  std::optional<web::Url> location;  // of a redirect, as target() gives it
  std::vector<FoundLink> links;
  std::vector<ListedUrl> listed;  // by a sitemap or feed, what matters most first
  frontier::Role listed_role = frontier::Role::page;
  bool listed_deeper = false;  // by a feed, which is a page with links; a sitemap only stands for its pages
  std::string sitemap_error;   // why not all of it could be read
  bool bounded = false;        // a limit was met: what could be read is given
  bool cut = false;            // more would have come out of its content coding than is allowed, or what came is torn
};

class PageReader {
 public:
  explicit PageReader(const Config& config);  // which outlives it

  // Whether this one takes long enough that a loop had better not wait for it.
  static bool is_long(const PageAnswer& answer);

  // Whether it is read as a sitemap or feed, from which tens of thousands of URLs may come: by its role, or because it
  // is XML or a packed sitemap by name.
  static bool lists_urls(const PageAnswer& answer);

  PageReading read(const PageAnswer& answer) const;

  // The page that a link means, which everything is judged by and which is asked for: in normal form, without what
  // names a session. Seeds are not read by it: they are asked for as they were given.
  web::Url target(const web::Url& link) const;

 private:
  void read_redirect(const PageAnswer& answer, PageReading& reading) const;
  void read_sitemap(const PageAnswer& answer, PageReading& reading) const;
  void read_html(const PageAnswer& answer, std::string_view body, PageReading& reading) const;
  void read_stylesheet(const PageAnswer& answer, std::string_view body, PageReading& reading) const;
  void add(const std::vector<web::Link>& links, PageReading& reading) const;

  const Config& config_;
  web::ParameterFilter sessions_;
};

}  // namespace crawler
