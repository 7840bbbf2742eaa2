// One request on its way through a worker: what was decided, and what it holds until it is settled.
// Belongs to its worker's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "crawler/fetcher.h"
#include "crawler/scheduler.h"
#include "frontier/record.h"
#include "limiter/host_limiter.h"
#include "web/url.h"

namespace crawler {

struct RobotsObeyed {  // which robots.txt a page was allowed by
  std::string digest;  // empty: there was none
  limiter::Duration age{};
  limiter::TimePoint as_of{};  // when it was that old
};

struct Flight {
  std::uint64_t id = 0;  // 0: of a URL that was never asked for
  Decision::Kind kind = Decision::Kind::fetch_page;
  std::string host;  // politeness key
  int partition = 0;
  std::string origin;
  frontier::Record record;  // of a page
  web::Url url;
  std::uint64_t errand = 0;                   // Decision::errand
  limiter::TimePoint due{};                   // when the host's delay was over
  limiter::HostLimiter::Terms terms;          // as they were when it left
  std::optional<RobotsObeyed> robots;         // of a page: as it was decided, then as it left
  std::optional<limiter::Duration> ip_delay;  // of the gate of its address, where it goes through one
  bool at_gate = false;                       // and stands before it
  bool probe = false;                         // the host's breaker is half-open
  bool retry = false;                         // not the first request for this, of whatever kind
  std::shared_ptr<void> place_of_list;        // Decision::place_of_list
};

}  // namespace crawler
