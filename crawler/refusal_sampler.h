// Which refusals are told in the log: of each host the first ones for each reason and by each rule, then one of many,
// and none while too much of what was told waits for the disk. How many there were is in the books. Belongs to one
// worker's thread; owned by the log of refusals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "crawler/generations.h"
#include "frontier/keys.h"
#include "web/bytes.h"

namespace crawler {

class RefusalSampler {
 public:
  static constexpr std::uint32_t kFirst = 100, kThenEach = 100;  // of a reason
  static constexpr std::uint32_t kFirstOfRule = 3;
  static constexpr std::size_t kKinds = 1u << 14;  // hosts' reasons and rules; those unused for longest begin anew
  static constexpr web::Bytes kWaiting = web::mib(1);

  bool tells(std::string_view host, std::string_view reason, std::string_view rule) {
    const std::uint64_t of_reason = frontier::url_id(host, frontier::url_id(reason, 0));
    const std::uint32_t n = seen_.use(of_reason)++;
    const bool new_rule = seen_.use(frontier::url_id(rule, of_reason))++ < kFirstOfRule;
    return (n < kFirst || n % kThenEach == 0 || new_rule) && waiting_ < kWaiting.n;
  }
  void told(std::size_t bytes) { waiting_ += bytes; }
  void durable(std::size_t bytes) { waiting_ -= bytes; }

 private:
  Generations<std::uint32_t> seen_{kKinds};
  std::uint64_t waiting_ = 0;  // bytes that were told and are not on the disk
};

}  // namespace crawler
