// Reads settings into a Config: defaults, then a TOML file, then KEY=VALUE assignments, each remembered with its
// origin. Used at start and reload, on the main thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawler/config.h"
#include "crawler/config_keys.h"

namespace crawler {

struct ConfigError {
  std::string message;  // one line: file, line and key where known
};

struct ConfigValue {   // one key as it stands, for `config show` and /api/v1/config
  std::string key;     // "politeness.delay"; the [[host]] blocks are "host[0]", "host[1]", ...
  std::string value;   // as TOML; secrets masked
  std::string origin;  // "default", "config.toml:12", "--set"
};

class ConfigLoader {
 public:
  // Each returns false with error() set; the first error wins. A file has at most 1 MiB.
  bool read_file(const std::string& path);
  bool set(std::string_view assignment, std::string_view origin = "--set");  // "politeness.delay=0.2s"
  bool validate();  // what one key alone cannot tell: CIDRs, host overrides, names; call last

  // A default of a subcommand, weaker than the file: "crawl" has other defaults than "serve".
  void set_default(std::string_view key, std::string_view toml_value);

  const Config& config() const { return config_; }
  const ConfigError& error() const { return error_; }
  std::vector<ConfigValue> values() const;    // every key, in the order of config.toml
  std::vector<std::string> warnings() const;  // legal but unwise settings, one line each
  std::string origin(std::string_view key) const;

 private:
  bool fail(std::string_view origin, std::string_view key, std::string_view what);
  bool put(std::string_view key, const Value& value, const std::string& origin);
  bool put_hosts(const struct TomlDocument& document, const std::string& origin, bool lines);
  void remember(std::string_view key, const std::string& origin);

  Config config_;
  ConfigError error_;
  std::vector<std::pair<std::string, std::string>> origins_;  // of keys that are not at their default
};

}  // namespace crawler
