// UTF-8 (RFC 3629): how much of some text is valid, and its repair.
// Pure functions over bytes; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace web {

inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// The length of the ASCII that `text` begins with.
std::size_t ascii_prefix(std::string_view text);

// The length of the valid UTF-8 that `text` begins with; text.size() if all of it is.
std::size_t valid_utf8_prefix(std::string_view text);

// `text` with each maximal ill-formed part replaced by U+FFFD (Unicode 15, section 3.9, U+FFFD substitution).
std::string repair_utf8(std::string_view text);

// The character that `valid`, which is not empty and UTF-8, begins with, and its length in bytes.
std::uint32_t code_point_at(std::string_view valid, std::size_t& length);

void append_utf8(std::string& out, std::uint32_t code_point);

// Cuts `text` (valid UTF-8) to at most `limit` bytes, between characters.
std::string_view truncate_utf8(std::string_view text, std::size_t limit);

}  // namespace web
