// What every JSON answer of the endpoint is made with.
// Pure functions; any thread.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace admin {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json);  // in ASCII: others escaped, bytes that are no UTF-8 as U+FFFD
std::string line_of(const Json& json);  // with its line end: kind to a terminal
Json text_or_null(const std::string& text);
std::string time_text(std::chrono::system_clock::time_point time);  // RFC 3339, UTC, milliseconds

// A document from outside whose brackets nest deeper than is sane: dump() recurses.
bool nested_too_deep(std::string_view json);

}  // namespace admin
