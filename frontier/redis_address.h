// Where Redis is: redis://[user:pass@]host:port[/db] or unix:///path.
// A plain value; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace frontier {

struct RedisAddress {
  std::string unix_path;  // empty: TCP
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  std::string user, password;
  int db = 0;

  static std::optional<RedisAddress> parse(std::string_view url);
  std::string text() const;  // without the password
};

}  // namespace frontier
