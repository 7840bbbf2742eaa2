#include "crawler/scope.h"

#include "web/domain.h"
#include "web/glob.h"

namespace crawler {

bool Scope::within_type(const web::Url& url, const web::Url& seed) const {
  const std::string& type = config_.type;
  if (type == "any") return true;
  const std::string host = web::host_key(url), home = web::host_key(seed);
  if (type == "domain") return web::registrable_domain(host) == web::registrable_domain(home);
  if (host != home) return false;
  if (type == "host") return true;
  if (type == "prefix") return url.path.starts_with(seed.path.substr(0, seed.path.rfind('/') + 1));
  return url.path_and_query() == seed.path_and_query();  // page
}

Scope::Verdict Scope::judge(const web::Url& url, const web::Url& seed, int depth) const {
  const std::string href = url.href();
  if (href.size() > static_cast<std::size_t>(config_.max_url_length)) return {"too_long", "scope.max_url_length"};
  for (std::size_t i = 0; i < config_.exclude.size(); ++i) {
    if (web::glob_match(config_.exclude[i], href)) {
      return {"out_of_scope", "scope.exclude[" + std::to_string(i) + "]"};
    }
  }
  bool inside = within_type(url, seed);
  for (std::size_t i = 0; i < config_.include.size() && !inside; ++i) {
    inside = web::glob_match(config_.include[i], href);
  }
  if (!inside) return {"out_of_scope", "scope.type = " + config_.type};
  if (config_.max_depth && depth > *config_.max_depth) return {"depth", "scope.max_depth"};
  return {};
}

}  // namespace crawler
