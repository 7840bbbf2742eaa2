// Sorts the lines of a file bytewise with bounded memory: in pieces, which are then merged.
// Blocking; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <system_error>

namespace storage {

struct SortLimits {
  std::size_t piece = 4 << 20;   // bytes of lines sorted in memory at once
  std::size_t block = 64 << 10;  // read ahead of each piece while merging
};

// Writes the lines in the first `size` bytes of `from` to `to`, those that begin with `skip` left out. What does not
// fit in memory goes through a nameless file in `scratch`. A last line without line end, or one over 16 MiB, is an
// error.
std::error_code sort_lines(int from, std::uint64_t size, char skip, const std::filesystem::path& scratch, int to,
                           SortLimits limits = {});

}  // namespace storage
