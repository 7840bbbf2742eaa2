#include "crawler/name_channel.h"

#include <ares.h>
#include <sys/ioctl.h>
#include <sys/time.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "crawler/name_channel_answer.h"
#include "crawler/resolver.h"

namespace crawler {
namespace {

constexpr int kTries = 3;  // each waits twice as long as the one before

}  // namespace

NameChannel::NameChannel(const ResolverOptions& options, SocketPoller& poller) {
  static const int global = ares_library_init(ARES_LIB_INIT_ALL);
  const auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(options.timeout);
  ares_options wanted{};
  wanted.tries = kTries;
  wanted.timeout = std::max<int>(50, timeout.count() / ((1 << kTries) - 1));
  wanted.lookups = const_cast<char*>("fb");  // the hosts file, then the name servers
  wanted.ndots = 0;                          // names are as they are: no search domains
  wanted.domains = nullptr;
  wanted.ndomains = 0;
  wanted.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
  wanted.sock_state_cb = [](void* watching, ares_socket_t fd, int read, int write) {
    static_cast<SocketPoller*>(watching)->watch(fd, read != 0, write != 0);
  };
  wanted.sock_state_cb_data = &poller;
  int status = global;
  if (status == ARES_SUCCESS) {
    status = ares_init_options(&channel_, &wanted,
                               ARES_OPT_TRIES | ARES_OPT_TIMEOUTMS | ARES_OPT_LOOKUPS | ARES_OPT_NDOTS |
                                   ARES_OPT_DOMAINS | ARES_OPT_FLAGS | ARES_OPT_SOCK_STATE_CB);
  }
  if (status == ARES_SUCCESS && !options.servers.empty()) {
    std::string list;
    for (const std::string& server : options.servers) list += (list.empty() ? "" : ",") + server;
    status = ares_set_servers_ports_csv(channel_, list.c_str());
  }
  if (status == ARES_SUCCESS) return;
  broken_ = std::string("name servers cannot be asked: ") + ares_strerror(status);
  close();
}

NameChannel::~NameChannel() {
  close();
}

void NameChannel::look_up(const std::string& host, Done done) {
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = ARES_AI_NOSORT;  // sorting would open a socket for every address
  ares_getaddrinfo(
      channel_, host.c_str(), nullptr, &hints,
      [](void* data, int status, int, ares_addrinfo* info) {
        const std::unique_ptr<Done> ended(static_cast<Done*>(data));
        const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> guard(info, ares_freeaddrinfo);
        if (status == ARES_EDESTRUCTION) return;
        (*ended)(read_answer(status, info), info != nullptr ? ttl_of(*info) : std::chrono::seconds(0));
      },
      new Done(std::move(done)));
}

bool NameChannel::has_word(int fd) {
  int bytes = 0;
  return ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0;
}

void NameChannel::process(int fd, unsigned ready) {
  ares_process_fd(channel_, ready & ~unsigned{SocketPoller::kWritable} ? fd : ARES_SOCKET_BAD,
                  ready & SocketPoller::kWritable ? fd : ARES_SOCKET_BAD);
}

void NameChannel::process_timeouts() {
  if (channel_ != nullptr) ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

std::optional<std::chrono::milliseconds> NameChannel::timeout() const {
  timeval tv{};
  if (channel_ == nullptr || ares_timeout(channel_, nullptr, &tv) == nullptr) return std::nullopt;
  return std::chrono::milliseconds(tv.tv_sec * 1000 + tv.tv_usec / 1000 + 1);
}

void NameChannel::close() {
  if (channel_ != nullptr) ares_destroy(std::exchange(channel_, nullptr));
}

}  // namespace crawler
