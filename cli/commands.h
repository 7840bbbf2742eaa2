// The subcommands of `decorum`: each file adds its own to the parser.
// Main thread; main() owns the parser and runs the one that was named.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "crawler/daemon.h"

namespace cli {

using crawler::Exit;

// What the named subcommand will do once the whole command line is read and known to be right.
using Command = std::function<Exit()>;

// `words` is the command line, for the line that says how to go on.
void add_crawl(CLI::App& app, Command& command, std::vector<std::string> words);
void add_serve(CLI::App& app, Command& command);
void add_seed(CLI::App& app, Command& command);
void add_levers(CLI::App& app, Command& command);  // status, pause, resume, stop
void add_hosts(CLI::App& app, Command& command);   // hosts, host show|pause|slow|block|resume
void add_explain(CLI::App& app, Command& command);
void add_config(CLI::App& app, Command& command);  // config check|show
void add_eval(CLI::App& app, Command& command);    // eval robots|robotsurl|url|html
void add_warc(CLI::App& app, Command& command);    // warc verify|ls
void add_audit(CLI::App& app, Command& command);
void add_sim(CLI::App& app, Command& command);

}  // namespace cli
