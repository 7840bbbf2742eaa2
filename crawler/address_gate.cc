#include "crawler/address_gate.h"

#include <algorithm>
#include <utility>

namespace crawler {
namespace {

using std::chrono::microseconds;

// How long the first in line may take to come once it is its turn: it needs a permit, and its own host's leave.
constexpr Duration kGrace = milliseconds(200);

// Redis' clock counts as stepped when it is this much ahead of what it was. Answers come late, so it seems to fall
// back now and then; only what no lateness explains is believed.
constexpr Duration kStepAhead = milliseconds(100), kStepBack = seconds(1);

microseconds whole(Duration d) {
  return std::chrono::ceil<microseconds>(std::max(Duration(0), d));
}

}  // namespace

AddressGate::AddressGate(frontier::RedisFrontier& frontier, AddressGateOptions options, Turn turn)
    : frontier_(frontier), options_(std::move(options)), turn_(std::move(turn)) {}

bool AddressGate::guards(const sockaddr* address) const {
  if (options_.delay <= Duration(0)) return false;
  return std::none_of(options_.exempt.begin(), options_.exempt.end(),
                      [&](const web::Cidr& cidr) { return cidr.contains(address); });
}

frontier::AddressClaim AddressGate::claim_of(std::uint64_t id) const {
  return {.claimant = options_.claimant,
          .token = options_.claimant + ":" + std::to_string(id),
          .delay = whole(options_.delay),
          .longest = whole(options_.longest_start + options_.longest_request + options_.delay)};
}

void AddressGate::enter(std::uint64_t id, const std::string& host, const sockaddr* to, Answer answer) {
  const std::string address = web::address_text(to);
  const TimePoint now = options_.now();
  if (now < open_at_) return answer(open_at_);
  Line& line = lines_[address];
  // A host of several names may stand in line for another address: it has one place.
  if (const auto place = standing_.find(host); place != standing_.end() && place->second != address) {
    std::erase(lines_[place->second].hosts, host);
    standing_.erase(place);
  }
  const bool first = line.hosts.empty() || line.hosts.front() == host;
  if (line.inside != 0 || !first) {
    if (standing_.emplace(host, address).second) line.hosts.push_back(host);
    return answer(now + options_.longest_start + options_.longest_request + options_.delay);
  }
  if (!line.hosts.empty()) {
    line.hosts.pop_front();
    standing_.erase(host);
  }
  line.inside = id;
  const auto claim = claim_of(id);
  guests_[id] = {.address = address, .host = host, .claim = claim, .asked_at = now, .answer = std::move(answer)};
  frontier_.enter_address(address, claim, [this, id](const frontier::AddressAnswer& got) { answered(id, got); });
}

void AddressGate::answered(std::uint64_t id, const frontier::AddressAnswer& got) {
  if (got.lost) return;
  follow_clock(got);
  const auto entry = guests_.find(id);
  if (entry == guests_.end()) return;
  Guest& guest = entry->second;
  const TimePoint now = options_.now();
  const bool left = std::exchange(guest.left, guest.left || now < open_at_);
  if (got.inside && !guest.left) return std::exchange(guest.answer, nullptr)(std::nullopt);
  const std::string address = guest.address;
  Line& line = lines_[address];
  const TimePoint again = std::max(now + (got.inside ? Duration(0) : got.wait), open_at_);
  if (!left) {
    guest.left = true;
    if (standing_.emplace(guest.host, address).second) line.hosts.push_front(guest.host);
    std::exchange(guest.answer, nullptr)(again);
  }
  if (got.inside) return go(id, Duration(0), again);
  line.inside = 0;
  guests_.erase(entry);
  next_turn(address, again);
}

// A clock that went ahead opened gates too soon, and made Redis forget them; a connection that is new may be one to a
// Redis that lost them. So nobody enters for one delay, in which those inside say so again, here and elsewhere.
void AddressGate::follow_clock(const frontier::AddressAnswer& got) {
  const TimePoint now = options_.now();
  const Duration ahead = got.now - now.time_since_epoch();
  const bool steady = ahead_ && ahead - *ahead_ <= kStepAhead;
  if (!ahead_ || ahead > *ahead_ || *ahead_ - ahead > kStepBack) ahead_ = ahead;
  if (steady) return;
  open_at_ = now + options_.delay;
  hold_all();
}

void AddressGate::redis_is_back() {
  ahead_.reset();
  hold_all();
}

void AddressGate::hold_all() {
  for (auto& [id, guest] : guests_) {
    if (guest.left || guest.answer) continue;
    guest.sure = false;
    frontier_.hold_address(guest.address, guest.claim, [this, id = id](const frontier::AddressAnswer& got) {
      const auto entry = guests_.find(id);
      if (entry != guests_.end()) entry->second.sure = got.inside;
    });
  }
}

bool AddressGate::may_send(std::uint64_t id, TimePoint now) const {
  const auto entry = guests_.find(id);
  if (entry == guests_.end()) return true;
  const Guest& guest = entry->second;
  return guest.sure && frontier_.redis().up() && now - guest.asked_at <= options_.longest_start;
}

void AddressGate::leave(std::uint64_t id, std::optional<TimePoint> first_byte) {
  const auto entry = guests_.find(id);
  if (entry == guests_.end() || std::exchange(entry->second.left, true)) return;
  if (entry->second.answer) {  // Redis has not said yet whether it is in
    entry->second.answer = nullptr;
    return;
  }
  const TimePoint now = options_.now();
  const TimePoint free_at = first_byte ? *first_byte + options_.delay : now;
  go(id, free_at - now, free_at);
}

// Out it goes; the next in line comes when Redis has noted that, and when this loop's own clock says so too.
void AddressGate::go(std::uint64_t id, Duration closed_for, TimePoint not_before) {
  const Guest& guest = guests_.at(id);
  const bool again = !lines_[guest.address].hosts.empty();
  frontier_.leave_address(guest.address, guest.claim, whole(closed_for), again,
                          [this, id, not_before, closed_for](const frontier::AddressAnswer& got) {
                            const auto entry = guests_.find(id);
                            if (got.lost || entry == guests_.end()) return;
                            follow_clock(got);
                            const std::string address = entry->second.address;
                            guests_.erase(entry);
                            lines_[address].inside = 0;
                            const Duration wait = std::max<Duration>(got.wait, whole(closed_for));
                            next_turn(address,
                                      std::max(not_before, options_.now() + (got.inside ? wait : Duration(0))));
                          });
}

void AddressGate::next_turn(const std::string& address, TimePoint at) {
  Line& line = lines_[address];
  line.turn = at;
  if (!line.hosts.empty())
    turn_(std::string(line.hosts.front()), at);
  else if (line.inside == 0)
    lines_.erase(address);
}

void AddressGate::tick() {
  const TimePoint now = options_.now();
  std::vector<std::string> late;
  for (const auto& [address, line] : lines_) {
    if (line.inside == 0 && now - line.turn > kGrace) late.push_back(address);
  }
  for (const std::string& address : late) {
    Line& line = lines_[address];
    if (!line.hosts.empty()) {
      const std::string host = std::move(line.hosts.front());
      line.hosts.pop_front();
      standing_.erase(host);
      turn_(host, now);
    }
    next_turn(address, now);
  }
}

}  // namespace crawler
