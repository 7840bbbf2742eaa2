#include "crawler/config_toml.h"

#include <toml++/toml.h>

#include <algorithm>

namespace crawler {
namespace {

std::optional<Value> read_value(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto whole = node.value_exact<std::int64_t>()) return *whole;
  if (const auto number = node.value_exact<double>()) return *number;
  if (const auto flag = node.value_exact<bool>()) return *flag;
  const toml::array* array = node.as_array();
  if (!array) return std::nullopt;
  std::vector<std::string> list;
  for (const toml::node& element : *array) {
    const auto text = element.value_exact<std::string>();
    if (!text) return std::nullopt;
    list.push_back(*text);
  }
  return list;
}

void flatten(const toml::table& table, const std::string& prefix, std::vector<TomlEntry>& out) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    const toml::table* inner = node.as_table();
    if (inner && !inner->empty())
      flatten(*inner, name + ".", out);
    else if (!inner || prefix.find('.') != std::string::npos)
      out.push_back({name, read_value(node), key.source().begin.line});
    else
      out.push_back({name + ".", std::nullopt, key.source().begin.line});  // an empty section
  }
}

bool read_hosts(const toml::node& node, TomlDocument& document) {
  const toml::array* blocks = node.as_array();
  if (!blocks) return false;
  for (const toml::node& block : *blocks) {
    const toml::table* table = block.as_table();
    if (!table) return false;
    document.hosts.emplace_back();
    document.host_lines.push_back(block.source().begin.line);
    flatten(*table, "", document.hosts.back());
  }
  return true;
}

}  // namespace

TomlDocument read_toml(std::string_view text) {
  TomlDocument document;
  try {
    toml::table root = toml::parse(text);
    if (const toml::node* hosts = root.get("host")) {
      if (!read_hosts(*hosts, document)) {
        document.error = "host: expected [[host]] blocks";
        document.error_line = hosts->source().begin.line;
      }
      root.erase("host");
    }
    flatten(root, "", document.entries);
    std::stable_sort(document.entries.begin(), document.entries.end(),
                     [](const TomlEntry& a, const TomlEntry& b) { return a.line < b.line; });
  } catch (const toml::parse_error& error) {
    document.error = std::string(error.description());
    document.error_line = error.source().begin.line;
  }
  return document;
}

}  // namespace crawler
