// How urgent a URL is among those of its host. Each priority has a queue of its own (docs/redis-keys.md).
// Plain values; any thread.
#pragma once

#include <optional>
#include <string_view>

namespace frontier {

enum class Priority { high, normal, low };

constexpr std::string_view name_of(Priority priority) {
  return priority == Priority::high ? "high" : priority == Priority::low ? "low" : "normal";
}

constexpr std::optional<Priority> priority_named(std::string_view name) {
  for (const Priority priority : {Priority::high, Priority::normal, Priority::low}) {
    if (name_of(priority) == name) return priority;
  }
  return std::nullopt;
}

}  // namespace frontier
