#include <csignal>
#include <string>

#include "cli/commands.h"
#include "cli/config_options.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Decorum, a polite web crawler.", "decorum");
  app.set_version_flag("--version", "decorum " DECORUM_VERSION);
  app.require_subcommand(1);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return "decorum: " + std::string(error.what()) + "; see decorum --help\n";
  });

  cli::Command command;
  cli::add_crawl(app, command, {argv, argv + argc});
  cli::add_serve(app, command);
  cli::add_seed(app, command);
  cli::add_levers(app, command);
  cli::add_hosts(app, command);
  cli::add_explain(app, command);
  cli::add_config(app, command);
  cli::add_eval(app, command);
  cli::add_warc(app, command);
  cli::add_audit(app, command);
  cli::add_sim(app, command);
  const std::string name = argc > 1 ? argv[1] : "--help";
  const auto is_named = [&name](const CLI::App* sub) { return sub->check_name(name); };
  if (name[0] != '-' && app.get_subcommands(is_named).empty()) {
    cli::complain("there is no command " + name + "; see decorum --help");
    return static_cast<int>(cli::Exit::usage);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(cli::Exit::usage);
  }
  return static_cast<int>(command());
}
