// The words for how a request, and how a URL, ended; and the one table that says what follows from each.
// Plain values; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace crawler {

// How one request on the wire ended. The names in outcome_name() are the contract's fates where both exist.
enum class Outcome {
  fetched,       // 2xx with its body (perhaps truncated)
  not_modified,  // 304
  redirected,    // 3xx with a usable Location
  http_4xx,
  http_5xx,
  rate_limited,  // 429 and 503
  timeout,       // connect, total or low-speed limit
  dns,
  connect,
  tls,
  protocol,           // not HTTP, or broken in a way that is not the network's
  reset,              // the connection died under the answer
  forbidden_address,  // every address of the host is one we do not connect to
  put_back,           // not sent or not ours to judge (drain, lease lost, resend stopped): no attempt counted
};
inline constexpr std::size_t kOutcomes = 14;
std::string_view outcome_name(Outcome outcome);

struct OutcomePolicy {
  bool retry;                // transient: the URL is tried again with back-off, up to fetch.retries
  bool pushback;             // the host asks us to slow down: it backs off, the URL's attempts are not counted
  bool blames_host;          // counts as a failure of the host
  bool failed;               // the fate that follows counts as failed
  bool answered;             // an answer arrived: politeness.factor applies to its response time
  std::string_view fate;     // of the URL when it ends here
  std::string_view refused;  // or the reason of refusal; empty: the fate counts
};
const OutcomePolicy& policy_of(Outcome outcome);

// Every fate of `done` and every reason of `refused`, as the contract spells them.
inline constexpr std::array<std::string_view, 14> kFates = {
    "fetched", "not_modified", "duplicate", "redirected", "http_4xx", "http_5xx",           "rate_limited",
    "timeout", "dns",          "connect",   "tls",        "protocol", "too_many_redirects", "retries_exhausted"};
inline constexpr std::array<std::string_view, 14> kRefusals = {"out_of_scope",
                                                               "robots_disallowed",
                                                               "robots_unreachable",
                                                               "depth",
                                                               "budget_host",
                                                               "budget_job",
                                                               "trap",
                                                               "too_long",
                                                               "forbidden_address",
                                                               "blocked_host",
                                                               "nofollow",
                                                               "mime",
                                                               "operator_dropped",
                                                               "cancelled"};
bool is_failed_fate(std::string_view fate);

// What Redis keeps of how a URL ended, unless it was fetched: two digits, the place in this list. It grows at its end
// only.
inline constexpr std::array<std::string_view, 27> kEndCodes = {"out_of_scope",
                                                               "robots_disallowed",
                                                               "robots_unreachable",
                                                               "depth",
                                                               "budget_host",
                                                               "budget_job",
                                                               "trap",
                                                               "too_long",
                                                               "forbidden_address",
                                                               "blocked_host",
                                                               "nofollow",
                                                               "mime",
                                                               "operator_dropped",
                                                               "cancelled",
                                                               "not_modified",
                                                               "duplicate",
                                                               "redirected",
                                                               "http_4xx",
                                                               "http_5xx",
                                                               "rate_limited",
                                                               "timeout",
                                                               "dns",
                                                               "connect",
                                                               "tls",
                                                               "protocol",
                                                               "too_many_redirects",
                                                               "retries_exhausted"};

}  // namespace crawler
