// The query of a request's target: NAME=VALUE pairs joined by '&', percent-encoded.
// Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace admin {

using QueryPairs = std::vector<std::pair<std::string, std::string>>;

// Empty pairs are left out; what is no escape stays as it is; '+' is a space.
QueryPairs query_of(std::string_view target);

}  // namespace admin
