// What one host, or one job, may use: pages, bytes and time, each with a limit or without. Says which of them is used
// up, and by which rule. A plain value; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "limiter/time.h"
#include "web/bytes.h"

namespace crawler {

struct Spent {
  std::int64_t pages = 0;                 // ended by their request
  web::Bytes bytes;                       // received, as FetchResult::wire_bytes counts
  std::optional<limiter::Duration> time;  // since it began; absent: it has not
};

class Budget {
 public:
  enum class Kind { pages, bytes, time };
  struct Limits {  // absent: none
    std::optional<std::int64_t> pages;
    std::optional<web::Bytes> bytes;
    std::optional<limiter::Duration> time;
  };

  Budget() = default;                       // without a limit
  Budget(std::string whose, Limits limits)  // "host", "job"
      : whose_(std::move(whose)), limits_(limits) {}

  bool limited() const { return limits_.pages || limits_.bytes || limits_.time; }
  std::optional<Kind> used_up(const Spent& spent) const;  // all else ends
  // For one page more, where so many were begun that may yet count.
  bool has_room(const Spent& spent, std::int64_t begun) const;
  // Nothing: none is limited, or it has not begun.
  std::optional<limiter::Duration> time_left(const Spent& spent) const;
  std::string rule(Kind kind) const;  // "budget.host_pages = 7"

 private:
  std::string whose_;
  Limits limits_;
};

}  // namespace crawler
