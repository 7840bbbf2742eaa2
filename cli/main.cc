#include <csignal>
#include <cstdio>

#include "cli/commands.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Decorum, a polite web crawler.", "decorum");
  app.set_version_flag("--version", "decorum " DECORUM_VERSION);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);

  cli::Command command;
  cli::add_crawl(app, command, {argv, argv + argc});
  cli::add_serve(app, command);
  cli::add_seed(app, command);
  cli::add_levers(app, command);
  cli::add_config(app, command);
  cli::add_eval(app, command);
  cli::add_warc(app, command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(cli::Exit::usage);
  }
  return static_cast<int>(command());
}
