// What the daemon's JSON about hosts says, for a terminal.
// Pure functions; any thread. What a host or an operator wrote comes out harmless.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace cli {

std::string hosts_text(const nlohmann::ordered_json& list);    // of /api/v1/hosts
std::string host_text(const nlohmann::ordered_json& host);     // of /api/v1/hosts/{host}
std::string order_text(const nlohmann::ordered_json& answer);  // of a lever

}  // namespace cli
