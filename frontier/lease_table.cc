#include "frontier/lease_table.h"

#include <algorithm>

namespace frontier {

Owner Owner::parse(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == text.npos) return {std::string(text), {}};
  return {std::string(text.substr(0, space)), std::string(text.substr(space + 1))};
}

bool LeaseTable::has_left(std::string_view counter) {
  return counter.starts_with('-');
}

LeaseTable::Decision LeaseTable::look(const std::map<std::string, std::string>& heartbeats,
                                      const std::vector<std::string>& owners, Time now) {
  // While nobody could look, nobody could be heard: what was silent then is not dead for that.
  const Time unseen = last_look_ ? now - *last_look_ : Time(0);
  for (auto& [daemon, beat] : beats_) {
    if (unseen >= ttl_)
      beat.changed = now;
    else if (unseen > ttl_ / 2)
      beat.changed += unseen - ttl_ / 2;
  }
  last_look_ = now;
  // An owner that never beat is watched from its first sight on, as a daemon whose counter stands still.
  std::map<std::string, std::string> counters = heartbeats;
  for (const std::string& owner : owners) {
    if (!owner.empty()) counters.try_emplace(Owner::parse(owner).daemon);
  }
  live_ = 1;
  std::size_t rank = 0;  // ours among the living, by name
  for (const auto& [daemon, counter] : counters) {
    const auto [beat, first_sight] = beats_.try_emplace(daemon, Beat{counter, now});
    if (beat->second.counter != counter) beat->second = {counter, now};
    if (daemon == self_.daemon || has_left(counter) || now - beat->second.changed >= ttl_) continue;
    ++live_;
    if (daemon < self_.daemon) ++rank;
  }
  std::erase_if(beats_, [&](const auto& entry) { return !counters.contains(entry.first); });

  // Where they cannot be even, the first by name have one more: together all have all.
  const int fair_share = kPartitions / live_ + (static_cast<int>(rank) < kPartitions % live_ ? 1 : 0);
  Decision decision;
  std::vector<int> mine;
  std::vector<Claim> open;
  for (int p = 0; p < static_cast<int>(owners.size()); ++p) {
    const Owner owner = Owner::parse(owners[p]);
    if (owners[p].empty()) {
      open.push_back({p, owners[p], false});
    } else if (owner.daemon == self_.daemon) {
      if (owner.nonce == self_.nonce)
        mine.push_back(p);
      else
        open.push_back({p, owners[p], true});  // our earlier self: we hold its folder, so it is gone
    } else if (now - beats_.at(owner.daemon).changed >= ttl_) {
      open.push_back({p, owners[p], true});
    }
  }
  // Each begins at its own place among the open ones: whoever looks at the same moment takes others.
  const auto live = static_cast<std::size_t>(live_);
  const std::size_t begin = (open.size() * rank + live - 1) / live;
  const int room = std::max(0, fair_share - static_cast<int>(mine.size()));
  const std::size_t wanted = std::min(open.size(), static_cast<std::size_t>(room));
  for (std::size_t i = 0; i < wanted; ++i) {
    decision.acquire.push_back(std::move(open[(begin + i) % open.size()]));
  }
  while (static_cast<int>(mine.size()) > fair_share) {
    decision.release.push_back(mine.back());
    mine.pop_back();
  }
  return decision;
}

}  // namespace frontier
