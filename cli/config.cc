#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/config_options.h"

namespace cli {
namespace {

struct Options : ConfigOptions {
  bool json = false;
  std::string of = "serve";  // whose defaults
};

std::optional<Exit> load(const Options& options, crawler::ConfigLoader& loader) {
  options.of == "crawl" ? set_crawl_defaults(loader) : set_serve_defaults(loader);
  if (const auto failed = read_settings(loader, options.file_or_default(), options.sets)) return failed;
  return check_settings(loader);
}

Exit check(const Options& options) {
  crawler::ConfigLoader loader;
  if (const auto failed = load(options, loader)) return *failed;
  for (const std::string& warning : loader.warnings()) std::printf("warning: %s\n", warning.c_str());
  const std::string file = options.file_or_default();
  std::printf("%s: good\n", file.empty() ? "built-in settings" : file.c_str());
  return Exit::ok;
}

void print_toml(const std::vector<crawler::ConfigValue>& values) {
  std::string section;
  for (const auto& [key, value, origin] : values) {
    const std::size_t dot = key.find('.');
    if (dot == std::string::npos) {  // a [[host]] block
      std::printf("\n# %s = %s  # %s\n", key.c_str(), value.c_str(), origin.c_str());
      continue;
    }
    if (key.substr(0, dot) != section) {
      std::printf("%s[%s]\n", section.empty() ? "" : "\n", key.substr(0, dot).c_str());
      section = key.substr(0, dot);
    }
    std::printf("%s = %s  # %s\n", key.c_str() + dot + 1, value.c_str(), origin.c_str());
  }
}

Exit show(const Options& options) {
  crawler::ConfigLoader loader;
  if (const auto failed = load(options, loader)) return *failed;
  if (!options.json) {
    print_toml(loader.values());
    return Exit::ok;
  }
  auto list = nlohmann::ordered_json::array();
  for (const auto& [key, value, origin] : loader.values())
    list.push_back({{"key", key}, {"value", value}, {"origin", origin}});
  std::printf("%s\n", list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  return Exit::ok;
}

}  // namespace

void add_config(CLI::App& app, Command& command) {
  CLI::App* config = app.add_subcommand("config", "Check or show the settings");
  config->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  CLI::App* checked = config->add_subcommand("check", "Read the settings and say whether they are good");
  CLI::App* shown = config->add_subcommand("show", "Print every setting with its value and where that came from");
  for (CLI::App* sub : {checked, shown}) {
    options->add_to(*sub);
    sub->add_option("--of", options->of, "whose defaults: serve or crawl")->check(CLI::IsMember({"serve", "crawl"}));
  }
  shown->add_flag("--json", options->json, "as JSON");
  checked->callback([&command, options] { command = [options] { return check(*options); }; });
  shown->callback([&command, options] { command = [options] { return show(*options); }; });
}

}  // namespace cli
