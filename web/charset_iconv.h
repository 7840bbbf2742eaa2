// The encodings that iconv converts, opened by our own fixed names only.
// Pure functions over bytes; any thread. Converters are kept per thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace web {

// Appends `bytes` as valid UTF-8 to `out`, U+FFFD for what is no character. False, and nothing appended, for an
// encoding that iconv does not serve.
bool iconv_decode(std::string_view bytes, std::string_view charset, std::string& out);

// Appends the bytes of `text` (valid UTF-8) in `charset` to `out`, up to the first character that the encoding lacks,
// and the way back to its first state. How much of `text` that was; nothing for an encoding that iconv does not serve.
std::optional<std::size_t> iconv_encode(std::string_view text, std::string_view charset, std::string& out);

}  // namespace web
