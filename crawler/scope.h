// Which links belong to the crawl: judged by the scope of the seed they descend from.
// Const after construction; any thread.
#pragma once

#include <string>
#include <string_view>

#include "crawler/config.h"
#include "web/url.h"

namespace crawler {

class Scope {
 public:
  explicit Scope(const Config::Scope& config) : config_(config) {}

  struct Verdict {
    std::string_view refused;  // reason of the contract; empty: in scope
    std::string rule;          // what decided: "scope.type = host", "scope.exclude[2]"
  };

  // `depth` is the link's own. scope.include adds to the type, scope.exclude and the limits take away.
  Verdict judge(const web::Url& url, const web::Url& seed, int depth) const;

 private:
  bool within_type(const web::Url& url, const web::Url& seed) const;

  Config::Scope config_;
};

}  // namespace crawler
