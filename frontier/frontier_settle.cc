// RedisFrontier::settle: what was taken ends, waits or goes back.
#include <algorithm>
#include <utility>

#include "frontier/frontier.h"
#include "frontier/script_keys.h"
#include "lua_settle.h"

namespace frontier {
namespace {

constexpr Script kSettle{lua_settle, lua_settle_sha1};

std::string_view verb_name(Verb verb) {
  switch (verb) {
    case Verb::done:
      return "done";
    case Verb::refused:
      return "refused";
    case Verb::wait:
      return "wait";
    case Verb::back:
      break;
  }
  return "back";
}

SettleAnswer answer_of(const Reply& reply) {
  if (reply.lost()) return SettleAnswer::lost;
  return reply.at(0).text() == "FENCED" ? SettleAnswer::fenced : SettleAnswer::ok;
}

}  // namespace

bool RedisFrontier::is_upgradable(std::string_view reason) const {
  return std::find(options_.upgradable.begin(), options_.upgradable.end(), reason) != options_.upgradable.end();
}

bool RedisFrontier::is_noted_fate(std::string_view fate) const {
  return std::find(options_.fates.begin(), options_.fates.end(), fate) != options_.fates.end();
}

void RedisFrontier::settle(int partition, const std::string& host, std::string_view host_state,
                           const std::vector<Settlement>& settlements, std::function<void(SettleAnswer)> done) {
  const std::uint32_t buckets = buckets_[static_cast<std::size_t>(partition)];
  KeyTable table({keys_.of(partition, "owner"), keys_.of(partition, "counts"), keys_.of(partition, "flight"),
                  keys_.of(partition, "active"), keys_.of(partition, "hosts"), keys_.of(partition, "wait"),
                  keys_.of(partition, "news"), keys_.of(partition, "jobs")});
  std::vector<std::string> arguments, received;
  arguments.reserve(settlements.size());
  received.reserve(settlements.size());
  std::vector<std::string_view> args = {options_.fence, host, host_state, ""};
  std::string noted;  // bucket count and number of codes, where a bucket is named
  const auto note = [&](const Settlement& s, bool leaves_seen) {
    noted = std::to_string(buckets) + " " + std::to_string(options_.reasons.size());
    const std::uint64_t id = url_id(s.id, options_.hash_key);
    const std::uint32_t bucket = bucket_of(id, buckets);
    std::string text = std::string(s.name) + " " + table.index(keys_.out(partition, bucket)) + " " +
                       std::to_string(id & kOutIdMask) + " " + reason_code(options_.reasons, s.name);
    if (leaves_seen) text += " " + table.index(keys_.seen(partition, bucket)) + " " + std::to_string(id);
    arguments.push_back(std::move(text));
  };
  for (const Settlement& s : settlements) {
    received.push_back(std::to_string(s.received.n));
    std::string_view verb = verb_name(s.verb);
    switch (s.verb) {
      case Verb::done:
        if (!s.asked) verb = "unasked";
        if (is_noted_fate(s.name)) {
          note(s, false);
        } else {
          arguments.emplace_back(s.name);
        }
        break;
      case Verb::refused:
        // What may be overruled leaves `seen`, so that a later discovery finds it in `out` alone.
        if (is_upgradable(s.name)) {
          verb = "undone";
          recent_.forget(recent_id(url_id(s.id, options_.hash_key), s.job));
        }
        note(s, is_upgradable(s.name));
        break;
      case Verb::wait:
        arguments.push_back(std::to_string(s.wait.count()) + " " + s.record->encode());
        break;
      case Verb::back:
        arguments.push_back(table.index(keys_.queue(partition, host, s.record->priority)) + " " + s.record->encode());
        break;
    }
    args.insert(args.end(), {s.id, verb, received.back(), arguments.back()});
  }
  args[3] = noted;
  if (noted.empty()) {
    return redis_.script_for_state(kSettle, table.keys(), args,
                                   [done = std::move(done)](const Reply& reply) { done(answer_of(reply)); });
  }
  // Where a bucket was split since, it is said again with the buckets as they are now.
  auto again = std::make_shared<std::pair<std::string, std::vector<Settlement>>>(host_state, settlements);
  redis_.script_for_state(
      kSettle, table.keys(), args, [this, partition, host, again, done = std::move(done)](const Reply& reply) mutable {
        if (reply.at(0).text() != "RETRY") return done(answer_of(reply));
        buckets_[static_cast<std::size_t>(partition)] = static_cast<std::uint32_t>(reply.at(1).integer());
        settle(partition, host, again->first, again->second, std::move(done));
      });
}

}  // namespace frontier
