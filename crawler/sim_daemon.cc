#include "crawler/sim_daemon.h"

#include <utility>

namespace crawler {
namespace {

using limiter::Duration;
using std::chrono::milliseconds;

constexpr Duration kLook = milliseconds(20);  // at all owners

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

}  // namespace crawler
