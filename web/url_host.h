// The host of a URL: domains, IPv4 in its many spellings, IPv6 (URL standard, section 3).
// Pure functions over bytes; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace web {

// The serialised host that `text` spells in a URL of a special scheme; nothing for a failure, so for an empty one.
std::optional<std::string> parse_host(std::string_view text);

}  // namespace web
