// Punycode (RFC 3492).
// Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace web {

// The label `code_points` without its "xn--" prefix. Quadratic in the label: the caller bounds it.
std::string punycode(std::u32string_view code_points);

// What a label without its "xn--" prefix spells; nothing where it is no Punycode. Quadratic as well.
std::optional<std::u32string> punycode_decoded(std::string_view label);

}  // namespace web
