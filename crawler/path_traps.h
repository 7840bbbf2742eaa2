// Traps that one URL's path shows by itself: too deep, or the same segments again and again.
// Pure functions over bytes; any thread.
#pragma once

#include <optional>
#include <string_view>

namespace crawler {

int segments_of(std::string_view path);  // empty ones are none

// The first group of segments that stands `times` times in a row or more, as in /a/b/a/b/a/b: "a/b". A group of numbers
// or of at most two letters in all may do so twice as often: dates, tiles and sharded folders look like that. One
// segment of three letters or more that comes 2 x `times` times anywhere is such a group too. `times` >= 2.
std::optional<std::string_view> repeated_segments(std::string_view path, int times);

}  // namespace crawler
