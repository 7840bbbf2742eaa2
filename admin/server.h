// The admin endpoint: status page, JSON API, metrics, levers. Runs cpp-httplib on threads of its own.
// Owned by the CLI command that runs the daemon; outlived by it.
#pragma once

#include <memory>
#include <string>

#include "crawler/daemon.h"

namespace admin {

struct ServerOptions {
  std::string listen = "127.0.0.1:8321";
  std::string token;       // empty: none needed (loopback only)
  bool any_port = false;   // take a free port when the wanted one is taken
};

class Server {
 public:
  Server(crawler::Daemon& daemon, ServerOptions options);
  ~Server();  // stops

  bool start(std::string& error);  // binds before it returns; false with one line in `error`
  std::string address() const;     // "127.0.0.1:8321", as bound
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace admin
