// Which jobs there are: every name that a seed gave, in order that what is kept by job has a bound.
// Lives on its connection's loop thread; owned by the control loop's intake and job books.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "frontier/keys.h"
#include "frontier/redis_connection.h"

namespace frontier {

inline constexpr std::size_t kMaxJobs = 1000;  // of a namespace

class JobNames {
 public:
  struct Job {
    std::string name;
    std::chrono::milliseconds age{};  // since it was first named, by Redis' clock; 0 where that stepped back
  };

  JobNames(RedisConnection& redis, const Keys& keys, std::size_t most = kMaxJobs)
      : redis_(redis), keys_(keys), most_(most) {}

  static std::vector<Script> scripts();

  // `done` hears which of them found no room. Not at all when closed.
  void enter(const std::set<std::string>& names, std::function<void(std::set<std::string> refused)> done);
  void forget() { entered_.clear(); }  // the namespace may have been made anew
  // Nothing: Redis answers with an error.
  void list(std::function<void(std::optional<std::vector<Job>>)> done);

 private:
  void read(std::chrono::milliseconds now, std::function<void(std::optional<std::vector<Job>>)> done);

  RedisConnection& redis_;
  const Keys& keys_;
  const std::size_t most_;
  std::set<std::string> entered_;  // by us, so that they need not be asked for again; at most as many as there may be
};

}  // namespace frontier
