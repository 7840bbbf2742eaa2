// Who may own which partition: decides from what Redis shows, knows neither Redis nor a clock.
// Belongs to the daemon's control loop.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontier/keys.h"

namespace frontier {

// "DAEMON NONCE": who, and which life of it.
struct Owner {
  std::string daemon, nonce;

  std::string text() const { return daemon + " " + nonce; }
  static Owner parse(std::string_view text);
};

class LeaseTable {
 public:
  using Time = std::chrono::nanoseconds;  // the caller's, monotonic, suspend included

  LeaseTable(Owner self, Time ttl) : self_(std::move(self)), ttl_(ttl) {}

  struct Claim {
    int partition = 0;
    std::string from;       // the owner text to be replaced, empty: free
    bool takeover = false;  // from a daemon that is dead or was our earlier self
  };
  struct Decision {
    std::vector<Claim> acquire;
    std::vector<int> release;  // ours, over our share: shares differ by one at most
  };

  // One look at Redis: every daemon's heartbeat counter and every partition's owner text ('' free).
  // A daemon whose counter stood still for the TTL on our clock is dead; one whose counter is negative has left, and
  // counts no more. Between two looks no more than half a TTL counts; after a whole one, everybody's begins anew.
  Decision look(const std::map<std::string, std::string>& heartbeats, const std::vector<std::string>& owners, Time now);

  int live_daemons() const { return live_; }

 private:
  struct Beat {
    std::string counter;
    Time changed{};
  };
  static bool has_left(std::string_view counter);

  Owner self_;
  Time ttl_;
  std::optional<Time> last_look_;
  std::map<std::string, Beat> beats_;
  int live_ = 1;
};

}  // namespace frontier
