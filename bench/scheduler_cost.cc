// What the scheduler and its gates cost by request, with few hosts and with many. Prints one line a size.
#include <time.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "crawler/scheduler.h"

namespace {

using crawler::Decision;
using crawler::Outcome;
using limiter::Duration;
using limiter::TimePoint;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr int kPartition = 7;
constexpr limiter::WallMs kWall{1'800'000'000'000};
constexpr TimePoint kStart{seconds(1000)};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Hosts with one delay, each with URLs without end; all time is made up.
class Bench {
 public:
  explicit Bench(int hosts) : scheduler_(options()) {
    scheduler_.own(kPartition, {kStart, false});
    for (int i = 0; i < hosts; ++i) scheduler_.has_urls("h" + std::to_string(i) + ".example", kPartition, kStart);
  }

  // Lives through `requests`; what the frontier would do is not counted.
  double run(int requests) {
    double counted = 0;
    for (int done = 0; done < requests;) {
      refill();
      const double begun = cpu_seconds();
      for (int turn = 0; turn < 64; ++turn) done += step() ? 1 : 0;
      counted += cpu_seconds() - begun;
    }
    return counted / requests;
  }
  double refill_cost() const { return taken_ > 0 ? refilling_ / static_cast<double>(taken_) : 0; }

 private:
  static crawler::SchedulerOptions options() {
    crawler::SchedulerOptions options;
    options.limits_of = [](const std::string&) { return limiter::HostLimits{.delay = seconds(1)}; };
    return options;
  }

  bool step() {
    const auto due = scheduler_.next_due();
    if (due && *due > now_) now_ = *due;
    auto decision = scheduler_.next(now_);
    if (!decision) return false;
    if (decision->kind == Decision::Kind::load_robots) {
      const std::string kept = "1 k " + std::to_string(kWall.count()) + " 0\nUser-agent: *\nDisallow: /private\n";
      scheduler_.robots_loaded(decision->host, decision->origin, kept, now_, kWall);
      return false;
    }
    if (!scheduler_.may_send(decision->host, now_)) return false;
    const TimePoint sent = now_;
    now_ += nanoseconds(700);
    crawler::HostReport report{.outcome = Outcome::fetched, .reached_out = true};
    report.exchange = {sent, sent + milliseconds(20), sent + milliseconds(25), true};
    scheduler_.finished(decision->host, report, sent + milliseconds(25), 0.5);
    return true;
  }

  void refill() {
    const auto wanted = scheduler_.refills();
    std::vector<std::vector<frontier::Record>> records;
    for (const auto& refill : wanted) {
      auto& list = records.emplace_back();
      for (int i = 0; i < refill.count; ++i) {
        list.push_back({.url = "http://" + refill.host + "/section/page-" + std::to_string(next_page_++) + ".html"});
      }
      taken_ += list.size();
    }
    const double begun = cpu_seconds();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      scheduler_.taken(wanted[i].host, "", std::move(records[i]), true, now_, kWall);
    }
    refilling_ += cpu_seconds() - begun;
  }

  crawler::Scheduler scheduler_;
  TimePoint now_ = kStart;
  std::uint64_t next_page_ = 0, taken_ = 0;
  double refilling_ = 0;
};

}  // namespace

int main() {
  for (const int hosts : {100, 10'000, 100'000}) {
    Bench bench(hosts);
    bench.run(hosts * 2);  // every host is known, and was asked
    const double cost = bench.run(500'000);
    std::printf("%7d hosts: scheduler and gate %6.3f us per request, taking a URL up %6.3f us\n", hosts, cost * 1e6,
                bench.refill_cost() * 1e6);
  }
}
