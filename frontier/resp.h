// Commands as they go to Redis (RESP): made, and named for people. Plain functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace frontier {

struct Script {
  std::string_view text, sha1;  // static storage
};

std::string format_command(const std::vector<std::string_view>& argv);
std::string format_script(const Script& script, const std::vector<std::string>& keys,
                          const std::vector<std::string_view>& args);

// What such a command is about: its name and its (first) key.
std::string subject_of(std::string_view command);

}  // namespace frontier
