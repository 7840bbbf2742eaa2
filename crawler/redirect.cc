#include "crawler/redirect.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "web/html_ascii.h"

namespace crawler {
namespace {

bool describes_body(std::string_view name) {
  return web::equals_ignoring_case(name.substr(0, 8), "content-");
}

// Any other may prove who we are: which ones do is known to their origin alone.
bool is_for_everybody(std::string_view name) {
  return describes_body(name) || web::equals_ignoring_case(name.substr(0, 6), "accept");
}

}  // namespace

frontier::Request request_after_redirect(frontier::Request request, int status, const web::Url& from,
                                         const web::Url& to) {
  const bool post = request.method == "POST";
  if ((status == 303 && request.method != "HEAD") || (post && (status == 301 || status == 302))) {
    request.method = "GET";
    request.body.clear();
    std::erase_if(request.headers, [](const auto& field) { return describes_body(field.first); });
  }
  if (from.origin() != to.origin()) {
    std::erase_if(request.headers, [](const auto& field) { return !is_for_everybody(field.first); });
  }
  return request;
}

}  // namespace crawler
