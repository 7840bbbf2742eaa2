// Fields of a daemon's JSON, as text for a terminal: what a host or an operator wrote comes out harmless.
// Pure functions; any thread. A field of the wrong type is one that is not there: the daemon may be of another version.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace cli {

using Json = nlohmann::ordered_json;

std::string word(const Json& json, const char* name);
std::optional<double> number(const Json& json, const char* name);
const Json& list(const Json& json, const char* name);  // empty where it is none
const Json& part(const Json& json, const char* name);  // an object; empty where it is none
bool flag(const Json& json, const char* name);         // true; false where it is anything else

std::string count(const Json& json, const char* name);  // "12"
std::string span(double seconds);  // "2s", "1.5s", "3m 20s": as long as it is to be read, not exact
std::string span_ms(const Json& json, const char* name);  // of milliseconds

}  // namespace cli
