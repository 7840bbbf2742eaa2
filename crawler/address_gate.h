// The second gate, of addresses (politeness.ip_delay): hosts that resolve to one address take turns there, exactly,
// over all workers and daemons, by a gate in Redis (frontier/lua/address.lua). Here the hosts of this worker stand in
// line, so that only the first of them asks Redis. A host that is not let in goes back to the scheduler until its turn.
// Lives on its worker's loop thread; owned by the dispatcher. Off, it asks nobody anything.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "crawler/config.h"
#include "frontier/frontier.h"
#include "limiter/time.h"
#include "web/address.h"

namespace crawler {

struct AddressGateOptions {
  Duration delay{};               // between a first byte and the next request; 0: off
  std::vector<web::Cidr> exempt;  // shared platforms that may be asked as their hosts allow
  std::string claimant;           // names this worker among all of the namespace
  Duration longest_request{};     // from its start to its end
  Duration longest_start{};       // from asking for entry to being sent
  limiter::TimePoint (*now)() = nullptr;
};

class AddressGate {
 public:
  using TimePoint = limiter::TimePoint;
  // A host's turn is at this time: to be asked again then, and not before.
  using Turn = std::function<void(const std::string& host, TimePoint at)>;
  // Nothing: it is in. A time: not yet; the host waits until then, or until Turn says something else.
  using Answer = std::function<void(std::optional<TimePoint> wait_until)>;

  AddressGate(frontier::RedisFrontier& frontier, AddressGateOptions options, Turn turn);

  bool guards(const sockaddr* address) const;
  Duration delay() const { return options_.delay; }

  // For request `id` of `host`. Answers inside the call, or when Redis has; not at all where Redis never does, or where
  // leave() was called before.
  void enter(std::uint64_t id, const std::string& host, const sockaddr* address, Answer answer);
  // It is in, as far as Redis knows too, and not so long ago that it counts as dead. Also true of one that never asked.
  bool may_send(std::uint64_t id, TimePoint now) const;

  // The request is over, whatever became of it. `first_byte`: the server saw it; nothing: it did not.
  void leave(std::uint64_t id, std::optional<TimePoint> first_byte);

  void tick();           // now and then: who does not come when it is its turn loses it
  void redis_is_back();  // and may have lost what it was told

 private:
  struct Line {
    std::uint64_t inside = 0;  // the request that is in, asks to be, or is on its way out; 0: none
    std::deque<std::string> hosts;
    TimePoint turn{};  // of the first of them
  };
  struct Guest {
    std::string address, host;
    frontier::AddressClaim claim;
    TimePoint asked_at{};
    Answer answer;     // until it has been given
    bool sure = true;  // that Redis has it inside
    bool left = false;
  };
  void answered(std::uint64_t id, const frontier::AddressAnswer& answer);
  void go(std::uint64_t id, Duration closed_for, TimePoint not_before);
  void next_turn(const std::string& address, TimePoint at);
  void follow_clock(const frontier::AddressAnswer& answer);
  void hold_all();
  frontier::AddressClaim claim_of(std::uint64_t id) const;

  frontier::RedisFrontier& frontier_;
  AddressGateOptions options_;
  Turn turn_;
  std::unordered_map<std::string, Line> lines_;            // by address: somebody is inside or waits
  std::unordered_map<std::string, std::string> standing_;  // host -> the address it stands in line for
  std::unordered_map<std::uint64_t, Guest> guests_;
  std::optional<Duration> ahead_;  // Redis' clock of ours, as last seen over this connection
  TimePoint open_at_{};            // nobody enters before: what was kept of the past is in doubt
};

}  // namespace crawler
