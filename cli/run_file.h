// DIR/run.json: where the crawl that runs in a folder can be reached.
// Main thread.
#pragma once

#include <optional>
#include <string>

namespace cli {

struct RunFile {
  std::string admin;  // ADDR:PORT; empty: none
  std::string redis;  // as redis.url, without a password
  std::string ns;     // redis.namespace
};

// Nothing where the folder has none, or one that cannot be read.
std::optional<RunFile> read_run_file(const std::string& dir);

}  // namespace cli
