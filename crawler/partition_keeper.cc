#include "crawler/partition_keeper.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "crawler/boot_clock.h"

namespace crawler {
namespace {

// How often the waiting URLs are looked at where none was known to wait: a retry of another life may be there.
constexpr limiter::Duration kLookAgain = std::chrono::seconds(10);

}  // namespace

std::string PartitionKeeper::host_of(const std::string& text) const {
  const auto url = web::parse_url(text);
  return url ? p_.shared.config.politeness_key(*url) : std::string();
}

void PartitionKeeper::own(int partition, limiter::Ownership owned) {
  const auto held = partitions_.find(partition);
  if (held != partitions_.end()) {
    held->second.returning = owned;
    return;
  }
  p_.scheduler.own(partition, owned);
  if (owned.in_doubt) p_.counters.takeovers.add();
  partitions_[partition] = {};
  load(partition);
}

// What is in flight in Redis and not with us was left by a life before ours, or by a lost reply: back to its queue.
void PartitionKeeper::load(int partition) {
  ++loading_;
  partitions_[partition].loaded = false;
  p_.frontier.flight(partition, [this, partition](std::vector<frontier::Record> records) {
    std::map<std::string, std::vector<frontier::Record>> left;
    for (auto& record : records) {
      if (!p_.settler.holds(record.id())) left[host_of(record.url)].push_back(std::move(record));
    }
    for (auto& [host, urls] : left) p_.settler.put_back(host, partition, std::move(urls));
    // No host is known, so none can be asked, before the operator's orders are.
    p_.levers.load(partition, [this, partition] { load_hosts(partition); });
  });
}

void PartitionKeeper::load_hosts(int partition) {
  p_.frontier.active_hosts(partition, [this, partition](std::vector<std::string> hosts) {
    --loading_;
    const auto state = partitions_.find(partition);
    if (state != partitions_.end()) {
      state->second.loaded = true;
      state->second.next_wake = {};
      for (const std::string& host : hosts) p_.scheduler.has_urls(host, partition, boot_now());
      p_.errands.take_up(partition);
      poll(partition);
    }
    p_.wake();
  });
}

// The pages of a host are those of Redis' books. What only we know, as when it was asked last, is written anew; its
// robots.txt is asked for again, so that whoever has the host after us finds a copy, and the Crawl-delay in it.
void PartitionKeeper::recall() {
  p_.scheduler.forget_robots();
  std::map<int, std::vector<std::string>> loaded;
  p_.scheduler.visit([&loaded](const Host& host) {
    if (host.loaded) loaded[host.partition].push_back(host.key);
  });
  for (auto& [of, keys] : loaded) {
    ++loading_;
    p_.frontier.host_states(of, keys, [this, partition = of, keys](const std::vector<std::string>& states) {
      --loading_;
      for (std::size_t i = 0; i < keys.size(); ++i) {
        Host* host = p_.scheduler.find(keys[i]);
        if (host == nullptr) continue;
        host->recall(states[i]);
        p_.scheduler.changed(*host, boot_now());
        p_.settler.save_state(keys[i], partition);
      }
      p_.wake();
    });
  }
}

void PartitionKeeper::reload() {
  p_.frontier.forget_recent();
  for (auto& [partition, state] : partitions_) load(partition);
}

void PartitionKeeper::poll(int partition) {
  const auto state = partitions_.find(partition);
  if (state == partitions_.end() || !state->second.loaded || state->second.polling) return;
  state->second.polling = true;
  p_.frontier.poll_news(partition, [this, partition](const frontier::News& news) {
    const auto polled = partitions_.find(partition);
    if (polled == partitions_.end()) return;
    polled->second.polling = false;
    for (const std::string& host : news.levers) p_.levers.look(partition, host);
    for (const std::string& host : news.hosts) {
      p_.scheduler.has_urls(host, partition, boot_now());
      refiller_.grown(partition, host);
    }
    p_.errands.heard(partition, news);
    if (!news.empty()) {
      poll(partition);  // until it is empty
      p_.wake();
    }
  });
}

void PartitionKeeper::poll_all() {
  const auto now = boot_now();
  for (auto& [partition, state] : partitions_) {
    poll(partition);
    if (state.loaded && !state.waking && state.next_wake <= now) wake_waiting(partition, state);
  }
}

void PartitionKeeper::expect_wake(int partition, limiter::TimePoint at) {
  const auto state = partitions_.find(partition);
  if (state != partitions_.end()) state->second.next_wake = std::min(state->second.next_wake, at);
}

void PartitionKeeper::wake_waiting(int partition, Partition& state) {
  state.waking = true;
  state.next_wake = limiter::TimePoint::max();  // what is expected from now on is kept
  p_.frontier.wake(
      partition, [this](const std::string& url) { return host_of(url); },
      [this, partition](std::optional<std::chrono::milliseconds> next) {
        const auto woken = partitions_.find(partition);
        if (woken == partitions_.end()) return;
        woken->second.waking = false;
        expect_wake(partition, boot_now() + (next ? limiter::Duration(*next) : kLookAgain));
      });
}

void PartitionKeeper::give_up(int partition, std::function<void()> done) {
  const auto state = partitions_.find(partition);
  if (state == partitions_.end()) return done();
  state->second.leaving = std::move(done);
  for (auto& [host, records] : p_.scheduler.leave(partition)) p_.settler.put_back(host, partition, std::move(records));
  p_.wake();
}

void PartitionKeeper::lose(int partition) {
  give_up(partition, [] {});
  const auto state = partitions_.find(partition);
  if (state == partitions_.end()) return;
  state->second.returning.reset();
  p_.cut(partition);
}

void PartitionKeeper::finish_leaving() {
  for (auto it = partitions_.begin(); it != partitions_.end();) {
    const bool empty =
        refiller_.under_way(it->first) == 0 && p_.settler.held_of(it->first) == 0 && p_.flights(it->first) == 0;
    if (!it->second.leaving || !empty) {
      ++it;
      continue;
    }
    p_.scheduler.disown(it->first);
    p_.levers.forget(it->first);
    const auto done = std::move(it->second.leaving);
    const int partition = it->first;
    const auto returning = it->second.returning;
    it = partitions_.erase(it);
    // Behind what was said of its hosts, as a robots.txt: that is not said any more once somebody else owns them.
    p_.frontier.redis().command({"PING"}, [done](const frontier::Reply&) { done(); });
    if (returning) own(partition, *returning);
  }
}

}  // namespace crawler
