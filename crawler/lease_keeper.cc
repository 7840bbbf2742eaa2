#include "crawler/lease_keeper.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "crawler/boot_clock.h"

namespace crawler {

struct LeaseKeeper::Look {
  std::map<std::string, std::string> heartbeats;
  std::vector<std::string> owners = std::vector<std::string>(frontier::kPartitions);
  int left = frontier::kPartitions;
};

LeaseKeeper::LeaseKeeper(Parts parts, frontier::Owner self)
    : p_(std::move(parts)), self_(std::move(self)), table_(self_, p_.shared.config.frontier.lease_ttl) {}

void LeaseKeeper::beat() {
  if (looking_ || released_ || !p_.frontier.redis().up()) return;
  looking_ = true;
  const std::string daemons = p_.frontier.keys().daemons();
  const auto sent = boot_now();
  p_.frontier.redis().command({"HINCRBY", daemons, self_.daemon, "1"}, [this, sent](const frontier::Reply& reply) {
    if (!reply.lost() && !reply.is_error()) p_.shared.freshness.acknowledged(sent);
  });
  p_.frontier.redis().command({"TIME"}, [sent](const frontier::Reply& reply) {
    const std::chrono::seconds whole(reply.at(0).integer());
    const std::chrono::microseconds rest(reply.at(1).integer());
    if (whole.count() > 0) redis_clock_heard(std::chrono::duration_cast<limiter::WallMs>(whole + rest), sent);
  });
  p_.frontier.redis().command({"HGETALL", daemons}, [this](const frontier::Reply& reply) {
    if (reply.lost()) return;
    std::map<std::string, std::string> heartbeats;
    for (std::size_t i = 0; i + 1 < reply.size(); i += 2) {
      heartbeats.emplace(reply.at(i).text(), reply.at(i + 1).text());
    }
    look(std::move(heartbeats));
  });
}

void LeaseKeeper::look(std::map<std::string, std::string> heartbeats) {
  auto seen = std::make_shared<Look>();
  seen->heartbeats = std::move(heartbeats);
  for (int partition = 0; partition < frontier::kPartitions; ++partition) {
    const std::string key = p_.frontier.keys().of(partition, "owner");
    p_.frontier.redis().command({"GET", key}, [this, seen, partition](const frontier::Reply& reply) {
      if (reply.lost()) return;
      seen->owners[static_cast<std::size_t>(partition)] = reply.text();
      if (--seen->left == 0) act(*seen);
    });
  }
}

void LeaseKeeper::act(const Look& look) {
  looking_ = false;
  if (released_) return;
  const std::string mine = self_.text();
  for (auto it = owned_.begin(); it != owned_.end();) {
    if (look.owners[static_cast<std::size_t>(it->first)] == mine) {
      ++it;
      continue;
    }
    spdlog::warn("partition {} was taken over by another daemon", it->first);
    const int partition = it->first;
    it = owned_.erase(it);
    p_.changed(partition, false);
    worker_of(partition).give_up(partition, [] {});
  }
  const auto decision = table_.look(look.heartbeats, look.owners, boot_now().time_since_epoch());
  for (const auto& claim : decision.acquire) acquire(claim);
  for (const int partition : decision.release) release(partition);
  if (decision.acquire.empty()) looked_ = true;
}

void LeaseKeeper::acquire(const frontier::LeaseTable::Claim& claim) {
  if (owned_.contains(claim.partition)) return;
  p_.frontier.lease(claim.partition, claim.from, self_.text(), [this, claim](bool ours) {
    looked_ = true;
    if (!ours || released_) return;
    owned_[claim.partition] = Hold::held;
    p_.changed(claim.partition, true);
    worker_of(claim.partition).own(claim.partition, claim.takeover);
  });
}

void LeaseKeeper::release(int partition) {
  const auto hold = owned_.find(partition);
  if (hold == owned_.end() || hold->second == Hold::leaving) return;
  hold->second = Hold::leaving;
  p_.changed(partition, false);
  worker_of(partition).give_up(partition, [this, partition] {
    p_.post([this, partition] {
      if (owned_.erase(partition) > 0) p_.frontier.lease(partition, self_.text(), "", [](bool) {});
    });
  });
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
  const std::string daemons = p_.frontier.keys().daemons();
  p_.frontier.redis().command({"HDEL", daemons, self_.daemon}, [finish](const frontier::Reply&) { finish(); });
}

}  // namespace crawler
