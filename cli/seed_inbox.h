// Puts seeds into the inbox of a crawl, as `redis-cli LPUSH` would. The only place of the program that uses hiredis'
// blocking interface. Main thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "crawler/config.h"

namespace cli {

class SeedInbox {
 public:
  SeedInbox();
  ~SeedInbox();

  // Connects, logs in, selects the database. False with one line in `error`, without the password.
  bool open(const crawler::Config::Redis& config, std::string& error);

  // Adds `entries`, all or none. False with one line in `error`.
  bool push(const std::vector<std::string>& entries, std::string& error);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cli
