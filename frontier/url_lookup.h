// Where a URL is in the frontier, and how it ended: for people. Reads only, needs no lease, and looks at a bounded
// number of records; where the URL may be among those it did not look at, it says so.
// Lives on its connection's loop thread; owned by whoever asks.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontier/frontier.h"
#include "frontier/keys.h"
#include "frontier/queue_packing.h"
#include "frontier/record.h"

namespace frontier {

struct UrlFacts {
  enum class Place { nowhere, flight, wait, queue };

  std::string error;     // why Redis did not tell; then nothing else holds
  bool seen = false;     // it was queued once
  std::string_view end;  // reason or fate that is noted of it; empty: none. Static storage
  Place place = Place::nowhere;
  std::optional<Record> record;           // where it has a place
  std::chrono::milliseconds due_in{0};    // of one that waits; below zero: overdue
  bool complete = true;                   // false: it may be among those that were not looked at
  std::int64_t queued = 0, waiting = 0;   // of its host; of its partition
  std::optional<std::string> robots_txt;  // what is kept of its origin's

  bool ended() const { return place == Place::nowhere && complete && (seen || !end.empty()); }
};

class UrlLookup {
 public:
  static constexpr std::size_t kRecords = 2000;  // of each list and of those that wait
  static constexpr std::size_t kBlocks = 128;    // of its host's packed queues, the nearest to their turn
  static Script script();

  // The options' reasons are those of who writes; its fence is not used.
  UrlLookup(RedisConnection& redis, FrontierOptions options);

  void rekey(std::uint64_t hash_key);  // of another namespace, from the next question on

  // `id` is of a record (Record::id), `host` its politeness key. Asked once: what fails is told.
  void find(const std::string& id, const std::string& host, const std::string& origin,
            std::function<void(UrlFacts)> done);

 private:
  struct Search;
  using SearchPtr = std::shared_ptr<Search>;
  static bool failed(const Reply& reply, Search& search);  // and is over with that
  void ask(const SearchPtr& search);
  void look_into_blocks(const SearchPtr& search);

  RedisConnection& redis_;
  FrontierOptions options_;
  Keys keys_;
  std::string codes_;
  std::vector<std::uint32_t> buckets_;  // per partition, as last heard
};

}  // namespace frontier
