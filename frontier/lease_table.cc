#include "frontier/lease_table.h"

namespace frontier {

Owner Owner::parse(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == text.npos) return {std::string(text), {}};
  return {std::string(text.substr(0, space)), std::string(text.substr(space + 1))};
}

LeaseTable::Decision LeaseTable::look(const std::map<std::string, std::string>& heartbeats,
                                      const std::vector<std::string>& owners, Time now) {
  // An owner that never beat is watched from its first sight on, as a daemon whose counter stands still.
  std::map<std::string, std::string> counters = heartbeats;
  for (const std::string& owner : owners) {
    if (!owner.empty()) counters.try_emplace(Owner::parse(owner).daemon);
  }
  live_ = 1;
  for (const auto& [daemon, counter] : counters) {
    const auto [beat, first_sight] = beats_.try_emplace(daemon, Beat{counter, now});
    if (beat->second.counter != counter) beat->second = {counter, now};
    if (daemon != self_.daemon && now - beat->second.changed < ttl_) ++live_;
  }
  std::erase_if(beats_, [&](const auto& entry) { return !counters.contains(entry.first); });

  const int fair_share = (kPartitions + live_ - 1) / live_;
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
  int count = static_cast<int>(mine.size());
  for (Claim& claim : open) {
    if (count == fair_share) break;
    decision.acquire.push_back(std::move(claim));
    ++count;
  }
  while (static_cast<int>(mine.size()) > fair_share) {
    decision.release.push_back(mine.back());
    mine.pop_back();
  }
  return decision;
}

}  // namespace frontier
