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

// "3 ASKED HOLD_LEFT_MS HOLD_UNTIL_MS FROM STRAIN LINE"; LINE is the rest, and may hold spaces.
constexpr int kFields = 6;
constexpr int kMaxStrain = 1000;

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

Duration HostLimiter::backoff_delay() const {
  return std::min(limits_.backoff_max, limits_.backoff_initial * strain_ / kRecovery);
}

Duration HostLimiter::delay() const {
  const auto least = static_cast<double>(floor().count());
  const auto stretched = Duration(static_cast<Duration::rep>(least * latency_.stretch()));
  return std::max({floor(), stretched, backoff_delay()});
}

void HostLimiter::lengthen(Duration before) {
  // What is in flight will be reckoned with the new delay.
  if (asked_ && in_flight_ == 0) bucket_full_ += std::max(Duration(0), delay() - before);
}

TimePoint HostLimiter::next(int in_flight) const {
  if (!asked_here_) return std::max(bucket_full_, hold_until_);
  const TimePoint room = bucket_full_ - (burst() - 1 - std::max(0, in_flight)) * delay();
  // With several at once, each answers for itself: the factor is for one after the other.
  return concurrency() > 1 ? std::max(room, hold_until_) : std::max({room, factor_until_, hold_until_});
}

DelayFrom HostLimiter::delay_from() const {
  const TimePoint at = next(0);
  if (at == hold_until_ && hold_until_ > bucket_full_) return hold_from_;
  if (asked_here_ && at == factor_until_ && factor_until_ > bucket_full_) return DelayFrom::response_time;
  const Duration least = floor();
  if (delay() > least) return backoff_delay() == delay() ? DelayFrom::backoff : DelayFrom::response_time;
  if (least == limits_.delay) return DelayFrom::config;
  return operator_delay_ > crawl_delay_ ? DelayFrom::operator_set : DelayFrom::crawl_delay;
}

HostLimiter::Terms HostLimiter::terms() const {
  return {.delay = delay(),
          .from = delay_from(),
          .burst = burst(),
          .concurrency = concurrency(),
          .factor = limits_.factor,
          .max_factor_delay = limits_.max_factor_delay};
}

void HostLimiter::start() {
  due_ = next();
  ++in_flight_;
}

HostLimiter::Ledger HostLimiter::finish(const Exchange& x) {
  Ledger ledger;
  --in_flight_;
  if (asked_here_) {
    ledger.gap = x.sent - last_first_byte_;
    // Of several at once only the last one's due time is known.
    ledger.violation = limits_.concurrency == 1 && x.sent < due_;
  }
  asked_ = asked_here_ = true;
  last_first_byte_ = std::max(last_first_byte_, x.first_byte);
  if (x.answered) latency_.observe(x.first_byte - x.sent);
  // One after the other: a wait that became longer while it was under way is not waited for twice.
  const bool single = burst() == 1 && concurrency() == 1;
  bucket_full_ = (single ? last_first_byte_ : std::max(bucket_full_, x.first_byte)) + delay();
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
  lengthen(before);
}

void HostLimiter::set_operator_delay(std::optional<Duration> wanted) {
  const Duration before = delay();
  operator_delay_ = wanted.value_or(Duration(0));
  if (!asked_) return;
  bucket_full_ += delay() - before;
  if (asked_here_) bucket_full_ = std::max(bucket_full_, last_first_byte_ + delay());
}

Duration HostLimiter::push_back(std::optional<Duration> retry_after, TimePoint now, double random) {
  const Duration before = delay();
  strain_ = std::min(strain_ + kRecovery, kMaxStrain);
  lengthen(before);
  hold_from_ = retry_after ? DelayFrom::retry_after : DelayFrom::backoff;
  const Duration wait = retry_after ? std::clamp(*retry_after, Duration(0), limits_.max_retry_after)
                                    : backoff_wait(limits_.backoff_initial, limits_.backoff_max,
                                                   (strain_ + kRecovery - 1) / kRecovery, random);
  hold_until_ = std::max(hold_until_, now + wait);
  return wait;
}

void HostLimiter::failed() {
  const Duration before = delay();
  strain_ = std::min(strain_ + 1, kMaxStrain);
  lengthen(before);
}

void HostLimiter::recovered() {
  strain_ = std::max(strain_ - 1, 0);
}

std::string HostLimiter::encode(TimePoint now, std::string_view line) const {
  // What the last answer took counts where the delay that any next life knows of would not cover it: not the
  // operator's, nor what strain and latency add.
  const TimePoint covered = last_first_byte_ + std::max(limits_.delay, crawl_delay_);
  const bool rests = asked_here_ && concurrency() == 1 && factor_until_ > std::max(covered, hold_until_);
  const TimePoint hold = rests ? factor_until_ : hold_until_;
  const DelayFrom from = rests ? DelayFrom::response_time : hold_from_;
  const auto left = std::chrono::ceil<milliseconds>(std::max(Duration(0), hold - now));
  const auto until = std::chrono::ceil<milliseconds>(left.count() > 0 ? hold.time_since_epoch() : Duration(0));
  std::string text = "3 ";
  text += asked_ ? "1 " : "0 ";
  // On the time line itself nothing need be written anew while a hold runs down.
  text += std::to_string(left.count()) + " " + std::to_string(until.count()) + " ";
  text += std::to_string(static_cast<int>(from)) + " " + std::to_string(strain_) + " ";
  text += line;
  return text;
}

void HostLimiter::restore(std::string_view text, Ownership owned, TimePoint now, std::string_view line) {
  if (text.empty() && !owned.in_doubt) return;  // never asked
  std::array<std::int64_t, kFields> fields{};
  bool readable = true;
  for (int i = 0; i < kFields && readable; ++i) {
    const std::size_t space = text.find(' ');
    const std::string_view field = text.substr(0, space);
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), fields[i]);
    readable = error == std::errc() && end == field.data() + field.size() && space != text.npos;
    if (space != text.npos) text.remove_prefix(space + 1);
  }
  if (!readable || fields[0] != 3) fields = {3, 1, 0, 0, 0, 0};
  asked_ = fields[1] != 0 || owned.in_doubt;
  strain_ = static_cast<int>(std::clamp<std::int64_t>(fields[5], 0, kMaxStrain));
  if (asked_) bucket_full_ = std::max(bucket_full_, owned.since + delay());
  hold_from_ = DelayFrom::backoff;
  Duration longest = limits_.backoff_max;
  if (fields[4] == static_cast<int>(DelayFrom::retry_after)) {
    hold_from_ = DelayFrom::retry_after;
    longest = limits_.max_retry_after;
  } else if (fields[4] == static_cast<int>(DelayFrom::response_time)) {
    hold_from_ = DelayFrom::response_time;
    longest = limits_.max_factor_delay;
  }
  const auto most = duration_cast<milliseconds>(longest).count();
  const auto now_ms = duration_cast<milliseconds>(now.time_since_epoch()).count();
  const std::int64_t left = std::clamp<std::int64_t>(fields[2], 0, most);
  const std::int64_t until = std::clamp(fields[3], now_ms, now_ms + most);
  const milliseconds wait(readable && text == line ? until - now_ms : left);
  if (wait.count() > 0) hold_until_ = now + wait;
}

}  // namespace limiter
