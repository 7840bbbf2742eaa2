// Host names to addresses: c-ares on the worker's loop, with a bounded cache by TTL, negative answers included.
// Lives on its worker's loop thread; owned by the worker.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limiter/time.h"

struct uv_loop_s;

namespace crawler {

class Network;

struct ResolverOptions {
  // Every asker is answered within it, tries included; within twice it where a second name is asked to make sure.
  std::chrono::nanoseconds timeout = std::chrono::seconds(10);
  std::chrono::nanoseconds min_ttl = std::chrono::seconds(30), max_ttl = std::chrono::hours(1);
  std::chrono::nanoseconds negative_ttl = std::chrono::seconds(30);
  std::size_t cache_entries = 20'000;
  std::size_t max_lookups = 64;      // under way at once; more wait in line
  std::vector<std::string> servers;  // "127.0.0.1:5353"; empty: as the system is configured
  limiter::TimePoint (*now)() = nullptr;
  Network* network = nullptr;         // outlives the resolver
  std::function<void(bool)> on_down;  // the name servers went, or came back; may be empty
};

struct Resolved {
  std::vector<sockaddr_storage> addresses;  // IPv4 first, but for what prefer() and avoid() said; ports set
  std::string error;                        // why, one line
  bool temporary = false;                   // no answer (server down, timeout), as against "no such name"
  // Temporary, and our own outage (limiter::ResolverWatch): when to ask again.
  std::optional<limiter::TimePoint> again{};
};

class Resolver {
 public:
  using Answer = std::function<void(const Resolved&)>;

  Resolver(uv_loop_s* loop, ResolverOptions options);
  ~Resolver();  // after close() has called back

  // Literals, cached names, "localhost" with all names under it (always loopback: RFC 6761 6.3) and names of the hosts
  // file answer at once, inside the call; others later, on the loop. Many askers of one name share one lookup.
  // `host` is a URL's: lower case, ASCII. No search domains are tried. Failures are cached for negative_ttl where the
  // name servers said that there is no address, and not at all where they said nothing (temporary).
  // Where it is not sure whose fault a failure is, its askers hear it when a name that was answered before was asked.
  // While nobody is answered at all, one lookup in a while is made, and other askers are told at once to come again.
  void resolve(const std::string& host, std::uint16_t port, Answer answer);

  // Of a host's addresses, as address_text() writes them, this one answered, or did not: first or last next time.
  void prefer(const std::string& host, std::string_view address);
  void avoid(const std::string& host, std::string_view address);

  void cancel_all();                         // every waiting asker is answered now, temporary, "cancelled"
  void close(std::function<void()> closed);  // cancels, closes the loop handles, then calls back; may follow any call

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crawler
