#include "frontier/cold_queues.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>

#include "frontier/record_block.h"
#include "frontier/script_keys.h"
#include "lua_peek.h"
#include "lua_repack.h"

namespace frontier {
namespace {

constexpr Script kPeek{lua_peek, lua_peek_sha1};
constexpr Script kRepack{lua_repack, lua_repack_sha1};
constexpr std::array<Priority, 3> kPriorities = {Priority::high, Priority::normal, Priority::low};
constexpr std::size_t kNoHead = std::numeric_limits<std::int32_t>::max();

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    if (&line != &lines.front()) text.push_back('\n');
    text.append(line);
  }
  return text;
}

Repacked answer_of(const Reply& reply) {
  if (reply.lost()) return Repacked::lost;
  const std::string_view word = reply.at(0).text();
  return word == "FENCED" ? Repacked::fenced : word == "CHANGED" ? Repacked::changed : Repacked::done;
}

// The operations of one call of repack.lua.
class Operations {
 public:
  Operations(std::vector<std::string> keys, std::vector<std::string> arguments)
      : table_(std::move(keys)), arguments_(std::move(arguments)) {}

  void head(const std::string& key, const std::vector<std::string>& gone, const std::vector<std::string>& come) {
    arguments_.insert(arguments_.end(), {"head", table_.index(key), std::to_string(gone.size()), joined(gone)});
    append(come);
  }
  void block(std::string_view end, const std::string& key, const std::string& gone,
             const std::vector<std::string>& come) {
    arguments_.insert(arguments_.end(), {std::string(end), table_.index(key), gone});
    append(come);
  }
  void send(RedisConnection& redis, ColdQueues::Done done) const {
    const std::vector<std::string_view> arguments(arguments_.begin(), arguments_.end());
    redis.script(kRepack, table_.keys(), arguments,
                 [done = std::move(done)](const Reply& reply) { done(answer_of(reply)); });
  }

 private:
  void append(const std::vector<std::string>& come) {
    arguments_.push_back(std::to_string(come.size()));
    arguments_.insert(arguments_.end(), come.begin(), come.end());
  }

  KeyTable table_;
  std::vector<std::string> arguments_;
};

}  // namespace

struct ColdQueues::Job {
  int partition;
  std::string host;
  Done done;
  std::string index;  // as read
  Heads heads;
  std::map<QueueClass, std::string> tails;
  std::size_t unread = 0;  // tails
};

std::vector<Script> ColdQueues::scripts() {
  return {kPeek, kRepack};
}

std::string ColdQueues::blocks(const Job& job, QueueClass c) const {
  return keys_.cold(job.partition, job.host, c.name());
}

std::vector<std::string> ColdQueues::keys_of(const Job& job) const {
  std::vector<std::string> keys = {keys_.of(job.partition, "owner"), keys_.of(job.partition, "cold")};
  for (const Priority priority : kPriorities) keys.push_back(keys_.queue(job.partition, job.host, priority));
  return keys;
}

void ColdQueues::peek(const JobPtr& job, std::size_t longest_head, std::function<void(ColdIndex)> then) {
  const std::string longest = std::to_string(longest_head), most = std::to_string(kPackedAtOnce);
  redis_.script(kPeek, keys_of(*job), {fence_, job->host, longest, most},
                [job, then = std::move(then)](const Reply& reply) {
                  if (answer_of(reply) != Repacked::done) return job->done(answer_of(reply));
                  job->index = reply.at(1).text();
                  for (std::size_t i = 0; i < job->heads.size(); ++i) {
                    const Reply head = reply.at(2 + i);
                    for (std::size_t n = 0; n < head.size(); ++n) job->heads[i].emplace_back(head.at(n).text());
                  }
                  auto index = ColdIndex::parse(job->index);
                  if (!index) return job->done(Repacked::damaged);
                  then(std::move(*index));
                });
}

void ColdQueues::pack(int partition, const std::string& host, Done done) {
  auto job = std::make_shared<Job>(Job{partition, host, std::move(done), {}, {}, {}});
  peek(job, kLongestHead, [this, job](ColdIndex index) {
    auto packing = Packing::begin(job->heads, std::move(index));
    if (!packing) return job->done(Repacked::damaged);
    if (packing->empty()) return job->done(Repacked::done);
    read_tails(job, std::move(*packing));
  });
}

