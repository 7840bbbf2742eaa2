#include "crawler/byte_books.h"

#include <string_view>

namespace crawler {

void ByteBooks::look(std::uint64_t received) {
  received_ = received;
  if (asking_ || !frontier_.redis().up()) return;
  asking_ = true;
  frontier_.redis().attempt({"HGETALL", key_}, [this](const frontier::Reply& reply) { read(reply); });
}

// Where our field is gone and the forgotten ones have so much more, we were taken for dead: that much is counted there.
void ByteBooks::read(const frontier::Reply& reply) {
  asking_ = false;
  if (reply.lost() || reply.is_error()) return;
  std::uint64_t buried = 0;
  bool found = false;
  others_ = 0;
  for (std::size_t i = 0; i + 1 < reply.size(); i += 2) {
    const std::string_view name = reply.at(i).text();
    const auto n = static_cast<std::uint64_t>(reply.at(i + 1).integer());
    if (name == frontier::RedisFrontier::kBuried) buried = n;
    if (name != daemon_) {
      others_ += n;
      continue;
    }
    found = true;
    if (!known_) earlier_ = n;
  }
  if (known_ && !found && mine(told_) > 0 && buried >= buried_ + mine(told_)) {
    earlier_ = 0;
    folded_ = told_;
  }
  buried_ = buried;
  known_ = true;
  tell();
}

void ByteBooks::tell() {
  if (received_ == told_) return;
  told_ = received_;
  const std::string bytes = std::to_string(mine(received_));
  frontier_.redis().attempt({"HSET", key_, daemon_, bytes}, [](const frontier::Reply&) {});
}

}  // namespace crawler
