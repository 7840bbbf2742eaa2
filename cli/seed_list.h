// Seeds as people give them: arguments, a file, standard input; URLs with or without scheme, or JSON entries.
// Main thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

// `entry` with https:// in front where it is a URL that names no scheme ("example.org/a", "localhost:8080").
// JSON entries and URLs with a scheme, whatever it is, come back as they are.
std::string with_scheme(std::string_view entry);

// The entry as JSON with this priority (empty: the entry as it is). One that names a priority itself keeps it; what is
// no JSON object though it begins like one comes back as it is, to be rejected with the reason.
std::string with_priority(std::string entry, std::string_view priority);

// Calls `take` with every seed of a command line: URLs in order, "-" among them standing for standard input, then those
// of `file` (empty: none). As each_entry() otherwise.
bool each_seed(const std::vector<std::string>& urls, const std::string& file,
               const std::function<void(std::string)>& take, std::string& error);

// Calls `take` with each entry of `file` ("-": standard input), one a line; blank lines and lines from # on are passed
// over. False with one line in `error` where the file cannot be read, or a line is longer than 64 KiB.
bool each_entry(const std::string& file, const std::function<void(std::string)>& take, std::string& error);

}  // namespace cli
