// Tells name servers that are down from a name that has no answer: when nobody is answered, the fault is ours, nobody
// is blamed, and one lookup in a while tries whether it is over. Pure: time comes in as an argument. Belongs to a
// resolver.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "limiter/time.h"

namespace limiter {

class ResolverWatch {
 public:
  // `give_up`: how long a silence from the very beginning counts as ours; nothing: for ever.
  explicit ResolverWatch(std::optional<Duration> give_up = std::nullopt) : give_up_(give_up) {}

  enum class Failure {
    silence,  // no server said anything
    refusal,  // SERVFAIL and its like: perhaps the name's own servers, perhaps the whole way to them
  };

  // A server said which addresses a name has, or that it has none.
  void answered(TimePoint now);

  // A lookup that began at `begun` failed. True: ours, the name is not to be blamed. Silence is ours where nobody was
  // answered since it began; refusals are ours from the third name in a row.
  bool failed(const std::string& name, Failure how, TimePoint begun, TimePoint now);

  bool down() const { return down_; }
  // While down: may one lookup try? The next may after a wait that grows to 5 s.
  bool probe(TimePoint now);
  TimePoint next_probe() const { return next_probe_; }

 private:
  const std::optional<Duration> give_up_;
  bool down_ = false;
  TimePoint last_answer_ = TimePoint::min(), next_probe_{};
  std::optional<TimePoint> silent_since_;  // where nobody was ever answered: the first failure
  Duration probe_wait_{};
  std::set<std::string> refused_;  // names, since the last answer; bounded
};

}  // namespace limiter
