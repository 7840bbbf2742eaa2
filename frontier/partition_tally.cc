#include "frontier/partition_tally.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "lua_tally.h"

namespace frontier {
namespace {

constexpr Script kTally{lua_tally, lua_tally_sha1};
constexpr int kTries = 4;  // while hosts come and go

using Counters = std::map<std::string, std::int64_t>;

Counters counters_of(const Reply& reply) {
  Counters counters;
  for (std::size_t i = 5; i + 1 < reply.size(); i += 2) {
    counters.emplace(reply.at(i).text(), reply.at(i + 1).integer());
  }
  return counters;
}

}  // namespace

std::int64_t Tally::difference() const {
  return std::llabs(queued.counted - queued.held) + std::llabs(in_flight.counted - in_flight.held) +
         std::llabs(waiting.counted - waiting.held);
}

struct PartitionTally::Count {
  int partition;
  Done done;
  int tries = 0;
  std::set<std::string> found;  // where there are many: the hosts, each once, though a scan may name one twice
  std::vector<std::string> hosts;
  Counters before;
  Tally tally;
};

std::vector<Script> PartitionTally::scripts() {
  return {kTally};
}

void PartitionTally::compare(int partition, Done done) {
  count_all(std::make_shared<Count>(Count{.partition = partition, .done = std::move(done)}), {});
}

void PartitionTally::call(const CountPtr& count, const std::string& most, const std::vector<std::string>& hosts,
                          RedisConnection::Callback heard) {
  std::vector<std::string> keys;
  for (const char* name : {"counts", "flight", "wait", "active", "cold"}) {
    keys.push_back(keys_.of(count->partition, name));
  }
  std::vector<std::string_view> args = {most};
  for (const std::string& host : hosts) {
    for (const Priority priority : {Priority::high, Priority::normal, Priority::low}) {
      keys.push_back(keys_.queue(count->partition, host, priority));
    }
    args.push_back(host);
  }
  redis_.script(kTally, keys, args, std::move(heard));
}

// In one call: the hosts are those which the call before has named.
void PartitionTally::count_all(const CountPtr& count, const std::vector<std::string>& hosts) {
  call(count, std::to_string(most_), hosts, [this, count](const Reply& reply) {
    if (reply.lost()) return;
    if (reply.at(0).text() == "MANY") return list_hosts(count, "0");
    if (reply.at(0).text() == "CHANGED") {
      if (++count->tries > kTries) return count->done(std::nullopt);
      std::vector<std::string> active;
      for (std::size_t i = 1; i < reply.size(); ++i) active.emplace_back(reply.at(i).text());
      return count_all(count, active);
    }
    Counters counters = counters_of(reply);
    count->done(Tally{{counters["queued"], reply.at(1).integer()},
                      {counters["in_flight"], reply.at(2).integer()},
                      {counters["waiting"], reply.at(3).integer()}});
  });
}

void PartitionTally::list_hosts(const CountPtr& count, const std::string& cursor) {
  const std::string key = keys_.of(count->partition, "active"), page = std::to_string(most_);
  redis_.command({"SSCAN", key, cursor, "COUNT", page}, [this, count](const Reply& reply) {
    if (reply.lost()) return;
    for (std::size_t i = 0; i < reply.at(1).size(); ++i) count->found.emplace(reply.at(1).at(i).text());
    const std::string next(reply.at(0).text());
    if (next != "0") return list_hosts(count, next);
    count->hosts.assign(count->found.begin(), count->found.end());
    count->found.clear();
    count_some(count, 0);
  });
}

// In slices: they are of one moment if no counter moved from the first to the last.
void PartitionTally::count_some(const CountPtr& count, std::size_t from) {
  const std::size_t end = std::min(count->hosts.size(), from + most_);
  const std::vector<std::string> hosts(count->hosts.begin() + static_cast<std::ptrdiff_t>(from),
                                       count->hosts.begin() + static_cast<std::ptrdiff_t>(end));
  call(count, "", hosts, [this, count, from, end](const Reply& reply) {
    if (reply.lost()) return;
    Counters counters = counters_of(reply);
    if (from == 0) count->before = counters;
    const bool still = counters == count->before;
    if (!still || reply.at(4).integer() != static_cast<std::int64_t>(count->hosts.size())) {
      return count->done(std::nullopt);
    }
    count->tally.queued.held += reply.at(1).integer();
    if (end < count->hosts.size()) return count_some(count, end);
    count->tally.queued.counted = counters["queued"];
    count->tally.in_flight = {counters["in_flight"], reply.at(2).integer()};
    count->tally.waiting = {counters["waiting"], reply.at(3).integer()};
    count->done(count->tally);
  });
}

}  // namespace frontier
