// One request on its way: what was sent, what has arrived so far, and what it amounts to when it ends.
// Knows nothing of sockets. Lives on its worker's loop thread; owned by the fetcher, used for one request after
// another.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crawler/fetcher.h"

namespace crawler {

class Transfer {
 public:
  struct Limits {
    web::Bytes body, head;
  };
  // Why we ended it ourselves.
  enum class Stop { none, not_allowed, resend, forbidden, head_too_big, body_too_big, cut };
  // What the far side or the network did to it.
  struct Failure {
    Outcome outcome;
    std::string text;
    int os_error = 0;
  };
  enum class Took { all, wait, stop };

  void begin(FetchRequest request, Limits limits);
  const FetchRequest& request() const { return request_; }

  // The connection stands, to this address; what was passed over before no longer matters.
  void reached(const sockaddr_storage& peer);
  void mark_sent(limiter::TimePoint now, std::chrono::system_clock::time_point wall);
  bool was_sent() const { return result_.sent_anything; }
  void take_request_bytes(std::string_view bytes) { result_.request_head.append(bytes); }

  // One line of the answer's head, its line end included. False: more than Limits::head, the transfer is to be ended.
  bool take_head_line(std::string_view line, limiter::TimePoint now);

  // The body's length where the head told it. Only an upper bound for what is reserved: the far side may lie.
  void expect_body(web::Bytes length) { expected_ = length; }

  // Bytes after the head as they are on the wire, the coding of the transfer included. False: that coding alone is more
  // than Limits::body, the transfer is to be ended.
  bool take_wire(std::size_t bytes);

  // Takes all of `data`, or nothing (`wait`: the permit may not grow now; offer the same again after make_room()
  // became true), or what fits under Limits::body (`stop`: the transfer is to be ended).
  Took take_body(std::string_view data);
  bool make_room();

  void stop(Stop why) { stop_ = why; }

  // What it came to; `failure` is empty where the answer is complete. An answer that was cut keeps what arrived and is
  // marked: by our limits of length it counts by its status; by time or disconnect only a 2xx is a failure (its body is
  // what we came for), any other status has said all that matters. Ends the use of this object until begin().
  FetchResult finish(std::optional<Failure> failure, limiter::TimePoint now);

 private:
  void judge(std::optional<Failure> failure);
  Outcome outcome_by_status() const;

  FetchRequest request_;
  Limits limits_;
  FetchResult result_;
  Stop stop_ = Stop::none;
  bool answered_ = false;       // a byte has arrived
  bool head_complete_ = false;  // of the final answer
  bool waited_ = false;         // for bytes of the semaphore, at least once
  std::uint64_t head_bytes_ = 0, coded_bytes_ = 0, wanted_ = 0;
  std::optional<web::Bytes> expected_;
};

}  // namespace crawler
