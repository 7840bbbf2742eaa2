// The request log: one line a request, gathered and written when there is time.
// One thread; owned by main().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace madeupweb {

class Log {
 public:
  Log() = default;  // writes nothing
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool open(const std::string& path);  // appends to what is there

  // `arrived` is CLOCK_MONOTONIC in ns when the first bytes of the request were read; status 0: no HTTP was spoken.
  void add(std::int64_t arrived, std::string_view host, std::string_view target, int status);
  bool pending() const { return !buffer_.empty(); }
  void flush();

 private:
  int fd_ = -1;
  std::string buffer_;
};

}  // namespace madeupweb
