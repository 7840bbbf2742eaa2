// The encodings that iconv converts, opened by our own fixed names only.
// Pure functions over bytes; any thread. Converters are kept per thread.
#pragma once

#include <string>
#include <string_view>

namespace web {

// Appends `bytes` as valid UTF-8 to `out`, U+FFFD for what is no character. False, and nothing appended, for an
// encoding that iconv does not serve.
bool iconv_decode(std::string_view bytes, std::string_view charset, std::string& out);

}  // namespace web