void ColdQueues::read_tails(const JobPtr& job, Packing packing) {
  const std::vector<QueueClass> wanted = packing.extended();
  auto kept = std::make_shared<Packing>(std::move(packing));
  job->unread = wanted.size() + 1;
  const auto one_less = [this, job, kept] {
    if (--job->unread > 0) return;
    for (const auto& [c, tail] : job->tails) {
      if (!unpack_records(tail)) return set_aside(job, "last", c, tail, kept->index());
    }
    const auto plan = kept->plan(job->tails);
    if (!plan) return job->done(Repacked::damaged);
    write_pack(job, *plan);
  };
  for (const QueueClass c : wanted) {
    const std::string key = blocks(*job, c);
    redis_.command({"LINDEX", key, "-1"}, [job, c, one_less](const Reply& reply) {
      if (!reply.lost()) job->tails[c] = reply.text();
      one_less();
    });
  }
  one_less();
}

void ColdQueues::write_pack(const JobPtr& job, const PackPlan& plan) {
  Operations operations(keys_of(*job), {fence_, job->host, job->index, plan.index.text()});
  for (std::size_t i = 0; i < kPriorities.size(); ++i) {
    if (!plan.heads[i].changed) continue;
    operations.head(keys_.queue(job->partition, job->host, kPriorities[i]), job->heads[i], plan.heads[i].records);
  }
  for (const auto& [c, tail] : plan.tails) operations.block("last", blocks(*job, c), tail.gone, tail.blocks);
  const bool more =
      std::any_of(job->heads.begin(), job->heads.end(), [](const auto& head) { return head.size() == kPackedAtOnce; });
  operations.send(redis_, [this, job, more](Repacked answer) {
    if (!more || answer != Repacked::done) return job->done(answer);
    pack(job->partition, job->host, std::move(job->done));
  });
}

void ColdQueues::unpack(int partition, const std::string& host, const std::string& queue_class, std::size_t at_most,
                        Done done) {
  auto job = std::make_shared<Job>(Job{partition, host, std::move(done), {}, {}, {}});
  const auto c = QueueClass::parse(queue_class);
  if (!c) return job->done(Repacked::damaged);
  peek(job, kNoHead, [this, job, c = *c, at_most](const ColdIndex& index) {
    const std::string key = blocks(*job, c);
    redis_.command({"LINDEX", key, "0"}, [this, job, c, at_most, index](const Reply& reply) {
      if (reply.lost()) return job->done(Repacked::lost);
      const std::string block(reply.text());
      const auto plan = plan_unpack(c, block, at_most, index);
      if (plan) return write_unpack(job, c, block, *plan);
      if (index.of(c) == 0) return job->done(Repacked::changed);
      set_aside(job, "first", c, block, index);
    });
  });
}

void ColdQueues::set_aside(const JobPtr& job, std::string_view end, QueueClass c, const std::string& block,
                           const ColdIndex& index) {
  const std::string from = blocks(*job, c);
  redis_.command({"LLEN", from}, [this, job, end, c, block, index, from](const Reply& reply) {
    if (reply.lost()) return job->done(Repacked::lost);
    const ColdIndex without = without_block(c, block, static_cast<std::size_t>(reply.integer()), index);
    Operations operations(keys_of(*job), {fence_, job->host, job->index, without.text()});
    if (!block.empty()) {  // else the list itself is gone, and only the index knows of it
      operations.block(end, from, block, {});
      operations.block("last", blocks(*job, {c.priority, c.depth, true}), "", {block});
    }
    operations.send(redis_,
                    [job](Repacked answer) { job->done(answer == Repacked::done ? Repacked::damaged : answer); });
  });
}

void ColdQueues::write_unpack(const JobPtr& job, QueueClass c, const std::string& block, const UnpackPlan& plan) {
  Operations operations(keys_of(*job), {fence_, job->host, job->index, plan.index.text()});
  std::vector<std::string> rest;
  if (!plan.rest.empty()) rest.push_back(plan.rest);
  operations.block("first", blocks(*job, c), block, rest);
  operations.head(keys_.queue(job->partition, job->host, c.priority), {}, plan.records);
  operations.send(redis_, job->done);
}

}  // namespace frontier
