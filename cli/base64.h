// Base64 (RFC 4648 4), as requests of `eval` carry bytes.
// Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cli {

// The bytes `text` stands for; padding may be missing. Nothing where a character is none of the alphabet, or the
// length or the bits left over are impossible.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace cli
