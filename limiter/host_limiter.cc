#include "limiter/host_limiter.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "limiter/backoff.h"

namespace limiter {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// "1 ASKED HOLD_MS SET_AT_WALL_MS FROM PUSHBACKS"
constexpr int kFields = 6;

}  // namespace

std::string_view delay_from_name(DelayFrom from) {
  switch (from) {
    case DelayFrom::config:
      return "config";
    case DelayFrom::crawl_delay:
      return "crawl_delay";
    case DelayFrom::response_time:
      return "response_time";
    case DelayFrom::retry_after:
      return "retry_after";
    case DelayFrom::backoff:
      return "backoff";
    case DelayFrom::operator_set:
      break;
  }
  return "operator";
}

Duration HostLimiter::delay() const {
  return std::max(limits_.delay, crawl_delay_);
}

TimePoint HostLimiter::next() const {
  if (!asked_here_) return std::max(bucket_full_, hold_until_);
  return std::max({bucket_full_ - (burst() - 1) * delay(), factor_until_, hold_until_});
}

DelayFrom HostLimiter::delay_from() const {
  const TimePoint at = next();
  if (at == hold_until_ && hold_until_ > bucket_full_) return hold_from_;
  if (asked_here_ && at == factor_until_ && factor_until_ > bucket_full_) return DelayFrom::response_time;
  return crawl_delay_ > limits_.delay ? DelayFrom::crawl_delay : DelayFrom::config;
}

HostLimiter::Terms HostLimiter::terms() const {
  return {.delay = delay(),
          .from = delay_from(),
          .burst = burst(),
          .factor = limits_.factor,
          .max_factor_delay = limits_.max_factor_delay};
}

HostLimiter::Ledger HostLimiter::finish(const Exchange& x) {
  Ledger ledger;
  ledger.delay = delay();
  ledger.from = delay_from();
  if (asked_here_) {
    ledger.gap = x.sent - last_first_byte_;
    ledger.violation = x.sent < next();
  }
  in_flight_ = false;
  asked_ = asked_here_ = true;
  last_first_byte_ = x.first_byte;
  bucket_full_ = std::max(bucket_full_, x.first_byte) + delay();
  if (x.answered && limits_.factor > 0) {
    const double factor_wait = limits_.factor * static_cast<double>((x.ended - x.sent).count());
    const double cap = static_cast<double>(limits_.max_factor_delay.count());
    factor_until_ = x.ended + Duration(static_cast<Duration::rep>(std::min(factor_wait, cap)));
  } else {
    factor_until_ = x.ended;
  }
  return ledger;
}

void HostLimiter::set_crawl_delay(std::optional<double> seconds) {
  const Duration before = delay();
  crawl_delay_ = Duration(0);
  if (!seconds || !(*seconds > 0)) return;
  const double cap = std::chrono::duration<double>(limits_.max_crawl_delay).count();
  crawl_delay_ = duration_cast<Duration>(std::chrono::duration<double>(std::min(*seconds, cap)));
  // The wait that runs already was reckoned with the old delay.
  if (asked_) bucket_full_ += std::max(Duration(0), delay() - before);
}

Duration HostLimiter::push_back(std::optional<Duration> retry_after, TimePoint now, double random) {
  ++pushbacks_;
  hold_from_ = retry_after ? DelayFrom::retry_after : DelayFrom::backoff;
  hold_length_ = retry_after ? std::clamp(*retry_after, Duration(0), limits_.max_retry_after)
                             : backoff_wait(limits_.backoff_initial, limits_.backoff_max, pushbacks_, random);
  hold_until_ = std::max(hold_until_, now + hold_length_);
  return hold_length_;
}

std::string HostLimiter::encode(WallMs wall_now, TimePoint now) const {
  const auto left = duration_cast<milliseconds>(std::max(Duration(0), hold_until_ - now));
  std::string text = "1 ";
  text += asked_ ? "1 " : "0 ";
  text += std::to_string(left.count()) + " " + std::to_string(left.count() > 0 ? wall_now.count() : 0) + " ";
  text += std::to_string(static_cast<int>(hold_from_)) + " " + std::to_string(pushbacks_);
  return text;
}

void HostLimiter::restore(std::string_view text, Ownership owned, TimePoint now, WallMs wall_now) {
  if (text.empty() && !owned.in_doubt) return;  // never asked
  std::array<std::int64_t, kFields> fields{};
  bool readable = true;
  for (int i = 0; i < kFields && readable; ++i) {
    const std::size_t space = text.find(' ');
    const std::string_view field = text.substr(0, space);
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), fields[i]);
    readable = error == std::errc() && end == field.data() + field.size() && (space == text.npos) == (i + 1 == kFields);
    if (space != text.npos) text.remove_prefix(space + 1);
  }
  if (!readable || fields[0] != 1) fields = {1, 1, 0, 0, 0, 0};
  asked_ = fields[1] != 0 || owned.in_doubt;
  if (asked_) bucket_full_ = std::max(bucket_full_, owned.since + delay());
  const WallMs length(
      std::clamp<std::int64_t>(fields[2], 0, duration_cast<milliseconds>(limits_.max_retry_after).count()));
  const WallMs left = std::clamp(WallMs(fields[3]) + length - wall_now, WallMs(0), length);
  if (left.count() > 0) {
    hold_length_ = left;
    hold_until_ = now + left;
    hold_from_ = fields[4] == static_cast<int>(DelayFrom::retry_after) ? DelayFrom::retry_after : DelayFrom::backoff;
  }
  pushbacks_ = static_cast<int>(std::clamp<std::int64_t>(fields[5], 0, 30));
}

}  // namespace limiter
