// Punycode (RFC 3492), the encoding half.
// Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

namespace web {

// The label `code_points` without its "xn--" prefix. Quadratic in the label: the caller bounds it.
std::string punycode(std::u32string_view code_points);

}  // namespace web
