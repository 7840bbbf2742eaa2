// Times of the wall clock as the archive spells them, UTC. Time is passed in, never read.
// Pure functions; any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace storage {

using WallTime = std::chrono::system_clock::time_point;

std::string warc_date(WallTime time);   // "2026-11-20T23:04:05Z" (WARC 1.1, 5.4)
std::string file_stamp(WallTime time);  // "20261120230405678", milliseconds included

// The 14 digits of a CDXJ key out of a WARC-Date ("2026-11-20T23:04:05.678Z" gives "20261120230405").
std::string index_stamp(std::string_view date);

}  // namespace storage
