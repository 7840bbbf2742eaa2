#include "crawler/sd_notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>

namespace crawler {
namespace {

std::optional<long long> number_from(const char* name) {
  const char* text = std::getenv(name);
  if (!text) return std::nullopt;
  const std::string_view view = text;
  long long value = 0;
  const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), value);
  if (error != std::errc() || end != view.data() + view.size()) return std::nullopt;
  return value;
}

// One line: what follows a line end would be read as another assignment.
std::string one_line(std::string_view text) {
  std::string line(text.substr(0, 1024));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return line;
}

}  // namespace

Notifier Notifier::from_environment() {
  const char* socket = std::getenv("NOTIFY_SOCKET");
  const auto interval = number_from("WATCHDOG_USEC");
  const bool for_us = !std::getenv("WATCHDOG_PID") || number_from("WATCHDOG_PID") == getpid();
  std::optional<std::chrono::microseconds> watchdog;
  if (interval && *interval > 0 && for_us) watchdog = std::chrono::microseconds(*interval);
  return Notifier(socket ? socket : "", watchdog);
}

void Notifier::ready(std::string_view text) const {
  send(text.empty() ? "READY=1\n" : "READY=1\nSTATUS=" + one_line(text) + "\n");
}

void Notifier::status(std::string_view text) const {
  send("STATUS=" + one_line(text) + "\n");
}

void Notifier::stopping() const {
  send("STOPPING=1\n");
}

void Notifier::watchdog() const {
  if (watchdog_) send("WATCHDOG=1\n");
}

void Notifier::extend_timeout(std::chrono::microseconds more) const {
  send("EXTEND_TIMEOUT_USEC=" + std::to_string(more.count()) + "\n");
}

std::optional<std::chrono::microseconds> Notifier::watchdog_interval() const {
  if (!watchdog_ || !enabled()) return std::nullopt;
  return *watchdog_ / 3;
}

void Notifier::send(std::string_view message) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_.empty() || socket_.size() >= sizeof address.sun_path) return;
  std::copy(socket_.begin(), socket_.end(), address.sun_path);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // an abstract name
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  sendto(fd, message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), length);
  close(fd);
}

}  // namespace crawler
