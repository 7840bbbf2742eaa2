// Durations and sizes as people write them: "250ms", "1h30m", "5MiB".
// Pure functions; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "web/bytes.h"

namespace crawler {

// One or more NUMBER UNIT pairs (ns us ms s m h d), the largest first, fractions allowed; a bare "0" needs no unit.
// Nothing for any other text and for more than 100 years.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

// An exact spelling in one unit, as people choose it: "250ms", "60s", "5m", "24h".
std::string duration_text(std::chrono::nanoseconds value);

// NUMBER [UNIT]: B, KiB MiB GiB TiB (powers of 1024), kB MB GB TB (powers of 1000); fractions allowed with a unit.
// Nothing for any other text and for more than 8 EiB.
std::optional<web::Bytes> parse_size(std::string_view text);

// The shortest exact spelling: "5MiB", "1500B".
std::string size_text(web::Bytes value);

}  // namespace crawler
