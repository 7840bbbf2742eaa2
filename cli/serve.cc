#include <memory>

#include "cli/commands.h"
#include "cli/config_options.h"
#include "cli/run_daemon.h"

namespace cli {
namespace {

Exit serve(const ConfigOptions& options) {
  crawler::ConfigLoader loader;
  set_serve_defaults(loader);
  const std::string file = options.file_or_default();
  if (const auto failed = read_settings(loader, file, options.sets)) return *failed;
  if (const auto failed = check_settings(loader)) return *failed;

  RunOptions run;
  run.daemon.config = loader.config();
  run.daemon.config.storage.dir = storage_dir(loader.config());
  run.daemon.config_values = loader.values();
  run.daemon.config_file = file;
  run.warnings = loader.warnings();
  return run_daemon(std::move(run)).exit;
}

}  // namespace

void add_serve(CLI::App& app, Command& command) {
  CLI::App* sub = app.add_subcommand("serve", "Run the crawler as a daemon, seeded through Redis");
  const auto options = std::make_shared<ConfigOptions>();
  options->add_to(*sub);
  sub->footer(
      "Settings come from --config, else /etc/decorum/config.toml, else ./config.toml.\n"
      "Seed it with: redis-cli LPUSH decorum:seeds https://example.org/");
  sub->callback([&command, options] { command = [options] { return serve(*options); }; });
}

}  // namespace cli
