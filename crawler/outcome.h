// The words for how a request, and how a URL, ended; and the one table that says what follows from each.
// Plain values; any thread.
#pragma once

#include <algorithm>
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

// How a URL may end, as the contract spells it: refused for this reason, else done with this fate; beside `fetched`,
// of which nothing is kept. Redis keeps the place in this list as two digits, so that it may only grow at its end.
struct End {
  std::string_view word;
  bool refused;
};
inline constexpr auto kEnds = std::to_array<End>({
    {"out_of_scope", true},
    {"robots_disallowed", true},
    {"robots_unreachable", true},
    {"depth", true},
    {"budget_host", true},
    {"budget_job", true},
    {"trap", true},
    {"too_long", true},
    {"forbidden_address", true},
    {"blocked_host", true},
    {"nofollow", true},
    {"mime", true},
    {"operator_dropped", true},
    {"cancelled", true},
    {"not_modified", false},
    {"duplicate", false},
    {"redirected", false},
    {"http_4xx", false},
    {"http_5xx", false},
    {"rate_limited", false},
    {"timeout", false},
    {"dns", false},
    {"connect", false},
    {"tls", false},
    {"protocol", false},
    {"too_many_redirects", false},
    {"retries_exhausted", false},
});

// The words of those that `fits`, in their order, from place `first` of the result on.
template <std::size_t size, typename Fits>
consteval std::array<std::string_view, size> words_of_ends(std::size_t first, Fits fits) {
  std::array<std::string_view, size> words;
  for (const End& end : kEnds) {
    if (fits(end)) words[first++] = end.word;
  }
  if (first != size) throw "the sizes below are to fit the list";
  return words;
}
inline constexpr std::size_t kRefused =
    std::count_if(kEnds.begin(), kEnds.end(), [](const End& end) { return end.refused; });
inline constexpr auto kEndCodes = words_of_ends<kEnds.size()>(0, [](const End&) { return true; });
inline constexpr auto kRefusals = words_of_ends<kRefused>(0, [](const End& end) { return end.refused; });
inline constexpr auto kFates = [] {
  auto words = words_of_ends<kEnds.size() - kRefused + 1>(1, [](const End& end) { return !end.refused; });
  words[0] = "fetched";
  return words;
}();
bool is_failed_fate(std::string_view fate);

}  // namespace crawler
