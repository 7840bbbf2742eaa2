// Takes the question for a robots.txt that a redirect put on another host to the partition of that host, and the answer
// back, by way of Redis: both may belong to any worker of any daemon (docs/decisions/0006-robots-on-another-host.md).
// Lives on its worker's loop thread; owned by the worker.
#pragma once

#include <functional>
#include <string>

#include "crawler/flight.h"
#include "crawler/robots_answer.h"
#include "crawler/scheduler.h"
#include "crawler/shared.h"
#include "frontier/frontier.h"

namespace crawler {

class RobotsErrands {
 public:
  struct Parts {  // all outlive the errands
    Shared& shared;
    Scheduler& scheduler;
    frontier::RedisFrontier& frontier;
    // An origin of ours that waited has its answer, or will get none.
    std::function<void(Host& host, const std::string& origin, RobotsAnswer answer)> answered;
    std::function<void()> wake;
  };
  explicit RobotsErrands(Parts parts) : p_(std::move(parts)) {}

  // For an origin of ours.
  void ask(const std::string& host, const std::string& origin);
  void restore(Host& host, const std::string& origin, const std::string& asked);  // frontier::StoredRobots::asked
  void withdraw(Host& host, const std::string& origin);                           // its answer is not wanted any more

  // For origins of others.
  void take_up(int partition);  // all errands of a partition that has become ours
  void answer(const Flight& flight, const RobotsAnswer& answer);

  void heard(int partition, const frontier::News& news);

 private:
  void run(int partition, frontier::Errand errand);
  void arrived(int partition, const std::string& origin);
  void hear_answer(const std::string& host, const std::string& origin, const std::string& question,
                   std::string_view text);
  int partition_of(const web::Url& url) const;

  Parts p_;
};

}  // namespace crawler
