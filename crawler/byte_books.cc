#include "crawler/byte_books.h"

#include <charconv>
#include <string_view>

namespace crawler {
namespace {

std::uint64_t number_of(std::string_view text) {
  std::uint64_t n = 0;
  std::from_chars(text.data(), text.data() + text.size(), n);
  return n;
}

}  // namespace

void ByteBooks::look(std::uint64_t received) {
  if (asking_ || !frontier_.redis().up()) return;
  asking_ = true;
  if (known_ && received != told_) {
    told_ = received;
    const std::string mine = std::to_string(earlier_ + received);
    frontier_.redis().attempt({"HSET", key_, daemon_, mine}, [](const frontier::Reply&) {});
  }
  frontier_.redis().attempt({"HGETALL", key_}, [this](const frontier::Reply& reply) { read(reply); });
}

void ByteBooks::read(const frontier::Reply& reply) {
  asking_ = false;
  if (reply.lost() || reply.is_error()) return;
  others_ = 0;
  for (std::size_t i = 0; i + 1 < reply.size(); i += 2) {
    const std::uint64_t n = number_of(reply.at(i + 1).text());
    if (reply.at(i).text() != daemon_)
      others_ += n;
    else if (!known_)
      earlier_ = n;
  }
  known_ = true;
}

}  // namespace crawler
