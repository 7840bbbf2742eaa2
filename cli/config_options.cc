#include "cli/config_options.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "crawler/log.h"

namespace cli {

void ConfigOptions::add_to(CLI::App& command) {
  command.add_option("--config", file, "settings, as TOML")->type_name("FILE");
  command.add_option("--set", sets, "one setting, such as politeness.delay=2s; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

std::string ConfigOptions::file_or_default() const {
  if (!file.empty()) return file;
  for (const char* path : {"/etc/decorum/config.toml", "./config.toml"})
    if (access(path, F_OK) == 0) return path;
  return "";
}

std::optional<crawler::Exit> read_settings(crawler::ConfigLoader& loader, const std::string& file,
                                           const std::vector<std::string>& sets) {
  bool good = file.empty() || loader.read_file(file);
  for (const std::string& assignment : sets) good = good && loader.set(assignment);
  if (good) return std::nullopt;
  complain(loader.error().message);
  return crawler::Exit::config;
}

std::optional<crawler::Exit> check_settings(crawler::ConfigLoader& loader, const std::vector<Flag>& flags) {
  bool good = true;
  for (const Flag& flag : flags) good = good && loader.set(flag.assignment, flag.name);
  if (good && loader.validate()) return std::nullopt;
  const std::string& message = loader.error().message;
  complain(message);
  for (const Flag& flag : flags)
    if (message.starts_with(flag.name + ":")) return crawler::Exit::usage;
  return crawler::Exit::config;
}

void set_crawl_defaults(crawler::ConfigLoader& loader) {
  loader.set_default("redis.mode", "embedded");
  loader.set_default("scope.max_depth", "none");
  loader.set_default("budget.patience", "10m");
  loader.set_default("storage.dir", "./crawl");
}

void set_serve_defaults(crawler::ConfigLoader& loader) {
  loader.set_default("parse.sitemaps", "true");
}

std::string storage_dir(const crawler::Config& config) {
  if (!config.storage.dir.empty()) return config.storage.dir;
  const char* state = std::getenv("STATE_DIRECTORY");
  if (!state || !*state) return "./data";
  const std::string folders = state;
  return folders.substr(0, folders.find(':'));
}

void complain(const std::string& message) {
  std::fprintf(stderr, "decorum: %s\n", crawler::printable(message).c_str());
}

}  // namespace cli
