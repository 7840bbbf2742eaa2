// From the end of a page's request to its settlement: judge the outcome, read the page, add its links, append its
// records, and settle once both are safe (docs/life-of-a-url.md). Lives on its worker's loop thread; owned by the
// worker.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "crawler/committer.h"
#include "crawler/counters.h"
#include "crawler/flight.h"
#include "crawler/link_filer.h"
#include "crawler/mailbox.h"
#include "crawler/next_for_url.h"
#include "crawler/off_loop.h"
#include "crawler/page_reader.h"
#include "crawler/refusal_log.h"
#include "crawler/settler.h"
#include "crawler/shared.h"
#include "crawler/traps.h"
#include "frontier/frontier.h"
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
    OffLoop& off_loop;
    Mailbox& mailbox;  // of the loop
    WorkerCounters& counters;
    std::function<bool()> reload_to_come;  // which puts back what Redis holds in flight and nobody here does
  };
  explicit PagePipeline(Parts parts);

  // The request of a page is over, and the scheduler knows it. `blamed`: a failure counts against the page.
  void finish(Flight flight, FetchResult result, bool blamed);

  // Nothing is read, filed or appended from here on; what is not settled stays in flight in Redis.
  void stop();

  // Ends a URL without an answer of its own: `reason` is a fate or a reason of refusal.
  void end_unasked(const std::string& host, int partition, frontier::Record record, std::string_view reason,
                   const std::string& rule, web::Bytes received = {});

  std::string trap(const Ready& ready) const { return filer_.trap(ready); }  // SchedulerOptions::trap

 private:
  // What is on its way from its answer to its settlement. `losses`: of Redis, when it was answered, so that links which
  // one state of Redis has do not end their page in another.
  struct Passage {
    Flight flight;
    FetchResult result;
    std::uint64_t losses;
    web::Headers headers;     // of the answer
    bool takes_long = false;  // to read: its host is told
    bool lists = false;       // URLs, perhaps by the ten thousand: one of those at a time

    PageAnswer answer() const {
      return {flight.url, flight.record.role, result.outcome, headers, result.body, !result.truncated.empty()};
    }
  };
  struct Stored;  // what stays of it while it waits for Redis and the disk

  void go_on(Next next, Flight flight, FetchResult result);
  void drop(const Flight& flight);  // Redis holds another state: whether it is fetched again is told there
  void teach_traps(const Flight& flight, const FetchResult& result, const std::string& digest);
  void keep(const Flight& flight, const FetchResult& result);
  storage::RecordPlace archive(const Flight& flight, const FetchResult& result);
  void read(Passage passage);
  void begin_reading(Passage passage);
  void finish_read(Passage passage, PageReading reading);
  void store(Passage passage, std::string_view fate, PageReading reading);
  void end_list();
  void settle(Stored& stored);
  void tell_seed(const frontier::Record& record, std::string_view fate, const std::string& rule);
  double random() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  Parts p_;
  PageReader reader_;
  std::minstd_rand random_;
  RefusalLog refusals_;
  LinkFiler filer_;
  std::deque<Passage> lists_;  // answers that list URLs and wait to be read; bounded by the permits they hold
  bool list_under_way_ = false, stopped_ = false;
};

}  // namespace crawler
