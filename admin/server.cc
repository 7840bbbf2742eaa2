#include "admin/server.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "admin/guard.h"
#include "admin/listener.h"
#include "admin/routes.h"
#include "web/address.h"

namespace admin {

namespace {

struct ListenAddress {
  std::string host;  // an IPv6 literal in its brackets
  int port = 0;

  std::string bare_host() const { return host.starts_with('[') ? host.substr(1, host.size() - 2) : host; }
  std::string text(int bound) const { return host + ":" + std::to_string(bound); }
};

std::optional<ListenAddress> parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  ListenAddress address{std::string(text.substr(0, colon)), 0};
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  const bool whole = error == std::errc() && end == port.data() + port.size();
  if (!whole || address.port < 0 || address.port > 65535) return {};
  const bool colons = address.host.find(':') != std::string::npos;
  const bool brackets = address.host.starts_with('[') && address.host.ends_with(']');
  return colons == brackets ? std::optional(address) : std::nullopt;
}

bool is_loopback(const ListenAddress& address) {
  if (same_word(address.host, "localhost")) return true;
  const auto literal = web::parse_address(address.host, 0);
  return literal && web::is_loopback_address(reinterpret_cast<const sockaddr*>(&*literal));
}

// RFC 6750 2.1: what a Bearer token may hold.
bool is_token(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || std::string_view("-._~+/=").find(c) != std::string_view::npos;
  });
}

}  // namespace

struct Server::Impl {
  Impl(Backend backend, ServerOptions with) : options(std::move(with)), routes(std::move(backend)) {}

  const ServerOptions options;
  const Routes routes;
  GuardRules rules;
  std::string address;
  std::unique_ptr<Listener> listener;
};

Server::Server(Backend backend, ServerOptions options)
    : impl_(std::make_unique<Impl>(std::move(backend), std::move(options))) {}

Server::~Server() {
  stop();
}

bool Server::start(std::string& error) {
  const ServerOptions& options = impl_->options;
  const std::optional<ListenAddress> address = parse_listen(options.listen);
  if (!address) {
    error = "admin.listen '" + options.listen + "' is not ADDRESS:PORT";
    return false;
  }
  if (!is_token(options.token)) {
    error = "admin.token may hold letters, digits and -._~+/= only";
    return false;
  }
  const bool loopback = is_loopback(*address);
  if (!loopback && options.token.empty()) {
    error = "admin.listen " + options.listen + " is not a loopback address: set admin.token, or listen on 127.0.0.1";
    return false;
  }
  impl_->rules = {options.token, address->host, !loopback};

  Impl* impl = impl_.get();
  auto listener =
      std::make_unique<Listener>(ListenerHooks{[impl](const Request& request) { return judge(request, impl->rules); },
                                               [impl](const Request& request) { return impl->routes.answer(request); }},
                                 options.deadline);
  const std::string host = address->bare_host();
  bool bound = listener->bind(host, address->port);
  if (!bound && errno == EADDRINUSE && options.any_port) bound = listener->bind(host, 0);
  if (!bound) {
    error = "cannot listen on " + options.listen + ": " + (errno != 0 ? std::strerror(errno) : "no such address");
    return false;
  }
  impl_->address = address->text(listener->port());
  listener->start();
  impl_->listener = std::move(listener);
  return true;
}

std::string Server::address() const {
  return impl_->address;
}

void Server::stop() {
  if (impl_->listener) impl_->listener->stop();
}

}  // namespace admin
