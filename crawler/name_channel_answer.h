// Answers about names as the resolver keeps them: what c-ares said, and what nobody is asked for.
// Pure functions; any thread.
#pragma once

#include <chrono>
#include <string_view>

#include "crawler/resolver_cache.h"

struct ares_addrinfo;

namespace crawler {

// `info` may be null. Of each family the first four addresses are kept, IPv4 first; where there is none, the error says
// why.
NameAnswer read_answer(int status, const ares_addrinfo* info);

// The shortest of its records: how long the addresses hold.
std::chrono::seconds ttl_of(const ares_addrinfo& info);

// "localhost" and all names under it are loopback addresses (RFC 6761 6.3).
bool is_localhost(std::string_view host);
const NameAnswer& loopback();

}  // namespace crawler
