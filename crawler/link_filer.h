// From what a page says to the frontier: what it leads to, each judged, and the sitemaps that the robots.txt of its
// origin names. Long lists go in slices: each is confirmed before the next, which has a turn of the loop of its own, so
// that neither the loop nor Redis is held up. Lives on its worker's loop thread; owned by the page pipeline.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crawler/counters.h"
#include "crawler/flight.h"
#include "crawler/link_judge.h"
#include "crawler/mailbox.h"
#include "crawler/page_reader.h"
#include "crawler/refusal_log.h"
#include "crawler/scheduler.h"
#include "crawler/shared.h"
#include "crawler/traps.h"
#include "frontier/frontier.h"

namespace crawler {

class LinkFiler {
 public:
  struct Parts {  // all outlive the filer
    Shared& shared;
    Scheduler& scheduler;
    frontier::RedisFrontier& frontier;
    const Traps& traps;
    Mailbox& mailbox;  // of the loop
    const PageReader& reader;
    RefusalLog& refusals;
    WorkerCounters& counters;
  };
  explicit LinkFiler(Parts parts);

  // Files what `reading` leads to, a redirect's target among it; `status` is the answer's. `flight` must live until
  // `done`, which is told whether something may not be there: `lost` of the frontier.
  void file(const Flight& flight, int status, PageReading reading, std::function<void(bool lost)> done);

  void stop() { stopped_ = true; }  // no further slices

  std::string trap(const Ready& ready) const { return judge_.trap(ready); }  // SchedulerOptions::trap

 private:
  struct Filing;

  void file_slice(const std::shared_ptr<Filing>& filing);
  void count(const frontier::AddCount& count);
  bool name_sitemaps(const Flight& flight, std::vector<frontier::Discovery>& into);
  void sitemaps_named(const Flight& flight);
  OriginRobots* robots_of(const Flight& flight);
  frontier::Record redirected(const Flight& flight, int status, const web::Url& target) const;
  frontier::Discovery discover(const Flight& flight, const web::Url& url, const web::Url& page, bool nofollow,
                               frontier::Record record);

  Parts p_;
  LinkJudge judge_;
  bool stopped_ = false;
};

}  // namespace crawler
