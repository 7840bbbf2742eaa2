// The questions `decorum eval` answers, each through the very functions the crawler uses.
// Pure functions; main thread.
#pragma once

#include <span>
#include <string>

namespace cli {

struct EvalSuite {
  const char* name;
  const char* help;
  // One JSON object for one line of input, whatever that line is: a fault is told in "error".
  std::string (*answer)(const std::string& line);
};

std::span<const EvalSuite> eval_suites();

}  // namespace cli
