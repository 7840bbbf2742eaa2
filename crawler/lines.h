// The JSON lines of the feed, the fetch log and the log of refusals.
// Pure functions; any thread.
#pragma once

#include <chrono>
#include <optional>
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

struct FetchLine {  // log/fetches-*.jsonl: one request as the host saw it
  const Flight& flight;
  const FetchResult& result;
  std::optional<limiter::Duration> gap;   // since the first byte of the one before, where this process knows it
  std::optional<limiter::Duration> hold;  // how long the answer makes the host wait
  int worker = 0;
  std::string_view lease;
  std::string_view boot;  // whose clock the times in nanoseconds are of
  std::string_view agent;
};
std::string fetch_line(const FetchLine& line);

// log/refused-*.jsonl
std::string refused_line(std::string_view url, std::string_view reason, std::string_view rule, std::string_view via,
                         std::chrono::system_clock::time_point now);

}  // namespace crawler
