// A guess at an undeclared encoding from the bytes alone, by uchardet.
// Pure function over bytes; any thread. The detector is kept per thread.
#pragma once

#include <string_view>

namespace web {

// A WHATWG name, or empty where the bytes give no ground for one. Looks at 32 KiB from the first non-ASCII byte on.
std::string_view guess_charset(std::string_view bytes);

}  // namespace web
