// The gate of addresses in Redis: entered before a request starts, left when it has ended.
#include <utility>

#include "frontier/frontier.h"
#include "lua_address.h"

namespace frontier {
namespace {

constexpr Script kAddress{lua_address, lua_address_sha1};

std::string text_of(std::chrono::microseconds d) {
  return std::to_string(d.count());
}

}  // namespace

Script RedisFrontier::address_script() {
  return kAddress;
}

// `arguments` begins with the verb; the claim goes after it.
void RedisFrontier::ask_gate(const std::string& address, const AddressClaim& claim,
                             std::vector<std::string_view> arguments, std::function<void(AddressAnswer)> done) {
  const std::string delay = text_of(claim.delay), longest = text_of(claim.longest);
  arguments.insert(arguments.begin() + 1, {claim.claimant, claim.token, delay, longest});
  redis_.script(kAddress, {keys_.address(address)}, arguments, [done = std::move(done)](const Reply& reply) {
    done({.lost = reply.lost(),
          .inside = reply.at(0).integer() == 1,
          .wait = std::chrono::microseconds(reply.at(1).integer()),
          .now = std::chrono::microseconds(reply.at(2).integer())});
  });
}

void RedisFrontier::enter_address(const std::string& address, const AddressClaim& claim,
                                  std::function<void(AddressAnswer)> done) {
  ask_gate(address, claim, {"enter"}, std::move(done));
}

void RedisFrontier::hold_address(const std::string& address, const AddressClaim& claim,
                                 std::function<void(AddressAnswer)> done) {
  ask_gate(address, claim, {"hold"}, std::move(done));
}

void RedisFrontier::leave_address(const std::string& address, const AddressClaim& claim,
                                  std::chrono::microseconds closed_for, bool again,
                                  std::function<void(AddressAnswer)> done) {
  const std::string closed = text_of(closed_for);
  ask_gate(address, claim, {"leave", closed, again ? "1" : "0"}, std::move(done));
}

}  // namespace frontier
