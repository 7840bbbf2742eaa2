// Bytes in one zstd frame and back, by the library. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace frontier {

std::string zstd_frame(std::string_view bytes);

// Nothing if this is no whole frame, does not say how much it holds, or holds more than `limit` bytes.
std::optional<std::string> zstd_unframe(std::string_view frame, std::size_t limit);

}  // namespace frontier
