// The admin endpoint: status page, JSON API, metrics, levers. Runs on threads of its own.
// Owned by the CLI command that runs the daemon; outlived by it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "admin/backend.h"

namespace admin {

struct ServerOptions {
  std::string listen = "127.0.0.1:8321";                         // "[::1]:8321", "localhost:0"; port 0: any free one
  std::string token;                                             // empty: none needed (loopback only)
  bool any_port = false;                                         // take a free port when the wanted one is taken
  std::chrono::milliseconds deadline = std::chrono::seconds(5);  // for a whole request, and again for its answer
};

class Server {
 public:
  Server(Backend backend, ServerOptions options);
  ~Server();  // stops

  bool start(std::string& error);  // binds before it returns; false with one line in `error`
  std::string address() const;     // "127.0.0.1:8321", as bound
  void stop();                     // lets answers that are under way end; bounded by the deadline

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace admin
