#include "crawler/scheduler.h"

#include <algorithm>

namespace crawler {
namespace {

constexpr int kTakenToEnd = 100;  // URLs of a blocked host at a time

using limiter::RobotsState;

}  // namespace

Host* Scheduler::find(const std::string& key) {
  const auto entry = hosts_.find(key);
  return entry == hosts_.end() ? nullptr : entry->second.get();
}

const Host* Scheduler::find(const std::string& key) const {
  const auto entry = hosts_.find(key);
  return entry == hosts_.end() ? nullptr : entry->second.get();
}

Host& Scheduler::take_up(const std::string& key, int partition) {
  if (Host* known = find(key)) return *known;
  auto host = std::make_unique<Host>(key, partition, options_.limits_of(key));
  host->number = next_host_++;
  host->held = options_.held && options_.held(key);
  if (options_.levers_of) host->order(options_.levers_of(key));
  return *hosts_.emplace(key, std::move(host)).first->second;
}

void Scheduler::has_urls(const std::string& key, int partition, TimePoint now) {
  if (!owns(partition)) return;
  Host& host = take_up(key, partition);
  host.more = true;
  want_refill(host);
  place(host, now);
}

// A host with a long delay is kept one or two URLs ahead, a fast one a whole batch.
int Scheduler::low_mark(const Host& host) const {
  const limiter::Duration delay = host.limiter.delay();
  if (delay >= std::chrono::seconds(1)) return 1;
  return delay >= std::chrono::milliseconds(50) ? std::min(2, options_.take_batch) : options_.take_batch / 2;
}

void Scheduler::want_refill(Host& host) {
  if (!host.more || host.taking || (host.held && !host.blocked()) || host.paused() ||
      leaving_.contains(host.partition) || static_cast<int>(host.ready.size()) > low_mark(host))
    return;
  host.taking = true;
  hungry_.push_back(host.key);
}

std::vector<Scheduler::Refill> Scheduler::refills() {
  std::vector<Refill> out;
  for (const std::string& key : std::exchange(hungry_, {})) {
    Host* host = find(key);
    if (host == nullptr) continue;
    host->taking = !host->paused();
    if (!host->taking) continue;
    const int ahead = host->blocked() ? kTakenToEnd : 2 * low_mark(*host) - static_cast<int>(host->ready.size());
    out.push_back({key, host->partition, std::max(1, ahead)});
  }
  return out;
}

void Scheduler::taken(const std::string& key, const std::string& state, std::vector<frontier::Record> records,
                      bool more, TimePoint now, limiter::WallMs wall_now) {
  Host* host = find(key);
  if (host == nullptr) return;
  host->taking = false;
  host->more = more;
  if (!host->loaded) {
    host->loaded = true;
    host->saved_state = state;
    host->restore(state, owned_.at(host->partition), options_.breaker, now, wall_now, options_.time_line);
  }
  for (auto& record : records) {
    auto url = web::parse_url(record.url);
    if (!url) continue;  // the frontier holds normal forms only
    host->ready.push_back({std::move(record), std::move(*url)});
  }
  want_refill(*host);
  place(*host, now);
}

void Scheduler::unplace(Host& host) {
  if (!host.queued) return;
  ready_.erase({host.due, host.number, &host});
  host.queued = false;
}

void Scheduler::queue(Host& host, TimePoint due) {
  host.due = due;
  host.queued = true;
  ready_.insert({host.due, host.number, &host});
}

void Scheduler::place(Host& host, TimePoint now) {
  unplace(host);
  const bool errand = next_errand(host) != nullptr;
  if ((host.ready.empty() && !errand) || host.paused() || leaving_.contains(host.partition)) return;
  if (host.blocked()) {  // its URLs end without a request
    if (!host.ready.empty()) queue(host, now);
    return;
  }
  if (host.held || !host.limiter.room()) return;
  if (host.breaker.probing(now) && host.limiter.in_flight() > 0) return;
  // Where every URL at hand waits for the same unreachable robots.txt, the host waits with them.
  TimePoint due = errand ? TimePoint::min() : TimePoint::max();
  for (const Ready& ready : host.ready) {
    due = std::min(due, from(host, ready, now));
    if (due == TimePoint::min()) break;
  }
  const bool end = gave_up(host) && !host.ready.empty();
  queue(host, end ? now : std::max({due, host.limiter.next(), host.breaker.next(), host.address_free}));
}

std::optional<Scheduler::TimePoint> Scheduler::next_due() const {
  if (ready_.empty()) return std::nullopt;
  return ready_.begin()->due;
}

std::optional<Decision> Scheduler::next(TimePoint now) {
  while (!ready_.empty() && ready_.begin()->due <= now) {
    Host& host = *ready_.begin()->host;
    unplace(host);
    if (auto decision = decide(host, now)) return decision;
  }
  return std::nullopt;
}

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

Scheduler::TimePoint Scheduler::from(const Host& host, const Ready& ready, TimePoint now) const {
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
  if (host.blocked()) return end_blocked(host, now);
  bool waits = false;
  if (gave_up(host) && !host.ready.empty()) {
    Decision decision{Decision::Kind::end, host.key, host.partition, {}, {}, std::move(host.ready.front()), {}, {}};
    host.ready.pop_front();
    decision.reason = "retries_exhausted";
    decision.rule = "the host failed, and failed each of " + std::to_string(host.breaker.failed_probes()) +
                    " probes after it had been left alone";
    want_refill(host);
    place(host, now);
    return decision;
  }
  RobotsErrand* const errand = next_errand(host);
  if (errand != nullptr && host.errand_turn) return run_errand(host, *errand);
  host.errand_turn = true;
  for (auto it = host.ready.begin(); it != host.ready.end(); ++it) {
    const std::string origin = it->url.origin();
    const auto [entry, fresh] = host.robots.try_emplace(origin);
    OriginRobots& robots = entry->second;
    if (fresh) robots.target = *web::parse_url(web::robots_url(it->url));
    robots.used = next_use_++;
    Decision decision{Decision::Kind::end, host.key, host.partition, origin, {}, {}, {}, {}};
    auto take_ready = [&] {
      decision.ready = std::move(*it);
      host.ready.erase(it);
      want_refill(host);
    };
    switch (robots.state.step(now, options_.robots)) {
      case RobotsState::Step::load:
        if (is_retry(*it) && !retries_.allows(now)) continue;  // no use for it yet
        robots.state.loading();
        decision.kind = Decision::Kind::load_robots;
        return decision;
      case RobotsState::Step::wait:
        waits = true;
        continue;
      case RobotsState::Step::later:
        continue;
      case RobotsState::Step::fetch:
        if (is_retry(robots.state)) {
          if (!retries_.allows(now)) {
            if (robots.state.in_force(now)) break;
            continue;
          }
          retries_.take(now);
          decision.retry = true;
        }
        if (robots.elsewhere) {
          robots.state.asked_elsewhere(now);
          decision.kind = Decision::Kind::ask_elsewhere;
          decision.url = robots.target;
          place(host, now);
          return decision;
        }
        robots.state.fetching();
        host.limiter.start();
        decision.kind = Decision::Kind::fetch_robots;
        decision.url = robots.target;
        return decision;
      case RobotsState::Step::hopeless:
        take_ready();
        decision.reason = robots.state.why();
        decision.rule = "the host of " + origin + " cannot be asked";
        place(host, now);
        return decision;
      case RobotsState::Step::gave_up:
        take_ready();
        decision.reason = "robots_unreachable";
        decision.rule =
            "robots.txt of " + origin + " could not be had in " + std::to_string(robots.state.attempts()) + " attempts";
        place(host, now);
        return decision;
      case RobotsState::Step::ready:
        break;
    }
    if (is_retry(*it) && !retries_.allows(now)) continue;
    const web::RobotsRules::Verdict verdict = robots.state.check(it->url.path_and_query());
    take_ready();
    if (!verdict.allowed) {
      decision.reason = "robots_disallowed";
      decision.rule = verdict.rule + " (line " + std::to_string(verdict.line) + ")";
      place(host, now);
      return decision;
    }
    decision.retry = is_retry(*decision.ready);
    if (decision.retry) retries_.take(now);
    host.limiter.start();
    decision.kind = Decision::Kind::fetch_page;
    decision.url = decision.ready->url;
    place(host, now);
    return decision;
  }
  if (errand != nullptr) return run_errand(host, *errand);
  if (!waits) place(host, now);
  return std::nullopt;
}

Account Scheduler::finished(const std::string& key, const HostReport& report, TimePoint now, double random) {
  if (report.retry && !report.reached_out) retries_.put_back(now);
  if (!report.retry && report.reached_out) retries_.sent_first(now);
  Host* host = find(key);
  if (host == nullptr) return {};
  Account account;
  if (report.reached_out) {
    const auto ledger = host->limiter.finish(report.exchange);
    account.gap = ledger.gap;
    account.violation = ledger.violation;
  } else {
    host->limiter.put_back();
  }
  account.hold = judge(*host, report, now, random);
  want_refill(*host);
  place(*host, now);
  return account;
}

std::optional<limiter::Duration> Scheduler::judge(Host& host, const HostReport& report, TimePoint now, double random) {
  const OutcomePolicy& policy = policy_of(report.outcome);
  if (policy.blames_host && !report.our_own) {
    if (host.failures++ == 0) host.failing_since = now;
    host.answers = false;
    host.limiter.failed();
    // A URL that failed before says nothing new of its host, unless nobody is there at all.
    const bool nobody = report.outcome == Outcome::connect || report.outcome == Outcome::dns;
    if (!report.retry || nobody || host.breaker.probing(now)) host.breaker.failed(now, options_.breaker, random);
  } else if (policy.answered) {
    host.answers = true;
    host.failures = 0;
    host.breaker.succeeded(report.exchange.ended - report.exchange.sent, now, options_.breaker, random);
    if (policy.pushback) return host.limiter.push_back(report.retry_after, now, random);
    host.limiter.recovered();
  }
  return std::nullopt;
}

void Scheduler::forgive(TimePoint since, TimePoint now) {
  for (auto& [key, host] : hosts_) {
    if (host->failures == 0 || host->failing_since < since) continue;
    host->breaker.reset();
    while (host->failures > 0) {
      --host->failures;
      host->limiter.recovered();
    }
    for (auto& [origin, robots] : host->robots) robots.state.forgive();
    place(*host, now);
  }
}

void Scheduler::changed(Host& host, TimePoint now) {
  place(host, now);
}

bool Scheduler::may_send(const std::string& key, TimePoint now) const {
  const auto host = hosts_.find(key);
  if (host == hosts_.end() || host->second->stopped()) return false;
  const limiter::HostLimiter& gate = host->second->limiter;
  return now >= gate.next(gate.in_flight() - 1);  // it is one of them itself
}

}  // namespace crawler
