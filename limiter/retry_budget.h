// Keeps retries of all kinds a small share of all requests, so that trouble is not answered with traffic.
// Pure: time comes in as an argument. One per worker; where each keeps the share, all together do.
#pragma once

#include <algorithm>

#include "limiter/time.h"

namespace limiter {

class RetryBudget {
 public:
  // Each first request allows `share` retries more, and `floor` a minute come by themselves, so that what is left when
  // nothing else is comes to its end. What is not used is kept up to half of `floor`, so that no minute can live on the
  // requests of another: of any minute at most 1.5 x floor + share x (first requests) are retries.
  RetryBudget(double share, double floor)
      : share_(share), per_second_(floor / 60.0), most_(std::max(1.0, floor / 2.0)), left_(most_) {}

  bool allows(TimePoint now) const { return left_at(now) >= 1; }
  void take(TimePoint now) { add(-1, now); }            // a retry begins, so that of many at once each has paid
  void put_back(TimePoint now) { add(1, now); }         // that retry was not sent after all
  void sent_first(TimePoint now) { add(share_, now); }  // a request that is no retry
  // When to ask again after a no: soon, as other requests may allow it.
  static TimePoint again(TimePoint now) { return now + std::chrono::seconds(1); }

 private:
  void add(double many, TimePoint now) {
    left_ = std::min(most_, left_at(now) + many);
    at_ = std::max(at_, now);
  }
  double left_at(TimePoint now) const {
    const double passed = std::chrono::duration<double>(std::max(Duration(0), now - at_)).count();
    return std::min(most_, left_ + passed * per_second_);
  }

  double share_, per_second_, most_, left_;
  TimePoint at_{};
};

}  // namespace limiter
