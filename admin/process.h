// What the kernel says of this process, for the process_* metrics.
// A plain value, read on demand; any thread.
#pragma once

#include <cstdint>

namespace admin {

struct ProcessFacts {  // zero where the kernel does not tell
  double cpu_seconds = 0;
  double start_time = 0;  // Unix time, seconds
  std::uint64_t resident_bytes = 0, virtual_bytes = 0;
  std::uint64_t open_fds = 0, max_fds = 0;
};

ProcessFacts read_process_facts();

}  // namespace admin
