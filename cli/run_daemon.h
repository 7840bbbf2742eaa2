// Runs the engine with its admin endpoint: what `crawl` and `serve` have in common.
// Main thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crawler/daemon.h"

namespace cli {

struct RunOptions {
  crawler::DaemonOptions daemon;
  bool any_admin_port = false;        // take a free port when the wanted one is taken
  std::vector<std::string> warnings;  // of the settings; logged at the start
};

struct RunResult {
  crawler::Exit exit = crawler::Exit::failed;
  crawler::StatusPtr status;  // the last one; may be null
  std::vector<crawler::Daemon::SeedFate> seed_fates;
  std::uint64_t received_bytes = 0;
};

RunResult run_daemon(RunOptions options);

}  // namespace cli
