#include "cli/run_file.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace cli {

std::optional<RunFile> read_run_file(const std::string& dir) {
  std::ifstream file(dir + "/run.json");
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto text = [&json](const char* name) {
    const auto field = json.find(name);
    return field != json.end() && field->is_string() ? field->get<std::string>() : std::string();
  };
  return RunFile{text("admin"), text("redis"), text("namespace")};
}

}  // namespace cli
