// Counts what the structures of one partition hold and compares it with the counters
// (docs/decisions/0016-books-and-structures.md). Writes nothing, needs no lease. Lives on its connection's loop thread;
// owned by the control loop's auditor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "frontier/keys.h"
#include "frontier/redis_connection.h"

namespace frontier {

inline constexpr std::size_t kTallyHosts = 1000;  // of one call: what a call may cost Redis, some 2 ms

struct Tally {
  struct Account {
    std::int64_t counted = 0, held = 0;  // by the counter, by the structure
  };
  Account queued, in_flight, waiting;
  std::int64_t difference() const;
};

class PartitionTally {
 public:
  PartitionTally(RedisConnection& redis, const Keys& keys, std::size_t hosts_of_a_call = kTallyHosts)
      : redis_(redis), keys_(keys), most_(hosts_of_a_call) {}

  static std::vector<Script> scripts();

  // Nothing: the partition changed all the while, so that no one moment could be counted. No answer once it is closed.
  using Done = std::function<void(std::optional<Tally>)>;
  void compare(int partition, Done done);

 private:
  struct Count;  // of one partition, over several calls
  using CountPtr = std::shared_ptr<Count>;
  void count_all(const CountPtr& count, const std::vector<std::string>& hosts);
  void list_hosts(const CountPtr& count, const std::string& cursor);
  void count_some(const CountPtr& count, std::size_t from);
  void call(const CountPtr& count, const std::string& most, const std::vector<std::string>& hosts,
            RedisConnection::Callback heard);

  RedisConnection& redis_;
  const Keys& keys_;
  const std::size_t most_;
};

}  // namespace frontier
