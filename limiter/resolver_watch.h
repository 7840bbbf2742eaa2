// Tells name servers that are down from a name whose own servers are: when nobody is answered, a name that was answered
// before is asked again. Has it no answer either, the fault is ours, nobody is blamed, and one lookup in a while tries
// whether it is over. Pure: time comes in as an argument. Belongs to a resolver.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "limiter/time.h"

namespace limiter {

class ResolverWatch {
 public:
  // `give_up`: how long a silence counts as ours where no name is known to ask; nothing: for ever.
  explicit ResolverWatch(std::optional<Duration> give_up = std::nullopt) : give_up_(give_up) {}

  enum class Failure {
    silence,  // no server said anything
    refusal,  // SERVFAIL and its like: perhaps the name's own servers, perhaps the whole way to them
  };
  enum class Verdict {
    theirs,  // the name is to be blamed
    unsure,  // a name that was answered before is to be asked: then comes answered(), or unheard()
    ours,
  };

  // A server said which addresses a name has, or that it has none.
  void answered(TimePoint now);
  // The name that was asked to make sure has no answer.
  void unheard(TimePoint now);

  // A lookup that began at `begun` failed. Silence is suspicious where nobody was answered since it began; refusals are
  // from the third registrable domain in a row. `has_known`: there is a name of another domain that was answered
  // before; what began before that had no answer needs no second word.
  Verdict failed(const std::string& name, Failure how, TimePoint begun, TimePoint now, bool has_known);

  bool down() const { return down_; }
  // While down: may one lookup try? The next may after a wait that grows to 5 s.
  bool probe(TimePoint now);
  TimePoint next_probe() const { return next_probe_; }

 private:
  const std::optional<Duration> give_up_;
  bool down_ = false;
  TimePoint last_answer_ = TimePoint::min(), unheard_at_ = TimePoint::min(), next_probe_{};
  std::optional<TimePoint> silent_since_;  // the first failure after the last answer, where no name was known
  Duration probe_wait_{};
  std::set<std::string> refused_;  // domains, since the last answer; bounded
};

}  // namespace limiter
