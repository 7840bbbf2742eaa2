// What the made-up web is told on its command line.
// A plain value, const after main() has read it.
#pragma once

#include <cstdint>
#include <string>

namespace madeupweb {

struct Options {
  int port = 0;  // 0: a free one
  int hosts = 10;
  int pages = 20;  // of each host, the root included
  std::uint64_t seed = 1;
  int page_bytes = 10240;

  double crawl_delay = 0;  // seconds, in robots.txt; 0: none
  int robots_status = 200;
  int latency_ms = 0;  // before the first byte of every answer
  int errors = 0;      // percent of pages that are 500 at first, or link to a 404
  int redirects = 0;   // percent of pages that are linked through a redirect
  int push_back = 0;   // percent of pages that answer 429 or 503 with Retry-After at first
  int retry_after = 1;
  bool close = false;  // no kept connections

  int hold = 0;     // the bodies of /behave/big wait until so many of them have begun...
  int hold_ms = 0;  // ...and their last bytes so long after that

  std::string log, seeds_file, urls_file;
};

// False with one line in `error` for a wrong command line.
bool parse_options(int argc, char** argv, Options& options, std::string& error);
std::string help_text();

}  // namespace madeupweb
