// Reads the books of all partitions and knows when the crawl is finished.
// Lives on the control loop; owned by the daemon.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "crawler/redis_trust.h"
#include "crawler/status.h"
#include "frontier/frontier.h"

namespace crawler {

class Bookkeeper {
 public:
  Bookkeeper(frontier::RedisFrontier& frontier, RedisTrust& trust) : frontier_(frontier), trust_(trust) {}

  // One look at the inbox and then at every partition. `done` may be empty. Where Redis is not the one that we know any
  // more, or another look has begun meanwhile, a look counts for nothing: then the next that does calls `done`.
  void read(std::function<void()> done);
  void read_last(std::function<void()> done);  // whatever is under way: one that begins now
  bool reading() const { return reading_; }

  // finished() is to be found out anew: something is being added that no look has seen.
  void start_over();

  const Books& books() const { return books_; }
  std::int64_t imbalance() const { return imbalance_; }
  std::int64_t pages() const { return pages_; }  // that are done by a request, whatever came of it
  const std::map<std::string, std::int64_t>& fates() const { return fates_; }
  const std::map<std::string, std::int64_t>& refusals() const { return refusals_; }

  // Everything that ever entered has left, and the inbox was empty before that: by two looks, the leaving summed in the
  // earlier and the entering in the later, since partitions are read one after the other.
  bool finished() const { return finished_; }

 private:
  struct Look;
  void begin(std::function<void()> done);
  void close(const Look& look);

  frontier::RedisFrontier& frontier_;
  RedisTrust& trust_;
  Books books_;
  std::map<std::string, std::int64_t> fates_, refusals_;
  std::int64_t imbalance_ = 0, pages_ = 0, last_left_ = -1;
  bool last_inbox_empty_ = false, reading_ = false, finished_ = false;
  std::vector<std::function<void()>> waiting_;  // for a look that counts
  std::uint64_t round_ = 0;                     // of read_last(): an older look that is still under way does not count
};

}  // namespace crawler
