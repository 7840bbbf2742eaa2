// Which of a host's addresses a request may go to, in the order in which they are tried.
// Asks the kernel for routes, which sends nothing; otherwise pure. Any thread.
#pragma once

#include <sys/socket.h>

#include <vector>

#include "web/address.h"

namespace crawler {

// Two at most of those that the policy permits: the first in the resolver's order, and one beside it, of the other
// family if there is one. A family that this machine has no route for is left out where it has one for the other. The
// others have their turn when these have failed (Resolver::avoid). Empty: none is permitted.
std::vector<sockaddr_storage> choose_addresses(const std::vector<sockaddr_storage>& resolved,
                                               const web::AddressPolicy& policy);

// Whether this machine has a way to the Internet in either family.
bool has_route();

}  // namespace crawler
