// Bytes received in all, for budget.bytes: by this daemon in all its lives, and by the others on the same Redis. Told
// to Redis once a second, so that a kill forgets a second's worth at most. Lives on the control loop; owned by the
// session.
#pragma once

#include <cstdint>
#include <string>

#include "frontier/frontier.h"

namespace crawler {

class ByteBooks {
 public:
  ByteBooks(frontier::RedisFrontier& frontier, std::string daemon)
      : frontier_(frontier), daemon_(std::move(daemon)), key_(frontier.keys().received()) {}

  // Tells Redis what this life has received, where that is news, and asks what all have.
  void look(std::uint64_t received);

  // As of the last look, and what this life has received since.
  std::uint64_t total(std::uint64_t received) const { return earlier_ + others_ + received; }

 private:
  void read(const frontier::Reply& reply);

  frontier::RedisFrontier& frontier_;
  std::string daemon_, key_;
  std::uint64_t earlier_ = 0, others_ = 0, told_ = 0;
  bool known_ = false, asking_ = false;  // known_: what earlier lives have received
};

}  // namespace crawler
