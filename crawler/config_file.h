// Reads settings into a Config: defaults, then a TOML file, then KEY=VALUE assignments, each remembered with its origin.
// Used at start and reload, on the main thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crawler/config.h"

namespace crawler {

struct ConfigError {
  std::string message;  // one line: file, line and key where known
};

struct ConfigValue {   // one key as it stands, for `config show` and /api/v1/config
  std::string key;     // "politeness.delay"
  std::string value;   // as TOML; secrets masked
  std::string origin;  // "default", "config.toml:12", "--set"
};

class ConfigLoader {
 public:
  // Each returns false with error() set; the first error wins.
  bool read_file(const std::string& path);
  bool set(std::string_view assignment, std::string_view origin = "--set");  // "politeness.delay=0.2s"
  bool validate();  // ranges, CIDRs, host overrides; call last

  // A default of a subcommand, weaker than the file: "crawl" has other defaults than "serve".
  void set_default(std::string_view key, std::string_view toml_value);

  const Config& config() const { return config_; }
  const ConfigError& error() const { return error_; }
  std::vector<ConfigValue> values() const;

 private:
  struct State;
  Config config_;
  ConfigError error_;
  std::vector<std::pair<std::string, std::string>> origins_;
};

}  // namespace crawler
