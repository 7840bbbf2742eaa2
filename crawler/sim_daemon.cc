#include "crawler/sim_daemon.h"

#include <utility>

#include "limiter/backoff.h"

namespace crawler {
namespace {

using limiter::Duration;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kRoundTrip = milliseconds(1);  // of Redis
constexpr Duration kLook = milliseconds(20);      // at all owners
constexpr Duration kLongestStart = seconds(15);   // from entering the gate of an address to being sent
constexpr Duration kLongestHold = kLongestStart + seconds(60);
constexpr UrlLimits kUrlLimits{.retries = 3, .max_pushbacks = 4};

SchedulerOptions scheduler_options(const SimDaemon::World& world) {
  SchedulerOptions options;
  options.limits_of = [&world = world.web, share = world.options.planted_bug](const std::string& host) {
    limiter::HostLimits limits;
    limits.delay = Duration(static_cast<Duration::rep>(static_cast<double>(world.host(host).delay.count()) * share));
    return limits;
  };
  options.time_line = world.machine;
  return options;
}

}  // namespace

SimDaemon::SimDaemon(World world) : w_(world), scheduler_(scheduler_options(w_)) {}

void SimDaemon::later(Duration wait, std::function<void()> what) {
  w_.clock.after(wait, [this, life = life_, what = std::move(what)] {
    if (!*life) return;
    if (w_.clock.now() < stalled_until_) return later(stalled_until_ - w_.clock.now(), what);
    what();
  });
}

void SimDaemon::own(int partition, bool in_doubt) {
  if (lost_.erase(partition) > 0) forget(partition);
  partitions_.insert(partition);
  scheduler_.own(partition, {w_.clock.now(), in_doubt});
  w_.frontier.reclaim(partition);
  for (const auto& [name, host] : w_.frontier.hosts()) {
    if (host.partition == partition && !host.queue.empty()) scheduler_.has_urls(name, partition, w_.clock.now());
  }
  turn();
}

void SimDaemon::give_up(int partition) {
  if (!partitions_.contains(partition) || !leaving_.insert(partition).second) return;
  for (auto& [host, records] : scheduler_.leave(partition)) {
    for (auto& record : records) w_.frontier.back(host, std::move(record));
  }
  turn();
}

void SimDaemon::stall(limiter::TimePoint until) {
  stalled_until_ = until;
  fresh_ = false;
  w_.clock.at(until, [this, life = life_] {
    if (*life) later(kLook, [this] { notice(); });
  });
}

// The first look after a standstill: what is lost is dropped before anything counts as fresh again.
void SimDaemon::notice() {
  for (const int partition : std::exchange(lost_, {})) forget(partition);
  fresh_ = true;
  turn();
}

void SimDaemon::forget(int partition) {
  scheduler_.leave(partition);
  scheduler_.disown(partition);
}

void SimDaemon::leave_unheard(int partition) {
  const auto leave = [&](const std::string& host) {
    if (partition < 0 || w_.frontier.host(host).partition == partition) w_.web.unheard(host);
  };
  for (const auto& [id, flight] : flights_) leave(flight.decision.host);
  for (const std::string& host : unsettled_) leave(host);
}

void SimDaemon::lose(int partition) {
  leave_unheard(partition);
  partitions_.erase(partition);
  leaving_.erase(partition);
  lost_.insert(partition);
}

void SimDaemon::kill() {
  alive_ = *life_ = false;
  leave_unheard(-1);
}

void SimDaemon::refill() {
  for (const Scheduler::Refill& refill : scheduler_.refills()) {
    later(kRoundTrip, [this, refill] {
      if (!scheduler_.starts(refill.partition) || !holds(refill.partition))
        return scheduler_.taken(refill.host, "", {}, true, w_.clock.now(), w_.clock.wall());
      auto records = w_.frontier.take(refill.host, refill.count);
      const auto& host = w_.frontier.host(refill.host);
      scheduler_.taken(refill.host, host.state, std::move(records), !host.queue.empty(), w_.clock.now(),
                       w_.clock.wall());
      turn();
    });
  }
}

void SimDaemon::turn() {
  if (!alive_ || w_.clock.now() < stalled_until_) return;
  const std::uint64_t outages = network_.outages();
  if (outages != std::exchange(outages_, outages)) scheduler_.forgive(network_.since(), w_.clock.now());
  std::erase_if(leaving_, [this](int partition) {
    for (const auto& [id, flight] : flights_) {
      if (flight.decision.partition == partition) return false;
    }
    for (const std::string& host : unsettled_) {
      if (w_.frontier.host(host).partition == partition) return false;
    }
    partitions_.erase(partition);
    scheduler_.disown(partition);
    return true;
  });
  refill();
  const auto now = w_.clock.now();
  while (flights_.size() < w_.options.max_in_flight) {
    auto due = scheduler_.next_due();
    if (!due) return;
    if (*due <= now && network_.down() && !network_.probe(now)) due = network_.next_probe();
    if (*due > now) {
      if (*due < turn_at_ || turn_at_ <= now) {
        turn_at_ = *due;
        later(*due - now, [this] { turn(); });
      }
      return;
    }
    auto decision = scheduler_.next(now);
    if (decision) start(std::move(*decision));
    refill();
  }
}

void SimDaemon::start(Decision decision) {
  if (decision.kind == Decision::Kind::end) {
    w_.frontier.done(decision.host, decision.ready->record.url, decision.reason);
    return;
  }
  if (decision.kind == Decision::Kind::load_robots) {
    later(kRoundTrip, [this, host = decision.host, origin = decision.origin] {
      const auto& stored = w_.frontier.host(host).robots;
      const auto text = stored.find(origin);
      scheduler_.robots_loaded(host, origin, text == stored.end() ? std::nullopt : std::optional(text->second),
                               w_.clock.now(), w_.clock.wall());
      turn();
    });
    return;
  }
  const std::uint64_t id = w_.next_id++;
  Flight flight{.decision = std::move(decision), .begun = w_.clock.now()};
  const Host& host = *scheduler_.find(flight.decision.host);
  flight.probe = host.breaker.probing(w_.clock.now());
  flights_.emplace(id, std::move(flight));
  later(w_.dice.between(Duration(0), milliseconds(20)), [this, id] {  // name lookup, connect
    if (enter(id)) send(id);
  });
}

bool SimDaemon::enter(std::uint64_t id) {
  Flight& flight = flights_.at(id);
  const std::string& address = w_.web.host(flight.decision.host).address;
  if (address.empty()) return true;
  const auto now = w_.clock.now();
  const auto until = w_.frontier.enter(address, id, now, kLongestHold + w_.options.ip_delay);
  if (!until) {
    flight.entered = now;
    return true;
  }
  auto node = flights_.extract(id);
  Decision& decision = node.mapped().decision;
  if (scheduler_.not_started(decision, *until, now)) {
    turn();
  } else {
    flights_.insert(std::move(node));
    end(id, {.outcome = Outcome::put_back});
  }
  return false;
}

// The last look before bytes leave: what came back from a standstill finds its lease gone.
void SimDaemon::send(std::uint64_t id) {
  Flight& flight = flights_.at(id);
  const auto now = w_.clock.now();
  const bool ours = scheduler_.owns(flight.decision.partition);
  const bool late = flight.entered && now - *flight.entered > kLongestStart;
  if (!ours || !fresh_ || late || !scheduler_.may_send(flight.decision.host, now)) {
    return end(id, {.outcome = Outcome::put_back});
  }
  flight.sent = now;
  // What is under way arrives, whatever becomes of us.
  w_.clock.after(w_.dice.between(milliseconds(1), milliseconds(40)), [this, id] { arrive(id); });
}

void SimDaemon::arrive(std::uint64_t id) {
  Flight& flight = flights_.at(id);
  SimReply reply = w_.web.arrive(flight.decision.host, flight.decision.url.path_and_query(),
                                 w_.clock.now() - flight.begun, w_.outage);
  if (!alive_) return w_.web.unheard(flight.decision.host);
  const Duration whole = reply.whole;
  later(whole, [this, id, reply = std::move(reply)]() mutable { end(id, std::move(reply)); });
}

void SimDaemon::end(std::uint64_t id, SimReply reply) {
  auto node = flights_.extract(id);
  Flight& flight = node.mapped();
  const auto now = w_.clock.now();
  if (flight.entered) {
    const bool sent = flight.sent != limiter::TimePoint{};
    const std::string& address = w_.web.host(flight.decision.host).address;
    w_.frontier.leave(address, id, sent ? now + w_.options.ip_delay : now);
  }
  const bool heard = policy_of(reply.outcome).answered;
  bool our_own = false;
  const Host* host = scheduler_.find(flight.decision.host);
  if (heard) {
    network_.answered(flight.decision.host, now);
  } else if (policy_of(reply.outcome).blames_host) {
    our_own = network_.failed({flight.decision.host, host != nullptr && host->answers, false}, now);
  }
  HostReport report;
  report.outcome = reply.outcome;
  report.reached_out = reply.outcome != Outcome::put_back;
  report.exchange = {flight.sent, heard ? now - reply.whole + reply.first_byte : now, now, heard};
  report.retry_after = reply.retry_after;
  report.retry = flight.decision.retry;
  report.our_own = our_own;
  scheduler_.finished(flight.decision.host, report, now, w_.dice.uniform());
  if (!holds(flight.decision.partition)) {
    ++w_.repeats;  // fenced: its new owner asks again
  } else if (flight.decision.kind == Decision::Kind::fetch_robots) {
    finish_robots(flight, reply, our_own);
  } else {
    finish_page(std::move(flight), reply, our_own);
  }
  turn();
}

void SimDaemon::finish_robots(const Flight& flight, const SimReply& reply, bool our_own) {
  Host* host = scheduler_.find(flight.decision.host);
  if (host == nullptr) return;
  const auto now = w_.clock.now();
  limiter::RobotsState& state = host->robots.at(flight.decision.origin).state;
  if (reply.outcome == Outcome::put_back || our_own) {
    state.put_back();
    return scheduler_.changed(*host, now);
  }
  if (reply.outcome == Outcome::fetched)
    state.fetched(reply.robots, now, {});
  else if (reply.outcome == Outcome::http_4xx)
    state.unavailable(now);
  else
    state.unreachable(now, w_.dice.uniform());
  scheduler_.robots_changed(*host, flight.decision.origin, now);
  w_.frontier.host(host->key).robots[flight.decision.origin] = state.encode(w_.clock.wall(), now);
  save(host->key);
}

void SimDaemon::finish_page(Flight flight, const SimReply& reply, bool our_own) {
  const std::string host = flight.decision.host;
  frontier::Record record = std::move(flight.decision.ready->record);
  const bool blamed = !our_own && !flight.probe;
  const Next next = next_for_url(reply.outcome, blamed, record, kUrlLimits);
  // What ends is settled when its records are on the disk, all else at once.
  const Duration wait = next == Next::end ? w_.dice.between(milliseconds(1), milliseconds(100)) : kRoundTrip;
  unsettled_.insert(host);
  later(wait, [this, host, record = std::move(record), next, outcome = reply.outcome]() mutable {
    unsettled_.erase(unsettled_.find(host));
    if (holds(w_.frontier.host(host).partition))
      settle(host, next, outcome, std::move(record));
    else
      ++w_.repeats;
    turn();
  });
}

void SimDaemon::settle(const std::string& host, Next next, Outcome outcome, frontier::Record record) {
  const int partition = w_.frontier.host(host).partition;
  save(host);
  switch (next) {
    case Next::end:
    case Next::refuse:
      w_.frontier.done(host, record.url, policy_of(outcome).fate);
      return;
    case Next::wait: {
      const std::string url = record.url;
      ++record.attempts;
      const auto wait = limiter::backoff_wait(seconds(1), std::chrono::minutes(5), record.attempts, w_.dice.uniform());
      if (!w_.frontier.wait(host, std::move(record))) return;
      // Redis wakes it for whoever owns the host then.
      w_.clock.after(wait, [&frontier = w_.frontier, url] { frontier.wake(url); });
      later(wait + kRoundTrip, [this, host, partition] {
        if (scheduler_.owns(partition)) scheduler_.has_urls(host, partition, w_.clock.now());
        turn();
      });
      return;
    }
    case Next::yield:
      ++record.pushbacks;
      break;
    case Next::back:
      break;
  }
  if (w_.frontier.back(host, std::move(record))) scheduler_.has_urls(host, partition, w_.clock.now());
}

void SimDaemon::save(const std::string& key) {
  const Host* host = scheduler_.find(key);
  if (host != nullptr && host->loaded)
    w_.frontier.host(key).state = host->encode(w_.clock.now(), w_.clock.wall(), w_.machine);
}

}  // namespace crawler
