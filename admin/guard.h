// Which requests the admin endpoint hears at all, decided on the head, before any byte of a body is read.
// A pure function over the request; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "admin/http.h"

namespace admin {

struct GuardRules {
  std::string token;        // empty: none needed
  std::string listen_host;  // the host of admin.listen; always a known Host
  bool any_host = false;    // a bind beyond loopback: names are unknown here, and the token stands guard
};

struct Verdict {
  int status = 0;           // 0: pass; else the status to refuse with
  std::string_view detail;  // one sentence for a person
  std::size_t body_length = 0;

  bool passed() const { return status == 0; }
};

inline constexpr std::size_t kMaxTarget = 8000;  // with an escaped URL in its query
inline constexpr std::size_t kMaxHeaders = 64;
inline constexpr std::size_t kMaxBody = 64 * 1024;

// The header by which a script says that it means to change something. A page of another site cannot send it
// without asking first (CORS preflight), which is never granted.
inline constexpr std::string_view kIntentHeader = "X-Decorum";

// In this order: size of the head; framing of the body (no Transfer-Encoding, one plain Content-Length up to kMaxBody,
// no Content-Encoding); a known Host, against DNS rebinding: localhost, an address literal or the listening host;
// the token, but for the page's shell and /healthz; and for methods that change something, where they come from.
//
// Where from: a browser marks its requests (Origin, Sec-Fetch-Site, Referer). A marked one must be of our own origin
// and carry kIntentHeader. An unmarked one is no browser and needs neither, so that plain `curl -X POST` works; with a
// token, Authorization itself is such a header.
Verdict judge(const Request& request, const GuardRules& rules);

}  // namespace admin
