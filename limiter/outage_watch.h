// Tells our own outage (no route, no resolver, link down) from a host's: when several hosts that answered before fail
// at once and nobody answers any more, the fault is ours, nobody is blamed, and one request in a while tries whether it
// is over. Pure: time comes in as an argument. One for the process; its holder locks it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "limiter/time.h"

namespace limiter {

class OutageWatch {
 public:
  // `give_up`: how long a silence from the very beginning counts as ours; nothing: for ever.
  explicit OutageWatch(std::optional<Duration> give_up = std::nullopt) : give_up_(give_up) {}

  // The far side answered anything, a refused connection included. True if this ended an outage.
  bool answered(const std::string& host, TimePoint now);

  struct Failure {
    std::string host;
    bool known_good = false;  // the last thing we heard of it was an answer
    bool local = false;       // our own machine said so: no route
  };
  // A request failed without any answer. True: ours, the host is not to be blamed; also what failed since
  // down_since() is not.
  bool failed(const Failure& failure, TimePoint now);

  bool down() const { return down_; }
  TimePoint down_since() const { return silent_since_; }
  std::uint64_t outages() const { return outages_; }  // begun so far

  // While down: may one request try? The next may after a wait that grows to 5 s.
  bool probe(TimePoint now);
  TimePoint next_probe() const { return next_probe_; }

 private:
  std::size_t quorum(bool local) const;

  const std::optional<Duration> give_up_;
  bool down_ = false, heard_ = false;
  std::uint64_t outages_ = 0;
  TimePoint last_answer_{}, silent_since_{}, next_probe_{};
  Duration probe_wait_{};
  std::set<std::string> good_;     // hosts that ever answered, as many as a quorum needs
  std::set<std::string> failing_;  // since the last answer; bounded likewise
};

}  // namespace limiter
