// robots.txt (RFC 9309): parsed once for one agent, asked often.
// Immutable after parse; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace web {

class RobotsRules {
 public:
  struct Verdict {
    bool allowed = true;
    std::string rule;  // the deciding line as written, empty where none matched
    int line = 0;      // its number in the file, 1-based; 0 where none matched
  };

  RobotsRules();  // no rules: everything is allowed
  ~RobotsRules();
  RobotsRules(RobotsRules&&) noexcept;
  RobotsRules& operator=(RobotsRules&&) noexcept;

  // Reads at most 500 KiB of `body` (RFC 9309 2.5) for the group of `agent_token`, else of '*'. Never fails.
  static RobotsRules parse(std::string_view body, std::string_view agent_token);

  // Longest match over `path_and_query` (RFC 9309 2.2.2); ties allow. Linear in path times rules at worst.
  Verdict check(std::string_view path_and_query) const;

  std::optional<double> crawl_delay() const;         // seconds, >= 0, of our group
  const std::vector<std::string>& sitemaps() const;  // as written, in order

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace web
