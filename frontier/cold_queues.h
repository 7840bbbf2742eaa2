// The packed part of the hosts' queues: packs a head that has grown, and unpacks the nearest block when its turn comes.
// Moves records within `queued`; nothing else changes. Each call is two round trips. Only the owner of the partition
// may call, once at a time for a host, and with no take of that host under way. Lives on its connection's loop thread;
// owned by the frontier.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "frontier/keys.h"
#include "frontier/queue_packing.h"
#include "frontier/redis_connection.h"

namespace frontier {

enum class Repacked {
  done,     // or there was nothing to do
  changed,  // somebody wrote meanwhile: nothing was done, it may be tried again
  fenced,   // the partition is not ours: nothing was done
  damaged,  // what Redis holds cannot be read: a block that cannot is set aside now, the rest is as it was
  lost,     // the connection was closed: nothing is known
};

class ColdQueues {
 public:
  using Done = std::function<void(Repacked)>;

  static std::vector<Script> scripts();

  ColdQueues(RedisConnection& redis, const Keys& keys, std::string fence)
      : redis_(redis), keys_(keys), fence_(std::move(fence)) {}

  // Where a head is longer than kLongestHead: what is deepest of it, kPackedAtOnce records at a time.
  void pack(int partition, const std::string& host, Done done);
  // At most `at_most` records of the first block of a class, as take() names it.
  void unpack(int partition, const std::string& host, const std::string& queue_class, std::size_t at_most, Done done);

 private:
  struct Job;  // one host, from the look at its queues to their new form
  using JobPtr = std::shared_ptr<Job>;
  void peek(const JobPtr& job, std::size_t longest_head, std::function<void(ColdIndex)> then);
  void read_tails(const JobPtr& job, Packing packing);
  void write_pack(const JobPtr& job, const PackPlan& plan);
  void set_aside(const JobPtr& job, std::string_view end, QueueClass c, const std::string& block,
                 const ColdIndex& index);
  void write_unpack(const JobPtr& job, QueueClass c, const std::string& block, const UnpackPlan& plan);
  std::vector<std::string> keys_of(const Job& job) const;
  std::string blocks(const Job& job, QueueClass c) const;

  RedisConnection& redis_;
  const Keys& keys_;
  std::string fence_;
};

}  // namespace frontier
