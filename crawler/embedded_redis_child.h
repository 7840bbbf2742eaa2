// Starts a program as a child that cannot outlive us. Private to embedded_redis.
// Main thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace crawler {

// The program `name` stands for: itself if it has a slash, else the first match in PATH and the usual folders.
std::optional<std::string> find_program(const std::string& name);

// Runs argv[0], a path, with an empty environment, in a process group of its own (Ctrl-C passes it by), with SIGTERM
// when the calling thread ends, /dev/null as input and `log` as output. `keep_fd` (-1: none) stays open in it.
// Returns its pid, or -1 with one line in `error`.
pid_t spawn_child(const std::vector<std::string>& argv, const std::filesystem::path& log, int keep_fd,
                  std::string& error);

}  // namespace crawler
