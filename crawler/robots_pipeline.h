// From the end of a robots.txt request to the verdict on its origin: judged, archived, kept with the host (RFC
// 9309 2.3.1). Lives on its worker's loop thread; owned by the worker.
#pragma once

#include <functional>
#include <random>
#include <string>

#include "crawler/committer.h"
#include "crawler/counters.h"
#include "crawler/flight.h"
#include "crawler/robots_answer.h"
#include "crawler/robots_errands.h"
#include "crawler/settler.h"
#include "crawler/shared.h"
#include "frontier/frontier.h"
#include "storage/segment.h"

namespace crawler {

class RobotsPipeline {
 public:
  struct Parts {  // all outlive the pipeline
    Shared& shared;
    Scheduler& scheduler;
    frontier::RedisFrontier& frontier;
    Settler& settler;
    storage::Segment& segment;
    Committer& committer;
    WorkerCounters& counters;
    std::function<void()> wake;
  };
  explicit RobotsPipeline(Parts parts);

  // The request is over, and the scheduler knows it. `no_such_host`: the name has no address, and that is certain.
  // `our_own`: it failed by an outage of ours, and says nothing.
  void finish(const Flight& flight, FetchResult result, bool no_such_host, bool our_own);

  // What the store knew of an origin.
  void loaded(const std::string& host, const std::string& origin, const frontier::StoredRobots& stored);

  RobotsErrands& errands() { return errands_; }

 private:
  void finish_errand(const Flight& flight, FetchResult result, bool no_such_host);
  std::string archive(const Flight& flight, const FetchResult& result);  // the body's digest
  void take(Host& host, const std::string& origin, RobotsAnswer answer);
  void judge(Host& host, const std::string& origin, RobotsAnswer answer);
  bool follow(const Host& host, const std::string& origin, OriginRobots& robots, const RobotsAnswer& answer) const;

  Parts p_;
  RobotsErrands errands_;
  std::minstd_rand random_;
};

}  // namespace crawler
