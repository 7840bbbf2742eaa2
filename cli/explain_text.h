// What the daemon's JSON about a URL says, in sentences; the first line is the answer.
// Pure function; any thread. What a page or a host wrote comes out harmless.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace cli {

std::string explain_text(const nlohmann::ordered_json& answer);  // of /api/v1/url

}  // namespace cli
