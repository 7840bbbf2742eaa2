// From the end of a page's request to its settlement: judge the outcome, read the page, add its links, append its
// records, and settle once both are safe (docs/life-of-a-url.md). Lives on its worker's loop thread; owned by the
// worker.
#pragma once

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "crawler/committer.h"
#include "crawler/counters.h"
#include "crawler/flight.h"
#include "crawler/link_judge.h"
#include "crawler/next_for_url.h"
#include "crawler/refusal_sampler.h"
#include "crawler/settler.h"
#include "crawler/shared.h"
#include "crawler/traps.h"
#include "frontier/frontier.h"
#include "frontier/recent_filter.h"
#include "storage/segment.h"
#include "web/bytes.h"

namespace crawler {

class PagePipeline {
 public:
  struct Parts {  // all outlive the pipeline
    Shared& shared;
    Scheduler& scheduler;
    frontier::RedisFrontier& frontier;
    Settler& settler;
    Traps& traps;
    storage::Segment& segment;
    Committer& committer;
    WorkerCounters& counters;
    std::function<bool()> reload_to_come;  // which puts back what Redis holds in flight and nobody here does
  };
  explicit PagePipeline(Parts parts);

  // The request of a page is over, and the scheduler knows it. `blamed`: a failure counts against the page.
  void finish(Flight flight, FetchResult result, bool blamed);

  // Ends a URL without an answer of its own: `reason` is a fate or a reason of refusal.
  void end_unasked(const std::string& host, int partition, frontier::Record record, std::string_view reason,
                   const std::string& rule, web::Bytes received = {});

  std::string trap(const Ready& ready) const { return judge_.trap(ready); }  // SchedulerOptions::trap

 private:
  struct Reading;  // what a page said
  void go_on(Next next, Flight flight, FetchResult result);
  void drop(const Flight& flight);  // Redis holds another state: whether it is fetched again is told there
  void teach_traps(const Flight& flight, const FetchResult& result, const std::string& digest);
  void keep(const Flight& flight, const FetchResult& result);
  storage::RecordPlace archive(const Flight& flight, const FetchResult& result);
  void store(Flight flight, FetchResult result, std::string_view fate, Reading reading);
  Reading read(const Flight& flight, const FetchResult& result);
  void read_redirect(const Flight& flight, const FetchResult& result, Reading& reading);
  void read_html(const Flight& flight, const FetchResult& result, Reading& reading);
  void discover(const Flight& flight, const web::Url& target, bool nofollow, frontier::Record record, Reading& reading);
  void log_refusal(const std::string& host, const std::string& url, std::string_view reason, const std::string& rule,
                   const std::string& via);
  void tell_seed(const frontier::Record& record, std::string_view fate, const std::string& rule);
  double random() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  Parts p_;
  LinkJudge judge_;
  std::minstd_rand random_;
  frontier::RecentFilter logged_refusals_;
  RefusalSampler refusals_;
};

}  // namespace crawler
