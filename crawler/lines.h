// The JSON lines of the feed, the fetch log and the log of refusals. Each begins with the URL, and the tag of its
// request (frontier::Request) where that is more than a GET. Pure functions; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "crawler/fetcher.h"
#include "crawler/flight.h"
#include "crawler/page_reader.h"
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
  const PageReading& reading;
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
struct RefusedLine {
  std::string_view url;
  std::string request;  // Request::tag
  std::string_view reason, rule, via;
  std::chrono::system_clock::time_point at;
};
std::string refused_line(const RefusedLine& line);

}  // namespace crawler
