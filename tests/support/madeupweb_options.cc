#include "madeupweb_options.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <variant>
#include <vector>

namespace madeupweb {
namespace {

struct IntRange {
  int* value;
  int least, most;
};
using Target = std::variant<IntRange, std::uint64_t*, double*, bool*, std::string*>;

struct Row {
  const char* name;
  const char* argument;  // null: a switch
  const char* help;
  Target target;
};

std::vector<Row> table(Options& o) {
  return {
      {"--port", "N", "port of every host; 0 takes a free one (default 0)", IntRange{&o.port, 0, 65535}},
      {"--hosts", "N", "hosts, each a loopback address of its own (default 10)", IntRange{&o.hosts, 1, 1000000}},
      {"--pages", "M", "pages of each host, the root included (default 20)", IntRange{&o.pages, 1, 10000000}},
      {"--seed", "S", "the same seed gives the same web (default 1)", &o.seed},
      {"--page-bytes", "B", "size of a page (default 10240)", IntRange{&o.page_bytes, 0, 1 << 30}},
      {"--crawl-delay", "S", "seconds of Crawl-delay in every robots.txt", &o.crawl_delay},
      {"--robots-status", "CODE", "status of every robots.txt (default 200)", IntRange{&o.robots_status, 100, 599}},
      {"--latency", "MS", "time before the first byte of every answer", IntRange{&o.latency_ms, 0, 600000}},
      {"--errors", "PERCENT", "pages that are 500 at their first request, or link to a 404",
       IntRange{&o.errors, 0, 100}},
      {"--redirects", "PERCENT", "pages that are linked through a redirect", IntRange{&o.redirects, 0, 100}},
      {"--push-back", "PERCENT", "pages that are 429 or 503 with Retry-After at their first request",
       IntRange{&o.push_back, 0, 100}},
      {"--retry-after", "S", "seconds of that Retry-After (default 1)", IntRange{&o.retry_after, 0, 86400}},
      {"--close", nullptr, "close the connection after every answer", &o.close},
      {"--hold", "N", "hold the body of every /behave/big until N of them have begun (120 s at most)",
       IntRange{&o.hold, 0, 1000000}},
      {"--hold-ms", "MS", "and its last KiB so long after that", IntRange{&o.hold_ms, 0, 600000}},
      {"--log", "FILE", "one line a request: monotonic_ns host path status", &o.log},
      {"--seeds-file", "FILE", "write the root URL of every host", &o.seeds_file},
      {"--urls-file", "FILE", "write every URL that robots.txt allows and links from the roots reach", &o.urls_file},
  };
}

bool number(const char* text, double& value) {
  char* end = nullptr;
  errno = 0;
  value = std::strtod(text, &end);
  return end != text && *end == '\0' && errno == 0 && value >= 0;
}

bool store(const Target& target, const char* text) {
  double value = 0;
  if (auto* s = std::get_if<std::string*>(&target)) {
    **s = text;
    return true;
  }
  if (!number(text, value)) return false;
  if (auto* range = std::get_if<IntRange>(&target)) {
    if (value < range->least || value > range->most) return false;
    *range->value = static_cast<int>(value);
  } else if (auto* wide = std::get_if<std::uint64_t*>(&target)) {
    **wide = static_cast<std::uint64_t>(value);
  } else if (auto* real = std::get_if<double*>(&target)) {
    **real = value;
  }
  return true;
}

}  // namespace

bool parse_options(int argc, char** argv, Options& options, std::string& error) {
  const auto rows = table(options);
  for (int i = 1; i < argc; ++i) {
    const Row* row = nullptr;
    for (const auto& candidate : rows)
      if (std::strcmp(candidate.name, argv[i]) == 0) row = &candidate;
    if (row == nullptr) {
      error = std::string("unknown option ") + argv[i] + "; see --help";
      return false;
    }
    if (row->argument == nullptr) {
      *std::get<bool*>(row->target) = true;
    } else if (i + 1 == argc || !store(row->target, argv[i + 1])) {
      error = std::string(row->name) + " needs " + row->argument;
      return false;
    } else {
      ++i;
    }
  }
  return true;
}

std::string help_text() {
  Options defaults;
  std::string text =
      "madeupweb: many made-up web hosts on 127.x.y.z addresses of one port, for tests, the demo and benchmarks.\n"
      "Prints \"ready 127.0.0.1 PORT\" when it listens; http://127.0.0.1:PORT/ links to the root of every host.\n"
      "SIGTERM ends it.\n\n";
  for (const auto& row : table(defaults)) {
    std::string left = std::string("  ") + row.name + (row.argument ? std::string(" ") + row.argument : "");
    left.resize(std::max<std::size_t>(left.size() + 1, 24), ' ');
    text += left + row.help + "\n";
  }
  text +=
      "\nEvery host also answers under /behave/ (links?to=URL&to=URL, echo, status/CODE?retry-after=S&times=N,\n"
      "slow?ms=N, big?bytes=N&type=MIME, drip?bytes=N&ms=N, redirect?to=URL&status=CODE, loop?n=N, gzip, chunked,\n"
      "short?bytes=N, head?bytes=N, garbage, reset?bytes=N, hang).\n";
  return text;
}

}  // namespace madeupweb
