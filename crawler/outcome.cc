#include "crawler/outcome.h"

#include <algorithm>

namespace crawler {
namespace {

struct Row {
  std::string_view name;
  OutcomePolicy policy;
};

// In the order of Outcome.   retry  pushb  blame  failed answered  fate  refused
constexpr std::array<Row, kOutcomes> kTable = {{
    {"fetched", {false, false, false, false, true, "fetched", ""}},
    {"not_modified", {false, false, false, false, true, "not_modified", ""}},
    {"redirected", {false, false, false, false, true, "redirected", ""}},
    {"http_4xx", {false, false, false, true, true, "http_4xx", ""}},
    {"http_5xx", {true, false, true, true, true, "http_5xx", ""}},
    {"rate_limited", {false, true, false, true, true, "rate_limited", ""}},
    {"timeout", {true, false, true, true, false, "timeout", ""}},
    {"dns", {true, false, true, true, false, "dns", ""}},
    {"connect", {true, false, true, true, false, "connect", ""}},
    {"tls", {false, false, true, true, false, "tls", ""}},
    {"protocol", {true, false, true, true, false, "protocol", ""}},
    {"reset", {true, false, true, true, false, "retries_exhausted", ""}},
    {"forbidden_address", {false, false, false, false, false, "", "forbidden_address"}},
    {"put_back", {false, false, false, false, false, "", ""}},
}};

const Row& row(Outcome outcome) {
  return kTable[static_cast<std::size_t>(outcome)];
}

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  return row(outcome).name;
}

const OutcomePolicy& policy_of(Outcome outcome) {
  return row(outcome).policy;
}

bool is_failed_fate(std::string_view fate) {
  constexpr std::array<std::string_view, 4> kGood = {"fetched", "not_modified", "duplicate", "redirected"};
  return std::find(kGood.begin(), kGood.end(), fate) == kGood.end();
}

}  // namespace crawler
