#include "crawler/config_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "crawler/config_toml.h"
#include "frontier/redis_address.h"

namespace crawler {
namespace {

constexpr std::size_t kMaxFile = 1 << 20;

std::string at_line(const std::string& path, unsigned line) {
  return path + ":" + std::to_string(line);
}

bool is_section(std::string_view name) {  // "redis." as an empty [redis] is reported
  const auto keys = config_keys();
  return name.ends_with('.') &&
         std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return key.name.starts_with(name); });
}

std::string unknown_key(std::string_view name) {
  const std::string near = nearest_key(name);
  return near.empty() ? "unknown key" : "unknown key; did you mean " + near + "?";
}

std::string without_password(const std::string& url) {
  const auto address = frontier::RedisAddress::parse(url);
  if (!address) return "***";
  return address->password.empty() ? url : address->text();
}

std::string host_text(const HostOverride& host) {
  HostOverride copy = host, defaults;
  std::string text;
  for (const HostKey& key : host_keys()) {
    const std::string value = to_toml(key.field(copy));
    if (value != to_toml(key.field(defaults)))
      text += (text.empty() ? "" : ", ") + std::string(key.name) + " = " + value;
  }
  return "{ " + text + " }";
}

// What `--set KEY=TEXT` means for this field: TOML where it is TOML of a fitting type, else the text itself.
Value written_value(const Field& field, std::string_view text) {
  const TomlDocument document = read_toml("value = " + std::string(text));
  const bool is_toml = document.error.empty() && document.entries.size() == 1 && document.entries[0].key == "value" &&
                       document.entries[0].value;
  const bool is_string = is_toml && std::holds_alternative<std::string>(*document.entries[0].value);
  if (is_toml && (is_string || !takes_raw_text(field))) return *document.entries[0].value;
  return std::string(text);
}

}  // namespace

bool ConfigLoader::fail(std::string_view origin, std::string_view key, std::string_view what) {
  if (!error_.message.empty()) return false;
  error_.message = std::string(origin) + ": ";
  if (!key.empty()) error_.message += std::string(key) + ": ";
  error_.message += what;
  return false;
}

bool ConfigLoader::put(std::string_view name, const Value& value, const std::string& origin) {
  const Key* key = find_key(name);
  if (!key) return fail(origin, name, unknown_key(name));
  if (const std::string wrong = assign(*key, key->field(config_), value); !wrong.empty())
    return fail(origin, name, wrong);
  remember(name, origin);
  return true;
}

void ConfigLoader::remember(std::string_view key, const std::string& origin) {
  const auto known = std::find_if(origins_.begin(), origins_.end(), [&](const auto& o) { return o.first == key; });
  if (known == origins_.end())
    origins_.emplace_back(key, origin);
  else
    known->second = origin;
}

bool ConfigLoader::put_hosts(const TomlDocument& document, const std::string& origin, bool lines) {
  std::vector<HostOverride> hosts;
  for (std::size_t i = 0; i < document.hosts.size(); ++i) {
    const auto where = [&](unsigned line) { return lines ? at_line(origin, line) : origin; };
    HostOverride host;
    for (const TomlEntry& entry : document.hosts[i]) {
      const auto keys = host_keys();
      const auto key = std::find_if(keys.begin(), keys.end(), [&](const HostKey& k) { return k.name == entry.key; });
      const std::string name = "host." + entry.key;
      if (key == keys.end()) return fail(where(entry.line), name, "unknown key");
      if (!entry.value) return fail(where(entry.line), name, "wrong type");
      if (const std::string wrong = assign(*key, key->field(host), *entry.value); !wrong.empty())
        return fail(where(entry.line), name, wrong);
    }
    hosts.push_back(std::move(host));
    remember("host[" + std::to_string(i) + "]", where(document.host_lines[i]));
  }
  config_.hosts = std::move(hosts);
  return true;
}

bool ConfigLoader::read_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFile + 1, '\0');
  if (!file || (file.read(text.data(), static_cast<std::streamsize>(text.size())), file.bad()))
    return fail(path, "", "cannot be read: " + std::string(std::strerror(errno ? errno : EIO)));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxFile) return fail(path, "", "is larger than 1 MiB");

  const TomlDocument document = read_toml(text);
  if (!document.error.empty()) return fail(at_line(path, document.error_line), "", document.error);
  for (const TomlEntry& entry : document.entries) {
    const std::string origin = at_line(path, entry.line);
    if (is_section(entry.key)) continue;
    if (entry.key.ends_with('.')) return fail(origin, entry.key.substr(0, entry.key.size() - 1), "unknown section");
    if (!find_key(entry.key)) return fail(origin, entry.key, unknown_key(entry.key));
    if (!entry.value) return fail(origin, entry.key, "wrong type");
    if (!put(entry.key, *entry.value, origin)) return false;
  }
  return document.hosts.empty() || put_hosts(document, path, true);
}

bool ConfigLoader::set(std::string_view assignment, std::string_view origin) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) return fail(origin, assignment, "write KEY=VALUE");
  const std::string_view name = assignment.substr(0, equals), text = assignment.substr(equals + 1);
  if (name == "host") {
    const TomlDocument document = read_toml("host = " + std::string(text));
    if (!document.error.empty() || !document.entries.empty())
      return fail(origin, name, "expected a list of tables, such as [{match=\"*.example.org\", delay=\"5s\"}]");
    return put_hosts(document, std::string(origin), false);
  }
  const Key* key = find_key(name);
  if (!key) return fail(origin, name, unknown_key(name));
  return put(name, written_value(key->field(config_), text), std::string(origin));
}

void ConfigLoader::set_default(std::string_view name, std::string_view toml_value) {
  const Key* key = find_key(name);
  if (key && origin(name) == "default")
    assign(*key, key->field(config_), written_value(key->field(config_), toml_value));
}

std::string ConfigLoader::origin(std::string_view key) const {
  const auto known = std::find_if(origins_.begin(), origins_.end(), [&](const auto& o) { return o.first == key; });
  return known == origins_.end() ? "default" : known->second;
}

std::vector<ConfigValue> ConfigLoader::values() const {
  Config copy = config_;
  copy.redis.url = without_password(copy.redis.url);
  if (!copy.admin.token.empty()) copy.admin.token = "***";
  std::vector<ConfigValue> values;
  for (const Key& key : config_keys())
    values.push_back({std::string(key.name), to_toml(key.field(copy)), origin(key.name)});
  for (std::size_t i = 0; i < config_.hosts.size(); ++i) {
    const std::string name = "host[" + std::to_string(i) + "]";
    values.push_back({name, host_text(config_.hosts[i]), origin(name)});
  }
  return values;
}

}  // namespace crawler
