// The made-up hosts: which pages there are, what they link to, what each answers.
// Everything follows from the seed; only "first request" answers remember that they were asked.
// One thread; owned by main().
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "madeupweb_answer.h"
#include "madeupweb_options.h"

namespace madeupweb {

std::string host_address(int host);  // "127.20.0.1" for the first

class Site {
 public:
  Site(const Options& options, int port);

  Answer answer(const Request& request);

  std::string root_url(int host) const;
  // Every URL of `host` that is reachable from its root by links which robots.txt allows.
  void visit_urls(int host, const std::function<void(const std::string&)>& visit) const;

 private:
  std::uint64_t mix(int host, int page, char purpose) const;
  bool chosen(int host, int page, char purpose, int percent) const;
  std::string page_path(int page) const;
  int page_of(std::string_view path) const;    // -1: no such page
  std::string href(int host, int page) const;  // as a page of that host links to it
  bool has_missing_link(int host, int page) const;
  void add_link(std::string& html, int page, std::string_view target, std::uint64_t form) const;

  Answer robots() const;
  Answer directory() const;
  Answer page(int host, int page);
  std::string render(int host, int page) const;

  const Options& options_;
  const int port_;
  std::vector<std::string> paragraphs_;
  std::unordered_map<std::uint64_t, int> visits_;  // of pages whose first answers differ
  std::unordered_map<std::string, int> behave_visits_;
};

// The answer of /behave/..., `count` being how often this very target was asked before.
Answer behave(const Request& request, int count);

// The value of `name` in the query of `target`, percent-decoded; `fallback` where absent.
std::string query_value(std::string_view target, std::string_view name, std::string fallback = "");
std::vector<std::string> query_values(std::string_view target, std::string_view name);

}  // namespace madeupweb
