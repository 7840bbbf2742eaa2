// The sockets of the admin endpoint: accepts, reads one request per connection within bounds, sends the answer, closes.
// Runs on threads of its own (one that accepts, eight that answer); bind, start and stop on the owner's thread.
// Owned by the server.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "admin/guard.h"
#include "admin/http.h"

namespace admin {

struct ListenerHooks {                                   // called on the answering threads, several at a time
  std::function<Verdict(const Request& head)> judge;     // before the body is read
  std::function<Answer(const Request& request)> answer;  // of what has passed
};

class Listener {
 public:
  // `deadline` holds for a whole request, and again for its answer, however the bytes drip.
  Listener(ListenerHooks hooks, std::chrono::milliseconds deadline);
  ~Listener();  // stops

  // Port 0 takes a free one. False: errno tells why.
  bool bind(const std::string& host, int port);
  int port() const { return port_; }  // as bound

  void start();  // after bind
  void stop();   // no new connections; requests that are being read end, answers are sent; bounded by the deadline

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  int port_ = 0;
};

}  // namespace admin
