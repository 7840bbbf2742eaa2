#include "frontier/resp.h"

#include <array>
#include <charconv>
#include <cstddef>

namespace frontier {

std::string format_command(const std::vector<std::string_view>& argv) {
  std::string out;
  std::size_t size = 16;
  for (const auto& arg : argv) size += arg.size() + 16;
  out.reserve(size);
  out.append("*").append(std::to_string(argv.size())).append("\r\n");
  for (const auto& arg : argv) {
    out.append("$").append(std::to_string(arg.size())).append("\r\n").append(arg).append("\r\n");
  }
  return out;
}

std::string format_script(const Script& script, const std::vector<std::string>& keys,
                          const std::vector<std::string_view>& args) {
  const std::string count = std::to_string(keys.size());
  std::vector<std::string_view> argv = {"EVALSHA", script.sha1, count};
  argv.insert(argv.end(), keys.begin(), keys.end());
  argv.insert(argv.end(), args.begin(), args.end());
  return format_command(argv);
}

std::string subject_of(std::string_view command) {
  std::array<std::string_view, 4> words;
  std::size_t found = 0;
  for (std::size_t at = command.find('$'); found < words.size() && at < command.size(); ++found) {
    const std::size_t text = command.find('\n', at) + 1;
    std::size_t length = 0;
    std::from_chars(command.data() + at + 1, command.data() + text, length);
    words[found] = command.substr(text, length);
    at = text + length + 2;
  }
  if (words[0] == "EVALSHA") return std::string(words[3].substr(0, 100));
  return std::string(words[0]) + (found > 1 ? " " + std::string(words[1].substr(0, 100)) : std::string());
}

}  // namespace frontier
