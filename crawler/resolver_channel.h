// Opens c-ares' channel as the resolver wants it: which servers, how long, whose sockets.
// Lives on its worker's loop thread; the channel is owned by the resolver.
#pragma once

#include <string>

#include "crawler/resolver.h"
#include "crawler/socket_poller.h"

struct ares_channeldata;

namespace crawler {

// Its sockets are watched by `poller`, which outlives it. Null where there is none, with one line in `why`.
ares_channeldata* open_name_channel(const ResolverOptions& options, SocketPoller& poller, std::string& why);

}  // namespace crawler
