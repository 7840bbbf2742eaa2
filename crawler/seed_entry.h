// One entry of the inbox `NS:seeds`: a plain URL, or JSON with a URL and what goes with it.
// Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "frontier/record.h"
#include "web/url.h"

namespace crawler {

inline constexpr std::size_t kMaxEntry = 64 * 1024;  // bytes

struct SeedEntry {
  frontier::Record record;
  web::Url url;
  bool force = false;  // fetch it again even if it is known
};

// Nothing, with one sentence in `reason`, for what cannot be taken in.
std::optional<SeedEntry> parse_seed(std::string_view entry, std::string& reason);

}  // namespace crawler
