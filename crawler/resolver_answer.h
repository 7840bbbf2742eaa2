// What c-ares answered about a name, as the resolver keeps it. Pure functions; any thread.
#pragma once

#include <chrono>

#include "crawler/resolver_cache.h"

struct ares_addrinfo;

namespace crawler {

// `info` may be null. Of each family the first four addresses are kept, IPv4 first; where there is none, the error says
// why.
NameAnswer read_answer(int status, const ares_addrinfo* info);

// The shortest of its records: how long the addresses hold.
std::chrono::seconds ttl_of(const ares_addrinfo& info);

}  // namespace crawler
