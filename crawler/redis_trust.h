// Whether Redis may be relied on: whether commands are stuck for its errors, whether it may evict keys, and whether it
// still holds the state that we know. Nothing is started while there is a doubt (docs/decisions/0017-redis-wrong.md).
// Shared by all threads of a daemon; thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "frontier/frontier.h"
#include "limiter/time.h"

namespace crawler {

class RedisTrust {
 public:
  // `beat`: from one heartbeat of ours to the next.
  explicit RedisTrust(limiter::Duration beat);

  bool good() const { return good_.load(std::memory_order_acquire); }
  bool lost() const { return lost_.load(std::memory_order_acquire); }  // it is not the state we know: until know()
  std::uint64_t losses() const { return losses_.load(std::memory_order_acquire); }  // how often it was lost
  std::string why() const;                                                          // not good; empty where it is

  void stuck(int connection, const std::string& error);  // empty: over
  void unfit(const std::string& why);                    // empty: it is fit

  // This is the state that we know from now on.
  void know(const std::string& epoch);
  // What Redis shows: the namespace's epoch, and how often our own heart has beaten. Neither may change but by us.
  // False: it is not the state we know, or was not before.
  bool see(const std::string& epoch, std::uint64_t beats);
  // The beat to send next, and then what came of it. The first in a state tells what that state knows of us.
  frontier::Beat next_beat() const;
  bool beaten(const std::string& epoch, const frontier::Beaten& beat);

 private:
  bool judge(const std::string& epoch, std::uint64_t beats);
  void settle();

  const std::uint64_t forgotten_;  // beats that a Redis which syncs each second may lose in a crash
  std::atomic<bool> good_{true}, lost_{false};
  std::atomic<std::uint64_t> losses_{0};
  mutable std::mutex mutex_;  // of all below
  std::map<int, std::string> stuck_;
  std::string unfit_, why_lost_, epoch_;
  std::optional<std::uint64_t> beats_;  // as last answered
};

}  // namespace crawler
