// Whether a host's answers have become slower than they used to be.
// Pure; belongs to the worker that owns the host.
#pragma once

#include <algorithm>

#include "limiter/time.h"

namespace limiter {

class LatencyWatch {
 public:
  // `latency`: from sending to the first answer byte.
  void observe(Duration latency) {
    const double value = std::chrono::duration<double>(latency).count();
    usual_ = samples_ == 0 ? value : usual_ + (value - usual_) / 32;
    recent_ = samples_ == 0 ? value : recent_ + (value - recent_) / 4;
    samples_ = std::min(samples_ + 1, kSamples);
  }

  // How many times longer the delay should be: 1 while all is as usual, at most 4. A latency below half a second
  // strains nobody, whatever it was before.
  double stretch() const {
    if (samples_ < kSamples || recent_ < 0.5 || recent_ < 2 * usual_) return 1;
    return std::min(recent_ / usual_, 4.0);
  }

 private:
  static constexpr int kSamples = 8;  // before there is a "usual"

  double usual_ = 0, recent_ = 0;
  int samples_ = 0;
};

}  // namespace limiter
