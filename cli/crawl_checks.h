// What `crawl` refuses before it starts: seeds it has no leave to ask.
// Pure functions; main thread.
#pragma once

#include <string>
#include <vector>

#include "crawler/config.h"

namespace cli {

// One line naming the flag to add, or empty: a loopback seed needs --allow, any other one needs --contact.
// Seeds that are no URL are left to the daemon, which rejects them with a reason.
std::string refusal_of(const std::vector<std::string>& seeds, const crawler::Config& config);

}  // namespace cli
