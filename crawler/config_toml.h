// TOML text as flat keys and [[host]] blocks, each with its line. The only place that knows toml++.
// Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/config_keys.h"

namespace crawler {

struct TomlEntry {
  std::string key;             // "politeness.delay"
  std::optional<Value> value;  // nothing: of a type that no setting takes
  unsigned line = 0;           // 1-based
};

struct TomlDocument {
  std::vector<TomlEntry> entries;             // in the order of the file
  std::vector<std::vector<TomlEntry>> hosts;  // [[host]] blocks, keys without prefix
  std::vector<unsigned> host_lines;           // where each begins
  std::string error;                          // empty: well-formed
  unsigned error_line = 0;
};

TomlDocument read_toml(std::string_view text);

}  // namespace crawler
