// Bytes received in all, for budget.bytes: by this daemon in all its lives that had one, and by the others on the same
// Redis, the forgotten ones too. Told to Redis once a second, so that a kill forgets a second's worth at most. Lives on
// the control loop; owned by the session, where there is such a budget.
#pragma once

#include <cstdint>
#include <string>

#include "frontier/frontier.h"

namespace crawler {

class ByteBooks {
 public:
  ByteBooks(frontier::RedisFrontier& frontier, std::string daemon)
      : frontier_(frontier), daemon_(std::move(daemon)), key_(frontier.keys().received()) {}

  // Asks Redis what all have received, and tells it what this life has, where that is news.
  void look(std::uint64_t received);

  // As of the last look, and what this life has received since.
  std::uint64_t total(std::uint64_t received) const { return mine(received) + others_; }

 private:
  void read(const frontier::Reply& reply);
  void tell();
  std::uint64_t mine(std::uint64_t received) const { return earlier_ + received - folded_; }

  frontier::RedisFrontier& frontier_;
  std::string daemon_, key_;
  std::uint64_t earlier_ = 0, others_ = 0;  // in earlier lives, and by others
  std::uint64_t received_ = 0, told_ = 0;   // in this life: now, and as Redis has it
  std::uint64_t folded_ = 0;                // of them, what Redis counts among the bytes of the forgotten
  std::uint64_t buried_ = 0;                // those, as of the last look
  bool known_ = false, asking_ = false;     // known_: what earlier lives have received
};

}  // namespace crawler
