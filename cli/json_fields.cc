#include "cli/json_fields.h"

#include <spdlog/fmt/fmt.h>

#include "crawler/log.h"

namespace cli {

std::string word(const Json& json, const char* name) {
  const auto field = json.find(name);
  return field != json.end() && field->is_string() ? crawler::printable(field->get<std::string>()) : "";
}
std::optional<double> number(const Json& json, const char* name) {
  const auto field = json.find(name);
  return field != json.end() && field->is_number() ? std::optional(field->get<double>()) : std::nullopt;
}
const Json& list(const Json& json, const char* name) {
  static const Json kNone = Json::array();
  const auto field = json.find(name);
  return field != json.end() && field->is_array() ? *field : kNone;
}
const Json& part(const Json& json, const char* name) {
  static const Json kNone = Json::object();
  const auto field = json.find(name);
  return field != json.end() && field->is_object() ? *field : kNone;
}
bool flag(const Json& json, const char* name) {
  const auto field = json.find(name);
  return field != json.end() && field->is_boolean() && field->get<bool>();
}

std::string span(double seconds) {
  if (seconds < 60) return fmt::format("{:.3g}s", seconds);
  const auto s = static_cast<long long>(seconds);
  if (s < 3600) return fmt::format("{}m {}s", s / 60, s % 60);
  return s < 86400 ? fmt::format("{}h {}m", s / 3600, s / 60 % 60) : fmt::format("{}d {}h", s / 86400, s / 3600 % 24);
}
std::string span_ms(const Json& json, const char* name) {
  const auto value = number(json, name);
  return value ? span(*value / 1000) : "";
}

std::string count(const Json& json, const char* name) {
  const auto value = number(json, name);
  return value ? fmt::format("{:.0f}", *value) : "";
}

}  // namespace cli
