// Answers what became of a URL and why: asks the frontier, the rules, the worker that knows the host, and the files.
// It waits for each of the loops at most HostDesk::kPatience, and reads files for at most kFilePatience; where Redis
// cannot answer it says so at once. explain() on any thread but a loop's, kMost at a time: others are answered by
// others. Owned by the session.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crawler/config_file.h"
#include "crawler/host_desk.h"
#include "crawler/scope.h"
#include "crawler/shared.h"
#include "crawler/url_answer.h"
#include "frontier/url_lookup.h"
#include "web/parameter_filter.h"

namespace crawler {

class UrlDesk {
 public:
  static constexpr Duration kFilePatience = milliseconds(700);
  static constexpr int kMost = 2;

  struct Parts {
    const Shared& shared;
    const HostDesk& hosts;
    std::function<void(std::function<void()>)> post;     // to the control loop
    std::function<frontier::RedisFrontier*()> frontier;  // on the control loop; null: Redis has not answered yet
    std::string daemon;
    const std::vector<ConfigValue>& settings;  // with their origins
  };
  explicit UrlDesk(Parts parts)
      : p_(std::move(parts)), scope_(p_.shared.config.scope), sessions_(p_.shared.config.scope.strip_parameters) {}

  UrlAnswer explain(const UrlQuestion& question);

 private:
  UrlAnswer answer(const UrlQuestion& question);
  bool only_by_force(const UrlAnswer& answer) const;
  void identify(const web::Url& url, UrlAnswer& answer) const;
  std::optional<frontier::UrlFacts> look_up(const UrlAnswer& answer, std::string& error);
  void look_for_link(bool as_link, web::Url& url, UrlAnswer& answer, frontier::UrlFacts& facts);
  RobotsWord ask_robots(const web::Url& url, const std::optional<std::string>& kept) const;
  std::string origin_of(const std::string& rule) const;
  UrlVerdict judge(const web::Url& url, const web::Url& seed, UrlVerdict as, const std::string& job,
                   const UrlAnswer& answer) const;

  Parts p_;
  Scope scope_;
  web::ParameterFilter sessions_;
  std::unique_ptr<frontier::UrlLookup> lookup_;  // of the control loop
  std::atomic<int> answering_{0};
};

}  // namespace crawler
