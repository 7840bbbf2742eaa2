#include "crawler/simulation.h"

#include <algorithm>
#include <memory>

#include "crawler/sim_daemon.h"

namespace crawler {
namespace {

using limiter::Duration;
using limiter::TimePoint;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kPartitions = 16;
constexpr Duration kLeaseTtl = seconds(5);

class Simulation {
 public:
  explicit Simulation(const SimOptions& options)
      : options_(options),
        dice_(options.seed),
        web_(options, dice_, clock_),
        end_(SimClock::kStart + hours(options.hours)) {
    seed();
    for (int i = 0; i < options.daemons; ++i) daemons_.push_back(fresh(static_cast<std::size_t>(i)));
    for (int partition = 0; partition < kPartitions; ++partition) {
      daemons_[static_cast<std::size_t>(partition) % daemons_.size()]->own(partition, false);
    }
    if (options.faults) plan_faults();
    audit();
  }

  SimResult run() {
    clock_.run_until(end_);
    SimResult result;
    result.broken = web_.broken();
    result.broken.insert(result.broken.end(), broken_.begin(), broken_.end());
    result.faults = web_.faults();
    for (const auto& [fault, count] : faults_) result.faults[fault] += count;
    result.fates = frontier_.fates();
    result.requests = web_.arrivals();
    for (const auto& [fate, count] : result.fates) result.fated += count;
    result.urls = urls_;
    result.repeats = repeats_;
    measure(result);
    return result;
  }

 private:
  std::unique_ptr<SimDaemon> fresh(std::size_t which) {
    return std::make_unique<SimDaemon>(SimDaemon::World{clock_, dice_, web_, frontier_, options_, outage_, repeats_,
                                                        next_id_, "machine " + std::to_string(which)});
  }

  void seed() {
    int number = 0;
    for (auto& [name, host] : web_.hosts()) {
      const int partition = number++ % kPartitions;
      for (int i = 0; i < host.urls; ++i) {
        const std::string path = i % 10 == 9 ? "/private/" : "/";
        const std::string url = "http://" + name + path + std::to_string(i);
        frontier_.add(name, partition, {.url = url, .seed = url});
        ++urls_;
      }
    }
  }

  void sometimes(const std::string& fault, Duration low, Duration high, std::function<void()> what) {
    clock_.after(dice_.between(low, high), [this, fault, low, high, what] {
      ++faults_[fault];
      what();
      sometimes(fault, low, high, what);
    });
  }

  void plan_faults() {
    sometimes("kill -9 and restart", minutes(20), hours(3), [this] { kill(any()); });
    sometimes("hand-over", minutes(10), hours(1), [this] { hand_over(); });
    sometimes("standstill and lost lease", minutes(30), hours(3), [this] { stand_still(any()); });
    sometimes("clock step", minutes(30), hours(2),
              [this] { clock_.step_wall(dice_.chance(0.5) ? hours(1) : -hours(1)); });
    sometimes("link cut", hours(1), hours(5), [this] {
      outage_ = true;
      clock_.after(dice_.between(seconds(5), minutes(2)), [this] { outage_ = false; });
    });
  }

  std::size_t any() { return static_cast<std::size_t>(dice_.below(daemons_.size())); }

  // The folder's lock proves that the old one is gone: its partitions are the new one's at once.
  void kill(std::size_t which) {
    auto dead = std::move(daemons_[which]);
    dead->kill();
    daemons_[which] = fresh(which);
    SimDaemon* next = daemons_[which].get();
    clock_.after(dice_.between(std::chrono::milliseconds(100), seconds(2)), [next, partitions = dead->partitions()] {
      for (const int partition : partitions) {
        if (next->alive()) next->own(partition, true);
      }
    });
    graves_.push_back(std::move(dead));
  }

  void hand_over() {
    const std::size_t from = any(), to = (from + 1) % daemons_.size();
    const auto& has = daemons_[from]->partitions();
    if (has.size() < 2) return;
    const int partition = *std::next(has.begin(), static_cast<long>(dice_.below(has.size())));
    daemons_[from]->give_up(partition);
    take_when_free(partition, daemons_[from].get(), to);
  }

  void take_when_free(int partition, const SimDaemon* from, std::size_t to) {
    clock_.after(seconds(1), [this, partition, from, to] {
      if (owner(partition) == daemons_.size()) return daemons_[to]->own(partition, false);
      if (owner(partition) < daemons_.size() && daemons_[owner(partition)].get() == from) {
        take_when_free(partition, from, to);
      }
    });
  }

  std::size_t owner(int partition) const {
    for (std::size_t i = 0; i < daemons_.size(); ++i) {
      if (daemons_[i]->partitions().contains(partition)) return i;
    }
    return daemons_.size();
  }

  // Stopped for longer than the lease: the other takes over, and what wakes up owns nothing any more.
  void stand_still(std::size_t which) {
    const SimDaemon* stopped = daemons_[which].get();
    daemons_[which]->stall(clock_.now() + dice_.between(kLeaseTtl + seconds(1), seconds(60)));
    clock_.after(kLeaseTtl, [this, which, stopped] {
      if (daemons_[which].get() != stopped) return;  // killed meanwhile
      const std::set<int> lost = daemons_[which]->partitions();
      for (const int partition : lost) {
        daemons_[which]->lose(partition);
        daemons_[(which + 1) % daemons_.size()]->own(partition, true);
      }
    });
  }

  void audit() {
    clock_.after(minutes(10), [this] {
      if (!frontier_.balanced() && broken_.size() < 10) broken_.push_back("the books do not balance");
      audit();
    });
  }

  // Of hosts that are well: nobody is forgotten.
  void measure(SimResult& result) {
    Duration worked{}, explained{};
    TimePoint last = SimClock::kStart;
    for (auto& [name, host] : web_.hosts()) {
      const auto& queue = frontier_.host(name).queue;
      const bool open = !queue.empty();
      const Duration patience = 4 * host.delay + hours(3);
      if (open && !host.always_dead &&
          end_ - std::max(host.last_sign, host.dead ? host.dead->to : TimePoint{}) > patience &&
          end_ - SimClock::kStart > patience) {
        result.broken.push_back(name + " was forgotten: " + std::to_string(queue.size()) + " URLs are left");
      }
      if (host.arrivals < 2) continue;
      const Duration busy = (open ? end_ : host.last_arrival) - SimClock::kStart;
      worked += busy;
      explained += std::min(busy, open ? host.required : host.required - host.required_last);
      last = std::max(last, host.last_arrival);
    }
    result.lasted = last - SimClock::kStart;
    const double lasted_hours = std::chrono::duration<double, std::ratio<3600>>(result.lasted).count();
    if (lasted_hours > 0) result.pages_per_hour = static_cast<double>(result.fates["fetched"]) / lasted_hours;
    if (worked > Duration(0)) {
      result.utilisation = std::chrono::duration<double>(explained) / std::chrono::duration<double>(worked);
    }
  }

  const SimOptions options_;
  SimClock clock_;
  SimDice dice_;
  SimWeb web_;
  SimFrontier frontier_;
  TimePoint end_;
  bool outage_ = false;
  std::uint64_t repeats_ = 0, urls_ = 0, next_id_ = 1;
  std::vector<std::unique_ptr<SimDaemon>> daemons_;
  std::vector<std::unique_ptr<SimDaemon>> graves_;  // what they had begun may still arrive
  std::map<std::string, std::uint64_t> faults_;
  std::vector<std::string> broken_;
};

}  // namespace

SimResult simulate(const SimOptions& options) {
  return Simulation(options).run();
}

}  // namespace crawler
