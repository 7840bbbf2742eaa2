#include "limiter/robots_state.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace limiter {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr int kAttemptsBeforeGivingUp = 4;
constexpr std::array<Duration, 3> kWaits = {seconds(5), seconds(20), seconds(60)};
constexpr Duration kHopelessFor = seconds(30);
constexpr Duration kLongWait = std::chrono::hours(1);
constexpr std::size_t kMaxBody =
    500 * 1024 + 1;  // what is read (RFC 9309 2.5), and one byte more: the last line was torn

}  // namespace

RobotsState::Step RobotsState::step(TimePoint now, const RobotsOptions& options) const {
  switch (phase_) {
    case Phase::unknown:
      return Step::load;
    case Phase::loading:
    case Phase::fetching:
      return Step::wait;
    case Phase::wanted:
      return Step::fetch;
    case Phase::known:
    case Phase::unavailable:
      return now - since_ < options.ttl ? Step::ready : Step::fetch;
    case Phase::hopeless:
      return now < again_at_ ? Step::hopeless : Step::fetch;
    case Phase::unreachable:
      break;
  }
  if (options.give_up && attempts_ >= kAttemptsBeforeGivingUp) return Step::gave_up;
  return now < again_at_ ? Step::later : Step::fetch;
}

web::RobotsRules::Verdict RobotsState::check(std::string_view path_and_query) const {
  return rules_ ? rules_->check(path_and_query) : web::RobotsRules::Verdict{};
}

std::optional<double> RobotsState::crawl_delay() const {
  return rules_ ? rules_->crawl_delay() : std::nullopt;
}

const std::vector<std::string>* RobotsState::sitemaps() const {
  return rules_ ? &rules_->sitemaps() : nullptr;
}

void RobotsState::fetched(std::string body, TimePoint now, const RobotsOptions& options) {
  if (body.size() > kMaxBody) body.resize(kMaxBody);
  rules_ = std::make_shared<const web::RobotsRules>(web::RobotsRules::parse(body, options.agent_token));
  body_ = std::move(body);
  phase_ = Phase::known;
  since_ = now;
  attempts_ = 0;
}

void RobotsState::unavailable(TimePoint now) {
  rules_.reset();
  body_.clear();
  phase_ = Phase::unavailable;
  since_ = now;
  attempts_ = 0;
}

void RobotsState::hopeless(std::string_view why, TimePoint now) {
  phase_ = Phase::hopeless;
  why_ = why;
  again_at_ = now + kHopelessFor;
}

void RobotsState::unreachable(TimePoint now, double random) {
  phase_ = Phase::unreachable;
  since_ = now;
  ++attempts_;
  const auto index = static_cast<std::size_t>(attempts_ - 1);
  const Duration wait = index < kWaits.size() ? kWaits[index] : kLongWait;
  again_at_ = now + duration_cast<Duration>(wait * (0.9 + 0.2 * random));
}

// "1 PHASE WALL_MS ATTEMPTS\nBODY"; WALL_MS: when fetched, or when to ask again.
std::string RobotsState::encode(WallMs wall_now, TimePoint now) const {
  const TimePoint at = phase_ == Phase::unreachable ? again_at_ : since_;
  const WallMs wall = wall_now + duration_cast<WallMs>(at - now);
  const char phase = phase_ == Phase::known ? 'k' : phase_ == Phase::unavailable ? 'n' : 'u';
  return std::string("1 ") + phase + " " + std::to_string(wall.count()) + " " + std::to_string(attempts_) + "\n" +
         body_;
}

void RobotsState::loaded(const std::optional<std::string>& text, TimePoint now, WallMs wall_now,
                         const RobotsOptions& options) {
  phase_ = Phase::wanted;
  if (!text || text->size() < 4 || !text->starts_with("1 ") || (*text)[3] != ' ') return;
  const std::size_t line = text->find('\n');
  if (line == text->npos) return;
  std::int64_t wall = 0;
  int attempts = 0;
  const char* const end = text->data() + line;
  const auto first = std::from_chars(text->data() + 4, end, wall);
  if (first.ec != std::errc() || first.ptr == end) return;
  if (std::from_chars(first.ptr + 1, end, attempts).ec != std::errc()) return;
  const Duration distance = WallMs(wall) - wall_now;
  switch ((*text)[2]) {
    case 'k':
    case 'n':
      if (-distance >= options.ttl) return;
      if ((*text)[2] == 'k')
        fetched(text->substr(line + 1), now, options);
      else
        unavailable(now);
      since_ = now + std::min(distance, Duration(0));  // a time in the future is a clock that was set back: age 0
      break;
    case 'u':
      phase_ = Phase::unreachable;
      attempts_ = std::clamp(attempts, 1, 1000);
      since_ = now;
      again_at_ = now + std::clamp(distance, Duration(0), kLongWait);
      break;
    default:
      break;
  }
}

}  // namespace limiter
