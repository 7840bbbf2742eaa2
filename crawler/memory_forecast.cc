#include "crawler/memory_forecast.h"

namespace crawler {
namespace {

using std::chrono::seconds;

constexpr seconds kBetweenSamples(30), kWindow(3600), kLeast(60);
constexpr double kFarthest = 30 * 86400.0;  // what is further off will not come to pass like this

}  // namespace

void MemoryForecast::note(limiter::TimePoint now, std::uint64_t used, std::uint64_t most) {
  last_ = {now, used};
  most_ = most;
  if (samples_.empty() || now - samples_.back().at >= kBetweenSamples) samples_.push_back(last_);
  while (now - samples_.front().at > kWindow) samples_.pop_front();
}

std::optional<seconds> MemoryForecast::full_in() const {
  if (most_ == 0 || samples_.empty() || last_.at - samples_.front().at < kLeast) return std::nullopt;
  if (last_.used >= most_) return seconds(0);
  if (last_.used <= samples_.front().used) return std::nullopt;
  const double grown = static_cast<double>(last_.used - samples_.front().used);
  const double took = std::chrono::duration<double>(last_.at - samples_.front().at).count();
  const double left = static_cast<double>(most_ - last_.used) / grown * took;
  if (left > kFarthest) return std::nullopt;
  return seconds(static_cast<std::int64_t>(left));
}

}  // namespace crawler
