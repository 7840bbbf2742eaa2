// What one request for a robots.txt came to, whoever it was made for (RFC 9309 2.3.1).
// A plain value; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crawler/fetcher.h"
#include "web/url.h"

namespace crawler {

struct RobotsAnswer {
  enum class Kind {
    rules,        // `text`, perhaps empty
    none,         // 4xx but 429: there is no robots.txt
    redirect,     // to `text`, a URL in normal form
    hopeless,     // the host has no address we may ask; `text` is the fate or reason that says so
    unreachable,  // anything else
  };
  static constexpr int kMaxHops = 5;  // redirects that are followed (RFC 9309 2.3.1.2)

  Kind kind = Kind::unreachable;
  std::string text;
  std::string digest;  // of the body as it arrived, as the archive has it
  std::string odd;     // what a person should know of how it was read; in our words only

  std::string encode() const;  // bytes for decode(), on one machine or another
  static std::optional<RobotsAnswer> decode(std::string_view bytes);
};

// Judges the end of a request for `asked` that was not put back. At most 500 KiB and a byte of text come out, whatever
// the coding of the body unpacks to.
RobotsAnswer read_robots_answer(const web::Url& asked, FetchResult result, bool no_such_host, std::string digest);

}  // namespace crawler
