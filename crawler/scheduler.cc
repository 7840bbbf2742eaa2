#include "crawler/scheduler.h"

#include <algorithm>

namespace crawler {
namespace {

constexpr int kTakenToEnd = 100;  // URLs at a time, where all of a host end unasked
constexpr int kMostReading = 2;   // pages of a host: one, and the next in line

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
  if (host.taking) return;
  count_beyond(host);
  if (!host.more || (host.held && !host.blocked()) || host.paused() || leaving_.contains(host.partition) ||
      at_hand(host) > low_mark(host))
    return;
  host.taking = true;
  hungry_.push_back(host.key);
}

std::vector<Scheduler::Refill> Scheduler::refills() {
  std::vector<Refill> out;
  for (const std::string& key : std::exchange(hungry_, {})) {
    Host* host = find(key);
    if (host == nullptr) continue;
    const bool ends = host->blocked() || host->used_up;
    const int low = low_mark(*host), ready = at_hand(*host);
    host->taking = !host->paused() && (ends || ready <= low);  // other hosts may have got the memory meanwhile
    if (!host->taking) continue;
    const int count = ends ? kTakenToEnd : std::max(1, 2 * low - ready);
    count_beyond(*host, count);
    out.push_back({key, host->partition, count});
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

bool Scheduler::pause_refill(const std::string& key) {
  Host* host = find(key);
  if (host == nullptr || host->taking) return false;
  return host->taking = true;
}

void Scheduler::resume_refill(const std::string& key) {
  Host* host = find(key);
  if (host == nullptr) return;
  host->taking = false;
  want_refill(*host);
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
  const Spent spent = host.spent.as_of(now);
  host.used_up = options_.budget.used_up(spent);
  const bool errand = next_errand(host) != nullptr;
  if ((host.ready.empty() && !errand) || host.paused() || leaving_.contains(host.partition)) return;
  if (host.blocked()) {  // its URLs end without a request
    if (!host.ready.empty()) queue(host, now);
    return;
  }
  if (host.held || !host.limiter.room() || host.reading >= kMostReading) return;
  if (host.breaker.probing(now) && host.limiter.in_flight() > 0) return;
  // Where every URL at hand waits for the same unreachable robots.txt, the host waits with them.
  TimePoint due = errand ? TimePoint::min() : TimePoint::max();
  JobWalk jobs(options_.jobs);
  for (const Ready& ready : host.ready) {
    due = std::min(due, from(host, ready, jobs, now));
    if (due == TimePoint::min()) break;
  }
  const bool end = (gave_up(host) || host.used_up) && !host.ready.empty();
  if (!end && !errand && !has_room(host, now)) return;  // until it is known what became of the page in flight
  due = end ? now : std::max({due, host.limiter.next(), host.breaker.next(), host.address_free});
  const auto left = options_.budget.time_left(spent);
  if (left && !host.ready.empty()) due = std::min(due, now + *left);  // what it holds ends then, and waits no longer
  queue(host, due);
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

Account Scheduler::finished(const std::string& key, const HostReport& report, TimePoint now, double random) {
  if (report.retry && !report.reached_out) retries_.put_back(now);
  if (!report.retry && report.reached_out) retries_.sent_first(now);
  Host* host = find(key);
  if (host == nullptr) return {};
  Account account;
  if (report.reached_out) {
    host->spent.asked(report.exchange.sent, report.received);
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

void Scheduler::reading_begins(const std::string& key, TimePoint now) {
  Host* host = find(key);
  if (host == nullptr) return;
  ++host->reading;
  place(*host, now);
}

// Of a host that was given away meanwhile and came back nothing is known of it.
void Scheduler::reading_ends(const std::string& key, TimePoint now) {
  Host* host = find(key);
  if (host == nullptr || host->reading == 0) return;
  --host->reading;
  place(*host, now);
}

void Scheduler::changed(Host& host, TimePoint now) {
  place(host, now);
}

bool Scheduler::may_send(const std::string& key, TimePoint now) const {
  const Host* host = find(key);
  if (host == nullptr || host->stopped()) return false;
  const limiter::HostLimiter& gate = host->limiter;
  return now >= gate.next(gate.in_flight() - 1);  // it is one of them itself
}

}  // namespace crawler
