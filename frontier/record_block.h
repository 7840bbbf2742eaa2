// Many records of one host in few bytes, for what is far from its turn (docs/decisions/0013-packed-queues.md).
// Pure functions over bytes; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontier/record.h"

namespace frontier {

inline constexpr std::size_t kBlockRecords = 64;  // of a whole one

// One to kBlockRecords records, in their order. Byte 1 is how many; what begins with byte 0 is no record's text.
std::string pack_records(std::span<const Record> records);

// Nothing if this is no block, or a damaged one.
std::optional<std::vector<Record>> unpack_records(std::string_view block);

}  // namespace frontier
