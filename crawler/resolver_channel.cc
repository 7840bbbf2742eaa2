#include "crawler/resolver_channel.h"

#include <ares.h>

#include <algorithm>
#include <chrono>

namespace crawler {
namespace {

constexpr int kTries = 3;  // each waits twice as long as the one before

}  // namespace

ares_channeldata* open_name_channel(const ResolverOptions& options, SocketPoller& poller, std::string& why) {
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
  ares_channel channel = nullptr;
  int status = global;
  if (status == ARES_SUCCESS) {
    status = ares_init_options(&channel, &wanted,
                               ARES_OPT_TRIES | ARES_OPT_TIMEOUTMS | ARES_OPT_LOOKUPS | ARES_OPT_NDOTS |
                                   ARES_OPT_DOMAINS | ARES_OPT_FLAGS | ARES_OPT_SOCK_STATE_CB);
  }
  if (status == ARES_SUCCESS && !options.servers.empty()) {
    std::string list;
    for (const std::string& server : options.servers) list += (list.empty() ? "" : ",") + server;
    status = ares_set_servers_ports_csv(channel, list.c_str());
  }
  if (status == ARES_SUCCESS) return channel;
  why = std::string("name servers cannot be asked: ") + ares_strerror(status);
  if (channel != nullptr) ares_destroy(channel);
  return nullptr;
}

}  // namespace crawler
