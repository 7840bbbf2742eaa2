// What makes two URLs one for the crawl. Pure; any thread.
#pragma once

#include <utility>

#include "web/url.h"

namespace crawler {

// The normal form without credentials: they are nobody's but the page's that wrote them there, so that they are neither
// sent nor kept.
inline web::Url identity_of(web::Url url) {
  url = web::normalize(std::move(url));
  url.username.clear();
  url.password.clear();
  return url;
}

}  // namespace crawler
