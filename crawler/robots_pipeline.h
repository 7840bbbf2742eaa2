// From the end of a robots.txt request to the verdict on its origin: judged, archived, kept with the host (RFC
// 9309 2.3.1). Lives on its worker's loop thread; owned by the worker.
#pragma once

#include <random>
#include <string>

#include "crawler/committer.h"
#include "crawler/counters.h"
#include "crawler/flight.h"
#include "crawler/robots_answer.h"
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
  };
  explicit RobotsPipeline(Parts parts) : p_(parts), random_(std::random_device{}()) {}

  // The request is over, and the scheduler knows it. `no_such_host`: the name has no address, and that is certain.
  // `our_own`: it failed by an outage of ours, and says nothing.
  void finish(const Flight& flight, FetchResult result, bool no_such_host, bool our_own);

 private:
  std::string archive(const Flight& flight, const FetchResult& result);  // the body's digest
  void take(Host& host, const std::string& origin, RobotsAnswer answer);
  void judge(Host& host, const std::string& origin, RobotsAnswer answer);
  bool follow(OriginRobots& robots, const RobotsAnswer& answer) const;

  Parts p_;
  std::minstd_rand random_;
};

}  // namespace crawler
