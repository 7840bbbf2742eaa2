// Matching with '*', as scope.include, scope.exclude and [[host]] match write it.
// A pure function; any thread.
#pragma once

#include <string_view>

namespace web {

// Whether `pattern` fits the whole of `text`: '*' stands for any run of octets, the empty one too; every other octet
// for itself. Linear in `text` for every pattern.
bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace web
