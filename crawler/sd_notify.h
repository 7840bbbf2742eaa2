// Tells systemd how we are: READY, STATUS, STOPPING, WATCHDOG, as datagrams to $NOTIFY_SOCKET. No libsystemd.
// Any one thread at a time; owned by the daemon. Without a socket every call does nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace crawler {

class Notifier {
 public:
  // $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID of this process.
  static Notifier from_environment();

  explicit Notifier(std::string socket = "", std::optional<std::chrono::microseconds> watchdog = std::nullopt)
      : socket_(std::move(socket)), watchdog_(watchdog) {}

  bool enabled() const { return !socket_.empty(); }

  void ready(std::string_view text = "") const;  // once, when requests can be answered; with the first status
  void status(std::string_view text) const;      // one line for `systemctl status`
  void stopping() const;
  void watchdog() const;                                      // "the loops tick"; to be sent each watchdog_interval()
  void extend_timeout(std::chrono::microseconds more) const;  // while starting or stopping takes long

  // How often to call watchdog(): a third of what systemd allows. Nothing where it does not watch.
  std::optional<std::chrono::microseconds> watchdog_interval() const;

 private:
  void send(std::string_view message) const;

  std::string socket_;
  std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace crawler
