#include <iostream>
#include <string>

#include "cli/commands.h"
#include "cli/eval_suites.h"

namespace cli {
namespace {

// Answers each line of standard input with one line, until there is no more. No request can end it.
Exit answer_lines(std::string (*answer)(const std::string&)) {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) std::cout << answer(line) << '\n' << std::flush;
  return Exit::ok;
}

}  // namespace

void add_eval(CLI::App& app, Command& command) {
  CLI::App* eval =
      app.add_subcommand("eval", "Answer questions about robots.txt, URLs and pages, as the crawler would");
  eval->require_subcommand(1);
  eval->footer("One JSON request per line of standard input, one JSON answer per line.");
  for (const EvalSuite& suite : eval_suites()) {
    CLI::App* sub = eval->add_subcommand(suite.name, suite.help);
    sub->callback([&command, &suite] { command = [&suite] { return answer_lines(suite.answer); }; });
  }
}

}  // namespace cli
