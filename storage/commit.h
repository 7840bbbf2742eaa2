// How far a file is whole: what the sidecar of a file being written remembers.
// A plain value.
#pragma once

#include <cstdint>

namespace storage {

struct Commit {
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;  // or lines
};

}  // namespace storage
