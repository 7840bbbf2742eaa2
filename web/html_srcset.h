// The URLs of a srcset attribute (HTML 4.8.4.3.9, "parse a srcset attribute").
// Pure function over bytes, linear in them; any thread.
#pragma once

#include <string_view>

namespace web {

// Takes the next image candidate off the front of `rest`: its URL, which is part of it; null data() at the end.
// A candidate whose descriptors are in error is passed over.
std::string_view take_srcset_url(std::string_view& rest);

}  // namespace web
