// Ports that are known to be another protocol's, where an HTTP request could be taken for something else.
// Pure; any thread.
#pragma once

namespace web {

// The fetch standard's "bad port" (WHATWG fetch 2.9), port 0 among them.
bool is_port_of_another_protocol(int port);

}  // namespace web
