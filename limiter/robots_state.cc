#include "limiter/robots_state.h"

#include <algorithm>
#include <array>

namespace limiter {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr int kAttemptsBeforeGivingUp = 4;
constexpr std::array<Duration, 3> kWaits = {seconds(5), seconds(20), seconds(60)};
constexpr Duration kHopelessFor = seconds(30);
constexpr Duration kAskElsewhereAgain = seconds(60);
constexpr Duration kCopyLives = std::chrono::hours(24 * 30);  // RFC 9309 2.3.1.4
constexpr std::size_t kMaxBody = web::kRobotsLimit.n + 1;     // the byte more shows that the last line was torn

}  // namespace

bool RobotsState::in_force(TimePoint now) const {
  return copy_ != Copy::none && now - fetched_at_ < kCopyLives;
}

bool RobotsState::fresh(TimePoint now, const RobotsOptions& options) const {
  return in_force(now) && now - fetched_at_ < options.ttl;
}

RobotsState::Step RobotsState::step(TimePoint now, const RobotsOptions& options) const {
  if (query_ == Query::unasked) return Step::load;
  const bool decides = in_force(now);
  switch (query_) {
    case Query::loading:
      return Step::wait;
    case Query::fetching:
      return decides ? Step::ready : Step::wait;
    case Query::elsewhere:
      if (now >= ask_again_at_) return Step::fetch;
      return decides ? Step::ready : Step::later;
    default:
      break;
  }
  if (!why_.empty()) return now < again_at_ ? Step::hopeless : Step::fetch;
  if (fresh(now, options)) return Step::ready;
  if (options.give_up && attempts_ >= kAttemptsBeforeGivingUp && !decides) return Step::gave_up;
  if (attempts_ > 0 && now < again_at_) return decides ? Step::ready : Step::later;
  return Step::fetch;
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

std::size_t RobotsState::bytes() const {
  return rules_ ? rules_->bytes() + body_.capacity() : 0;
}

std::string_view RobotsState::odd() const {
  return rules_ ? std::string_view(rules_->odd()) : std::string_view();
}

RobotsView RobotsState::view(TimePoint now, const RobotsOptions& options) const {
  RobotsView view;
  view.body = body_;
  view.digest = digest_;
  view.in_force = in_force(now);
  view.attempts = attempts_;
  view.again_at = again_at();
  if (copy_ != Copy::none) view.age = now - fetched_at_;
  if (attempts_ > 0) view.unreachable_from = failing_since_;
  if (attempts_ > 0 || !why_.empty())
    view.phase = "unreachable";
  else if (copy_ == Copy::none)
    view.phase = query_ == Query::fetching || query_ == Query::elsewhere ? "fetching" : "unknown";
  else if (!fresh(now, options))
    view.phase = "stale";
  else
    view.phase = copy_ == Copy::rules ? "known" : "unavailable";
  return view;
}

void RobotsState::asked_elsewhere(TimePoint now) {
  asks_ = query_ == Query::elsewhere ? asks_ + 1 : 1;
  query_ = Query::elsewhere;
  ask_again_at_ = now + kAskElsewhereAgain;
}

void RobotsState::answered(Copy copy, TimePoint now) {
  put_back();
  copy_ = copy;
  why_ = {};
  fetched_at_ = now;
  attempts_ = 0;
}

void RobotsState::fetched(std::string body, TimePoint now, const RobotsOptions& options, std::string digest) {
  if (body.size() > kMaxBody) body.resize(kMaxBody);
  rules_ = std::make_shared<const web::RobotsRules>(web::RobotsRules::parse(body, options.agent_token));
  body_ = std::move(body);
  digest_ = std::move(digest);
  answered(Copy::rules, now);
}

void RobotsState::unavailable(TimePoint now) {
  rules_.reset();
  body_.clear();
  digest_.clear();
  answered(Copy::no_rules, now);
}

void RobotsState::hopeless(std::string_view why, TimePoint now) {
  put_back();
  why_ = why;
  again_at_ = now + kHopelessFor;
}

void RobotsState::unreachable(TimePoint now, double random) {
  put_back();
  why_ = {};
  if (copy_ == Copy::no_rules) copy_ = Copy::none;
  if (attempts_ == 0) failing_since_ = now;
  const auto index = static_cast<std::size_t>(attempts_);
  attempts_ = std::min(attempts_ + 1, kMostAttempts);
  const Duration wait = index < kWaits.size() ? kWaits[index] : kLongWait;
  again_at_ = now + duration_cast<Duration>(wait * (0.9 + 0.2 * random));
}

void RobotsState::forgive() {
  attempts_ = 0;
  again_at_ = {};
}

}  // namespace limiter
