#include "crawler/lease_keeper.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "crawler/boot_clock.h"

namespace crawler {

struct LeaseKeeper::Look {
  limiter::TimePoint sent;  // before our heart beat
  std::map<std::string, std::string> heartbeats;
  std::vector<std::string> owners = std::vector<std::string>(frontier::kPartitions);
  int left = frontier::kPartitions;
};

namespace {

// Longer than anybody is cut off from Redis and then goes on with what it knew of it.
constexpr Duration kForgotten = std::chrono::hours(24 * 7);

}  // namespace

LeaseKeeper::LeaseKeeper(Parts parts, frontier::Owner self)
    : p_(std::move(parts)),
      self_(std::move(self)),
      table_(self_, p_.shared.config.frontier.lease_ttl),
      dead_(kForgotten / (p_.shared.config.frontier.lease_ttl / 3)) {}

bool LeaseKeeper::beat() {
  if (looking_ || released_ || p_.shared.trust.lost() || !p_.frontier.redis().up()) return false;
  looking_ = true;
  const auto sent = boot_now();
  auto seen = std::make_shared<Look>(Look{.sent = sent});
  p_.frontier.redis().command({"TIME"}, [sent](const frontier::Reply& reply) {
    const std::chrono::seconds whole(reply.at(0).integer());
    const std::chrono::microseconds rest(reply.at(1).integer());
    if (whole.count() > 0) redis_clock_heard(std::chrono::duration_cast<limiter::WallMs>(whole + rest), sent);
  });
  p_.frontier.beat(p_.shared.trust.next_beat(), [this, seen](frontier::Beaten beat) {
    seen->heartbeats = std::exchange(beat.all, {});
    p_.frontier.witness([this, seen, beat](const std::string& epoch, std::uint64_t) {
      if (p_.shared.trust.beaten(epoch, beat)) return look(seen);
      looking_ = false;
    });
  });
  return true;
}

void LeaseKeeper::look(std::shared_ptr<Look> seen) {
  for (int partition = 0; partition < frontier::kPartitions; ++partition) {
    const std::string key = p_.frontier.keys().of(partition, "owner");
    p_.frontier.redis().command({"GET", key}, [this, seen, partition](const frontier::Reply& reply) {
      if (reply.lost()) return;
      seen->owners[static_cast<std::size_t>(partition)] = reply.text();
      if (--seen->left == 0) act(*seen);
    });
  }
}

// What is lost first, and only then what is fresh: a daemon that stood still must not send a thing in between.
void LeaseKeeper::act(const Look& look) {
  looking_ = false;
  if (released_ || p_.shared.trust.lost()) return;
  drop_lost(look);
  adopt(look);
  p_.shared.leases.looked(look.sent);
  const auto decision = table_.look(look.heartbeats, look.owners, boot_now().time_since_epoch());
  for (const auto& claim : decision.acquire) acquire(claim, look);
  if (strange_for() == Duration(0)) {  // else whoever gets it would know nothing of why it is quiet
    for (const int partition : decision.release) release(partition);
  }
  for (const auto& [daemon, counter] : dead_.look(look.heartbeats, look.owners)) {
    p_.frontier.bury(daemon, counter, [this, name = daemon] { p_.frontier.fold_received(name); });
  }
  if (decision.acquire.empty()) looked_ = true;
}

void LeaseKeeper::drop_lost(const Look& look) {
  const std::string mine = self_.text();
  for (auto it = owned_.begin(); it != owned_.end();) {
    if (look.owners[static_cast<std::size_t>(it->first)] == mine) {
      ++it;
      continue;
    }
    spdlog::warn("partition {} was taken over by another daemon", it->first);
    const int partition = it->first;
    it = owned_.erase(it);
    p_.shared.leases.set(partition, false);
    p_.changed(partition, false);
    worker_of(partition).lose(partition);
  }
}

// What Redis holds for ours and we do not work: it was set back, and undid a take-over from us or a release. Somebody
// else may have held it until then.
void LeaseKeeper::adopt(const Look& look) {
  const std::string mine = self_.text();
  for (int partition = 0; partition < frontier::kPartitions; ++partition) {
    if (look.owners[static_cast<std::size_t>(partition)] != mine || owned_.contains(partition)) continue;
    if (!under_way_.contains(partition)) acquire({partition, mine, true}, look);
  }
}

// The dead may have come back between our look and our take-over, and have found the partition still theirs. Its
// heartbeat tells, read again afterwards; then we stay quiet for as long as it may believe that.
void LeaseKeeper::acquire(const frontier::LeaseTable::Claim& claim, const Look& look) {
  if (owned_.contains(claim.partition) || !under_way_.insert(claim.partition).second) return;
  const std::string from = frontier::Owner::parse(claim.from).daemon;
  const auto heard = look.heartbeats.find(from);
  const std::string heartbeat = heard == look.heartbeats.end() ? "" : heard->second;
  p_.frontier.lease(claim.partition, claim.from, self_.text(), [this, claim, from, heartbeat](bool won) {
    if (!won) return acquired(claim, false, {});
    if (!claim.takeover || from == self_.daemon) {
      return acquired(claim, true, claim.from == self_.text() ? p_.shared.leases.limit() : Duration(0));
    }
    p_.frontier.redis().command({"HGET", p_.frontier.keys().daemons(), from},
                                [this, claim, heartbeat](const frontier::Reply& reply) {
                                  const bool stirs = reply.text() != heartbeat;
                                  acquired(claim, !reply.lost(), stirs ? p_.shared.leases.limit() : Duration(0));
                                });
  });
}

// How long still others may ask hosts, or hosts want to be left alone after them, without a word of it in this state of
// Redis: since we went on with it after a loss.
Duration LeaseKeeper::strange_for() const {
  return std::max(Duration(0), strange_until_ - boot_now());
}

void LeaseKeeper::acquired(const frontier::LeaseTable::Claim& claim, bool won, Duration quiet) {
  under_way_.erase(claim.partition);
  looked_ = true;
  if (!won || released_) return;
  owned_[claim.partition] = Hold::held;
  p_.shared.leases.set(claim.partition, true);
  p_.changed(claim.partition, true);
  const Duration strange = strange_for();
  worker_of(claim.partition).own(claim.partition, claim.takeover || strange > Duration(0), std::max(quiet, strange));
}

void LeaseKeeper::release(int partition) {
  const auto hold = owned_.find(partition);
  if (hold == owned_.end() || hold->second == Hold::leaving) return;
  hold->second = Hold::leaving;
  p_.changed(partition, false);
  worker_of(partition).give_up(partition, [this, partition] {
    p_.post([this, partition] {
      const auto left = owned_.find(partition);
      if (left == owned_.end() || left->second != Hold::leaving) return;  // lost meanwhile
      owned_.erase(left);
      p_.shared.leases.set(partition, false);
      under_way_.insert(partition);
      p_.frontier.lease(partition, self_.text(), "", [this, partition](bool) { under_way_.erase(partition); });
    });
  });
}

void LeaseKeeper::reclaim(std::function<void()> done) {
  strange_until_ = boot_now() + p_.shared.leases.limit() + p_.shared.config.politeness.max_crawl_delay;
  auto left = std::make_shared<std::size_t>(owned_.size() + 1);
  auto finish = [left, done = std::move(done)](bool) {
    if (--*left == 0) done();
  };
  for (const auto& [partition, hold] : owned_) p_.frontier.lease(partition, "", self_.text(), finish);
  finish(true);
}

void LeaseKeeper::release_all(std::function<void()> done) {
  released_ = true;
  auto left = std::make_shared<std::size_t>(owned_.size() + 1);
  auto finish = [left, done = std::move(done)] {
    if (--*left == 0) done();
  };
  for (const auto& [partition, hold] : std::exchange(owned_, {})) {
    p_.frontier.lease(partition, self_.text(), "", [finish](bool) { finish(); });
  }
  p_.frontier.leave(finish);
}

}  // namespace crawler
