// --config and --set, which every command that reads settings takes, and what they come to.
// Main thread; owned by the command.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawler/config_file.h"
#include "crawler/daemon.h"

namespace cli {

struct ConfigOptions {
  std::string file;               // empty: none named
  std::vector<std::string> sets;  // KEY=VALUE

  void add_to(CLI::App& command);

  // --config, else the first that exists of /etc/decorum/config.toml and ./config.toml, else none (empty).
  std::string file_or_default() const;
};

// Reads `file` (empty: none), then --set. On failure prints one line and returns exit code 4.
std::optional<crawler::Exit> read_settings(crawler::ConfigLoader& loader, const std::string& file,
                                           const std::vector<std::string>& sets);

// What a command's own flag says in terms of settings.
struct Flag {
  std::string name;        // "--delay"
  std::string assignment;  // "politeness.delay=0.2s"
};

// Adds the flags and checks the whole. On failure prints one line and returns 2 where a flag is at fault, 4 otherwise.
std::optional<crawler::Exit> check_settings(crawler::ConfigLoader& loader, const std::vector<Flag>& flags = {});

void set_crawl_defaults(crawler::ConfigLoader& loader);
void set_serve_defaults(crawler::ConfigLoader& loader);

// storage.dir, else the first folder of $STATE_DIRECTORY, else ./data.
std::string storage_dir(const crawler::Config& config);

// One line on stderr: "decorum: MESSAGE".
void complain(const std::string& message);

}  // namespace cli
