// RedisFrontier::add: from discovered URLs to one script call per partition.
#include <algorithm>
#include <utility>

#include "frontier/frontier.h"
#include "frontier/script_keys.h"
#include "lua_add.h"

namespace frontier {
namespace {

constexpr Script kAdd{lua_add, lua_add_sha1};
constexpr std::size_t kChunk = 100;  // URLs per script call: bounds a call's time, and the splits one call may owe

// A repeat is settled locally only if it asks for what was granted before: queued, or refused.
std::uint64_t filter_id(std::uint64_t id, bool refused) {
  return refused ? ~id : id;
}

}  // namespace

struct RedisFrontier::Placed {
  std::string host, what;  // what: "+HOST\nRECORD", "CODE:NAME JOB", or of a forced one "TOKEN HOST\nRECORD"
  std::uint64_t id = 0, recent = 0;
  bool refused = false, force = false;
  Priority priority = Priority::normal;
  bool in_host = false;
};

std::uint64_t RedisFrontier::recent_id(std::uint64_t id, std::string_view job) const {
  return job.empty() ? id : id ^ url_id(job, options_.hash_key);
}

struct RedisFrontier::AddCall {
  AddCount count;
  std::function<void(const AddCount&)> done;
  std::size_t open = 0;
};

void RedisFrontier::add(std::vector<Discovery> discoveries, std::function<void(const AddCount&)> done) {
  auto call = std::make_shared<AddCall>();
  call->done = std::move(done);
  std::map<int, std::vector<Placed>> by_partition;
  for (Discovery& d : discoveries) {
    const std::uint64_t id = url_id(d.record.id(), options_.hash_key);
    const std::uint64_t recent = recent_id(id, d.record.job);
    const bool refused = !d.refused.empty();
    if (!d.force && !d.asked && (recent_.knows(filter_id(recent, refused)) || (refused && recent_.knows(recent)))) {
      ++call->count.known;
      ++call->count.filtered;
      call->count.known_in_host += d.in_host ? 1 : 0;
      call->count.filtered_in_host += d.in_host ? 1 : 0;
      continue;
    }
    std::string what;
    if (refused) {
      what = reason_code(options_.reasons, d.refused) + ":";
      what.append(d.refused).append(" ").append(d.record.job);
    } else {
      if (!d.force)
        what = "+";
      else if (d.token.empty())
        what = std::to_string(life_) + "-" + std::to_string(++forced_) + " ";
      else
        what = d.token + " ";
      what.append(d.host).append("\n").append(d.record.encode());
    }
    const int partition = partition_of(d.host);
    by_partition[partition].push_back(
        {std::move(d.host), std::move(what), id, recent, refused, d.force, d.record.priority, d.in_host});
  }
  call->open = by_partition.size() + 1;
  for (auto& [partition, items] : by_partition) {
    add_chunk(call, partition, std::make_shared<std::vector<Placed>>(std::move(items)), 0);
  }
  if (--call->open == 0) call->done(call->count);
}

// One chunk after another, since each may split a bucket and so make the next one's bucket count stale.
void RedisFrontier::add_chunk(std::shared_ptr<AddCall> call, int partition, std::shared_ptr<std::vector<Placed>> items,
                              std::size_t from) {
  const std::uint32_t buckets = buckets_[static_cast<std::size_t>(partition)];
  const std::uint32_t source = split_source(buckets);
  KeyTable table({keys_.of(partition, "counts"), keys_.of(partition, "news"), keys_.of(partition, "active"),
                  keys_.seen(partition, source), keys_.seen(partition, buckets), keys_.out(partition, source),
                  keys_.out(partition, buckets), keys_.of(partition, "jobs")});
  std::vector<std::string> owned = {std::to_string(buckets), codes_, upgradable_codes_, fate_codes_};
  const std::size_t end = std::min(items->size(), from + kChunk);
  for (std::size_t i = from; i < end; ++i) {
    const Placed& item = (*items)[i];
    const std::uint32_t bucket = bucket_of(item.id, buckets);
    owned.push_back(table.index(keys_.seen(partition, bucket)));
    owned.push_back(table.index(keys_.out(partition, bucket)));
    owned.push_back(item.refused ? "1" : table.index(keys_.queue(partition, item.host, item.priority)));
    owned.push_back(std::to_string(item.id));
    owned.push_back(std::to_string(item.id & kOutIdMask));
    owned.push_back(item.force ? "!" + table.index(keys_.of(partition, "forced")) + " " + item.what : item.what);
  }
  const std::vector<std::string_view> args(owned.begin(), owned.end());
  redis_.script_for_state(kAdd, table.keys(), args, [this, call, partition, items, from, end](const Reply& reply) {
    if (reply.lost()) {
      call->count.lost = true;
      if (--call->open == 0) call->done(call->count);
      return;
    }
    buckets_[static_cast<std::size_t>(partition)] = static_cast<std::uint32_t>(reply.at(1).integer());
    if (reply.at(0).text() == "RETRY") return add_chunk(call, partition, items, from);
    const std::string_view digits = reply.at(2).text();
    bool queued = false;
    for (std::size_t i = from; i < end && i - from < digits.size(); ++i) {
      const char digit = digits[i - from];
      ++(digit == '1' ? call->count.fresh : digit == '2' ? call->count.upgraded : call->count.known);
      call->count.known_in_host += digit == '0' && (*items)[i].in_host ? 1 : 0;
      queued |= digit != '0' && !(*items)[i].refused;
      recent_.remember(filter_id((*items)[i].recent, (*items)[i].refused));
    }
    if (queued && news_) news_(partition);
    if (end < items->size()) return add_chunk(call, partition, items, end);
    if (--call->open == 0) call->done(call->count);
  });
}

}  // namespace frontier
