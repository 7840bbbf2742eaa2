// When Redis' memory will be full if it goes on growing as it did in the last hour. Time comes in as an argument.
// Lives on the control loop; owned by the session.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "limiter/time.h"

namespace crawler {

class MemoryForecast {
 public:
  // Used and most bytes, as Redis says; most is 0 where nothing bounds it.
  void note(limiter::TimePoint now, std::uint64_t used, std::uint64_t most);

  // Nothing: it does not grow, is bounded by nothing, or was watched for less than a minute.
  std::optional<std::chrono::seconds> full_in() const;

 private:
  struct Sample {
    limiter::TimePoint at;
    std::uint64_t used;
  };
  std::deque<Sample> samples_;  // one each 30 s, of the last hour
  Sample last_{};
  std::uint64_t most_ = 0;
};

}  // namespace crawler
