// The one table of settings: name, field, bounds, meaning. The file, --set, `config show` and the test of config.toml
// all walk it. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crawler/config.h"

namespace crawler {

// Where a setting lives; its type says what values it takes.
using Field = std::variant<std::string*, Duration*, web::Bytes*, int*, double*, bool*, std::vector<std::string>*,
                           std::optional<int>*, std::optional<std::int64_t>*, std::optional<double>*,
                           std::optional<web::Bytes>*, std::optional<Duration>*>;

// What a person wrote, as TOML reads it.
using Value = std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>>;

struct Setting {
  std::string_view name;     // "politeness.delay"
  std::string_view meaning;  // one line, with the unit
  double min = 0;            // of numbers; of durations in seconds; of sizes in bytes
  double max = std::numeric_limits<double>::infinity();
  std::string_view choices = "";  // "text|json": the only strings it takes
};

struct Key : Setting {
  Field (*field)(Config&);
};
struct HostKey : Setting {  // of a [[host]] block
  Field (*field)(HostOverride&);
};

std::span<const Key> config_keys();
std::span<const HostKey> host_keys();
const Key* find_key(std::string_view name);
std::string nearest_key(std::string_view name);  // for "did you mean"; empty if nothing is near

// Puts `value` into `field`. Returns what is wrong with it in a few words, empty if nothing is.
std::string assign(const Setting& setting, Field field, const Value& value);

// Strings, durations and sizes: `--set` takes the text as it stands.
bool takes_raw_text(const Field& field);

std::string to_toml(const Field& field);         // "none" where an optional one is absent
std::string toml_string(std::string_view text);  // quoted and escaped

}  // namespace crawler
