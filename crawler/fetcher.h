// Issues HTTP requests over one curl multi on one libuv loop. Decides nothing: it is told where to connect,
// asks `may_send` at the last moment, and says what happened.
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

#include "crawler/outcome.h"
#include "crawler/permits.h"
#include "frontier/request.h"
#include "limiter/time.h"
#include "web/address.h"
#include "web/bytes.h"
#include "web/url.h"

struct uv_loop_s;

namespace crawler {

struct FetcherOptions {
  std::string user_agent;
  std::string from;  // an e-mail contact, sent as From:; empty: none
  std::string ca_file;
  std::chrono::nanoseconds timeout{}, connect_timeout{}, low_speed_time{};
  web::Bytes low_speed_limit{};  // per second
  web::Bytes max_bytes{};        // of a body as it arrives; more is cut off and marked
  web::Bytes max_header_bytes{};
  int max_connections = 64;  // kept alive at most; below what is in flight they push each other out
  web::AddressPolicy addresses;
  limiter::TimePoint (*now)() = nullptr;  // CLOCK_BOOTTIME
};

struct FetchRequest {
  std::uint64_t id = 0;                 // the caller's, comes back with the result
  web::Url url;                         // normalised
  sockaddr_storage address{};           // where to connect, chosen by the resolver
  frontier::Request send;               // what is sent beside our own fields
  std::vector<sockaddr_storage> more;   // of the host, where that one does not answer soon (RFC 8305)
  bool reuse = true;                    // false: "Connection: close", and the connection is closed after the answer
  std::optional<web::Bytes> max_bytes;  // of this body, where it is not FetcherOptions::max_bytes
  Permit permit;                        // held; its weight grows with the body
};

// A complete answer, and one cut by max_bytes ("length"), counts by its status: 2xx fetched, 304 not_modified,
// 301 302 303 307 308 with a Location that leads to http(s) redirected, 429 and 503 rate_limited, any other below 500
// http_4xx, the rest http_5xx (600 and above too: RFC 9110 15).
// An answer cut by "time" or "disconnect" after its head is timeout or reset where the status is 2xx (the body is what
// we came for); any other status stands. What arrived is kept either way.
// put_back keeps neither status nor body: the request was not sent, or must be sent again through the gate: a resend on
// a dead kept connection was stopped, the transfer was cut, or its time ran out while it waited for our own memory.
struct FetchResult {
  std::uint64_t id = 0;
  Outcome outcome = Outcome::put_back;
  int status = 0;                                    // HTTP status, 0 where none arrived
  std::string error;                                 // one line for a person, empty where all went well
  int os_error = 0;                                  // errno of a connection that failed; 0 where there is none
  std::string request_head;                          // exact bytes, with the request's body
  std::string response_head;                         // exact bytes of the final answer's, without 1xx
  std::string body;                                  // transfer coding undone, content coding kept
  std::string_view truncated;                        // "length", "time", "disconnect" or empty
  std::string ip;                                    // that was connected to, or the first that was tried
  limiter::TimePoint sent{}, first_byte{}, ended{};  // s, f, e of the contract; all equal where nothing was sent
  std::chrono::system_clock::time_point sent_at{};
  bool sent_anything = false;         // whether the host saw a request
  bool kept_connection_died = false;  // put back for that reason: to be sent again on a fresh one
  std::uint64_t wire_bytes = 0;       // of the answer: heads, body, trailers; coding of the transfer not counted
  Permit permit;                      // given back to the caller, who holds it until settle
};

class Fetcher {
 public:
  // Called inside CURLOPT_PREREQFUNCTION, just before bytes leave: lease valid, gap holds? `now` becomes `sent` where
  // it says yes. It must not call the fetcher.
  using MaySend = std::function<bool(std::uint64_t id, limiter::TimePoint now)>;
  // On the loop or inside cut() and close(), never inside start(). May call any method, but start() once closing.
  using Done = std::function<void(FetchResult)>;

  Fetcher(uv_loop_s* loop, FetcherOptions options, MaySend may_send, Done done);
  ~Fetcher();  // after close() has called back

  void start(FetchRequest request);
  std::size_t in_flight() const;

  void resume_paused();  // bodies that waited for bytes of the semaphore ask again
  // Ends the transfers that `which` names, now; each comes back through Done as put_back.
  void cut(const std::function<bool(std::uint64_t id)>& which);
  void close(std::function<void()> closed);  // cuts what is left, closes the loop handles, then calls back

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crawler
