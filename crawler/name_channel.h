// Lookups by c-ares: of the hosts file, then of the name servers. Tells what came of each, and decides nothing.
// Lives on its worker's loop thread; owned by the resolver.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "crawler/resolver_cache.h"
#include "crawler/socket_poller.h"

struct ares_channeldata;

namespace crawler {

struct ResolverOptions;

class NameChannel {
 public:
  // `ttl`: how long the addresses hold; 0 where there are none.
  using Done = std::function<void(const NameAnswer& answer, std::chrono::seconds ttl)>;

  // Its sockets are watched by `poller`, which outlives it.
  NameChannel(const ResolverOptions& options, SocketPoller& poller);
  ~NameChannel();
  NameChannel(const NameChannel&) = delete;
  NameChannel& operator=(const NameChannel&) = delete;

  const std::string& broken() const { return broken_; }  // why no name can be looked up; empty where all is well

  // `done` is called once, perhaps before this returns; never after close().
  void look_up(const std::string& host, Done done);

  // Whether a server has said something there, whatever it is: c-ares does not tell a SERVFAIL of every server from
  // nobody there. To be asked before it is processed.
  static bool has_word(int fd);
  void process(int fd, unsigned ready);  // as the poller says
  void process_timeouts();
  std::optional<std::chrono::milliseconds> timeout() const;  // until then; nothing: there is none

  void close();  // forgets what is under way

 private:
  ares_channeldata* channel_ = nullptr;
  std::string broken_;
};

}  // namespace crawler
