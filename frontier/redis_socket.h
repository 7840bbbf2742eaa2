// One hiredis connection attempt and its socket on a libuv loop: connects, carries formatted commands, says when it is
// gone. Lives on its loop's thread; owned by RedisConnection, which makes a new one for each attempt.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "frontier/redis_address.h"
#include "frontier/reply.h"

struct uv_loop_s;

namespace frontier {

class RedisSocket {
 public:
  struct Events {
    std::function<void()> connected;
    std::function<void(std::string why)> gone;  // once; the socket may be destroyed inside
    std::function<void(const Reply&)> reply;    // one per command sent, in order; never lost ones
  };

  RedisSocket(uv_loop_s* loop, const RedisAddress& address, Events events);
  ~RedisSocket();  // drops the connection without another event

  bool send(std::string_view command);  // in RESP; false: the socket is going away, nothing was sent

 private:
  struct Link;
  Link* link_;  // shared with hiredis and libuv callbacks; frees itself when both are done
};

}  // namespace frontier
