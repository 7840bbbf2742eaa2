// The JSON lines of the feed, the fetch log and the log of refusals.
// Pure functions; any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "crawler/fetcher.h"
#include "crawler/flight.h"
#include "frontier/record.h"
#include "limiter/host_limiter.h"
#include "storage/segment.h"

namespace crawler {

// RFC 3339 in UTC with milliseconds: "2026-01-31T23:59:59.123Z".
std::string rfc3339(std::chrono::system_clock::time_point time);

struct PageLine {  // feed/pages-*.jsonl: one done URL
  const frontier::Record& record;
  const FetchResult& result;
  std::string_view fate;
  std::string_view content_type, charset, title;
  std::size_t links_found = 0;
  std::string location;  // where a redirect leads
  bool parse_bounded = false;
  const storage::RecordPlace* place = nullptr;  // null: nothing was stored
};
std::string page_line(const PageLine& page);

// log/fetches-*.jsonl: one request as the host saw it.
std::string fetch_line(const Flight& flight, const FetchResult& result, const limiter::HostLimiter::Ledger& ledger,
                       int worker, std::string_view lease);

// log/refused-*.jsonl
std::string refused_line(std::string_view url, std::string_view reason, std::string_view rule, std::string_view via,
                         std::chrono::system_clock::time_point now);

}  // namespace crawler
