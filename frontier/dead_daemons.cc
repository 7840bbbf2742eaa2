#include "frontier/dead_daemons.h"

#include <set>

#include "frontier/lease_table.h"

namespace frontier {

std::vector<std::pair<std::string, std::string>> DeadDaemons::look(const Heartbeats& heartbeats,
                                                                   const std::vector<std::string>& owners) {
  std::erase_if(daemons_, [&](const auto& entry) { return !heartbeats.contains(entry.first); });
  std::set<std::string> holders;
  for (const std::string& owner : owners) holders.insert(Owner::parse(owner).daemon);
  std::vector<std::pair<std::string, std::string>> dead;
  for (const auto& [daemon, counter] : heartbeats) {
    Stood& stood = daemons_[daemon];
    if (stood.counter != counter || holders.contains(daemon)) stood = {counter, 0};
    if (++stood.looks > most_) dead.emplace_back(daemon, counter);
  }
  return dead;
}

}  // namespace frontier
