// Scheduler: what a host that is due does next: an errand, the end of a URL, a robots.txt, a page.
#include <utility>

#include "crawler/scheduler.h"

namespace crawler {

using limiter::RobotsState;

namespace {

constexpr limiter::Duration kLookAgain = std::chrono::milliseconds(200);  // for a place in a job, or among the lists

// Sitemaps of a worker from their request until the last of what they name is in the frontier, which takes seconds for
// each, one after the other: as many as keep that busy, and not so many that pages find no permit.
constexpr int kMostLists = 8;

}  // namespace

bool Scheduler::gave_up(const Host& host) const {
  return options_.probes_before_giving_up > 0 && host.breaker.failed_probes() >= options_.probes_before_giving_up;
}

bool Scheduler::is_retry(const Ready& ready) {
  return ready.record.attempts > 0 || ready.record.pushbacks > 0;
}

// Also where another host is asked for it; to remind that host sends nothing.
bool Scheduler::is_retry(const RobotsState& robots) {
  return robots.attempts() > 0 && !robots.elsewhere();
}

bool Scheduler::lists_full() const {
  return *lists_ >= kMostLists;
}

bool Scheduler::waits_for_lists(const Ready& ready) const {
  return ready.record.role != frontier::Role::page && lists_full();
}

Scheduler::TimePoint Scheduler::from(const Host& host, const Ready& ready, JobWalk& jobs, TimePoint now) const {
  const JobBudget::Standing& job = jobs.of(ready.record.job);
  if (job.used_up) return TimePoint::min();
  if (!job.room || waits_for_lists(ready)) return now + kLookAgain;
  const auto entry = host.robots.find(ready.url.origin());
  if (entry != host.robots.end()) {
    const RobotsState& robots = entry->second.state;
    const RobotsState::Step step = robots.step(now, options_.robots);
    if (step == RobotsState::Step::later) return robots.again_at();
    if (step == RobotsState::Step::fetch && (!is_retry(robots) || retries_.allows(now))) return TimePoint::min();
    if (step == RobotsState::Step::fetch && !robots.in_force(now)) return limiter::RetryBudget::again(now);
  }
  return is_retry(ready) && !retries_.allows(now) ? limiter::RetryBudget::again(now) : TimePoint::min();
}

std::optional<Decision> Scheduler::decide(Host& host, TimePoint now) {
  if (host.blocked()) {
    if (host.ready.empty()) return std::nullopt;
    return end(host, host.ready.begin(), "blocked_host", host.levers->rule(), now);
  }
  if (gave_up(host) && !host.ready.empty()) {
    return end(host, host.ready.begin(), "retries_exhausted",
               "the host failed, and failed each of " + std::to_string(host.breaker.failed_probes()) +
                   " probes after it had been left alone",
               now);
  }
  host.used_up = options_.budget.used_up(host.spent.as_of(now));
  if (host.used_up && !host.ready.empty()) {
    return end(host, host.ready.begin(), "budget_host", options_.budget.rule(*host.used_up), now);
  }
  RobotsErrand* const errand = next_errand(host);
  if (errand != nullptr && (host.errand_turn || !has_room(host, now))) return run_errand(host, *errand);
  if (!has_room(host, now)) return std::nullopt;
  host.errand_turn = true;
  bool waits = false;
  JobWalk jobs(options_.jobs);
  for (auto it = host.ready.begin(); it != host.ready.end(); ++it) {
    const JobBudget::Standing& job = jobs.of(it->record.job);
    if (job.used_up) return end(host, it, "budget_job", options_.jobs->rule(*job.used_up), now);
    if (!job.room || waits_for_lists(*it)) continue;
    const std::string origin = it->url.origin();
    const auto [entry, fresh] = host.robots.try_emplace(origin);
    OriginRobots& robots = entry->second;
    if (fresh) robots.target = *web::parse_url(web::robots_url(it->url));
    robots.used = next_use_++;
    switch (robots.state.step(now, options_.robots)) {
      case RobotsState::Step::load:
        if (is_retry(*it) && !retries_.allows(now)) continue;  // no use for it yet
        robots.state.loading();
        return Decision{Decision::Kind::load_robots, host.key, host.partition, origin};
      case RobotsState::Step::wait:
        waits = true;
        continue;
      case RobotsState::Step::later:
        continue;
      case RobotsState::Step::fetch:
        if (auto decision = ask_robots(host, origin, robots, now)) return decision;
        if (!robots.state.in_force(now)) continue;
        break;  // the copy decides while its refresh waits for the budget
      case RobotsState::Step::hopeless:
        return end(host, it, robots.state.why(), "the host of " + origin + " cannot be asked", now);
      case RobotsState::Step::gave_up:
        return end(
            host, it, "robots_unreachable",
            "robots.txt of " + origin + " could not be had in " + std::to_string(robots.state.attempts()) + " attempts",
            now);
      case RobotsState::Step::ready:
        break;
    }
    if (is_retry(*it) && !retries_.allows(now)) continue;
    const web::RobotsRules::Verdict verdict = robots.state.check(it->url.path_and_query());
    if (verdict.allowed) {
      std::string trap = options_.trap ? options_.trap(*it) : std::string();
      if (!trap.empty()) return end(host, it, "trap", std::move(trap), now);
      if (options_.jobs != nullptr && !options_.jobs->begin(it->record.job)) {  // another worker was first
        jobs.took_last(it->record.job);
        continue;
      }
      return ask_page(host, it, now);
    }
    return end(host, it, "robots_disallowed", verdict.rule + " (line " + std::to_string(verdict.line) + ")", now);
  }
  if (errand != nullptr) return run_errand(host, *errand);
  want_refill(host);  // perhaps all that is at hand waits for a place
  if (!waits) place(host, now);
  return std::nullopt;
}

Decision Scheduler::take_out(Host& host, std::deque<Ready>::iterator which, Decision::Kind kind, TimePoint now) {
  Decision decision{kind, host.key, host.partition, which->url.origin()};
  decision.ready = std::move(*which);
  host.ready.erase(which);
  if (kind == Decision::Kind::fetch_page) host.limiter.start();
  want_refill(host);
  place(host, now);
  return decision;
}

Decision Scheduler::end(Host& host, std::deque<Ready>::iterator which, std::string_view reason, std::string rule,
                        TimePoint now) {
  Decision decision = take_out(host, which, Decision::Kind::end, now);
  decision.reason = reason;
  decision.rule = std::move(rule);
  return decision;
}

Decision Scheduler::ask_page(Host& host, std::deque<Ready>::iterator which, TimePoint now) {
  const bool retry = is_retry(*which);
  if (retry) retries_.take(now);
  Decision decision = take_out(host, which, Decision::Kind::fetch_page, now);
  decision.url = decision.ready->url;
  decision.retry = retry;
  if (decision.ready->record.role != frontier::Role::page) {
    ++*lists_;
    decision.place_of_list = std::shared_ptr<void>(nullptr, [lists = lists_](void*) { --*lists; });
  }
  return decision;
}

std::optional<Decision> Scheduler::ask_robots(Host& host, const std::string& origin, OriginRobots& robots,
                                              TimePoint now) {
  const bool retry = is_retry(robots.state);
  if (retry && !retries_.allows(now)) return std::nullopt;
  if (retry) retries_.take(now);
  Decision decision{Decision::Kind::fetch_robots, host.key, host.partition, origin, robots.target};
  decision.retry = retry;
  if (robots.elsewhere) {
    robots.state.asked_elsewhere(now);
    decision.kind = Decision::Kind::ask_elsewhere;
    place(host, now);
    return decision;
  }
  robots.state.fetching();
  host.limiter.start();
  return decision;
}

}  // namespace crawler
