// An operator's order for one host, from what a person typed to what the frontier keeps: checked, and in one spelling.
// Pure functions; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "crawler/config.h"
#include "frontier/frontier.h"
#include "limiter/levers.h"

namespace crawler {

// The politeness key of a host as a person spells it: "Example.ORG.", "bücher.example", "0x7f.1", "[::1]".
// Nothing, with one sentence in `error`, for what is no host name.
std::optional<std::string> host_of_text(const Config& config, std::string_view text, std::string& error);

// As typed; what does not apply is empty.
struct LeverWords {
  std::string action;         // pause, slow, block, resume
  std::string delay, length;  // durations
  std::string why;
  std::string by;  // who orders it
};

struct HostOrder {
  std::string host;                        // politeness key
  std::optional<limiter::LeverKind> kind;  // nothing: resume
  limiter::Lever lever;
  std::string by;

  std::string verb() const { return kind ? std::string(limiter::lever_name(*kind)) : "resume"; }
  frontier::LeverOrder for_frontier() const { return {host, verb(), lever.id, limiter::encode_terms(lever)}; }
  std::string text() const;  // "example.org is paused for 10m by joe: their shop rests", for the log
};

std::string fresh_order_id();  // random
bool is_lever_action(std::string_view action);

// `words` for the politeness key `host`, under a fresh `id`. Nothing, with one sentence in `error`, for what makes no
// sense.
std::optional<HostOrder> order_of_words(const std::string& host, const LeverWords& words, std::string id,
                                        std::string& error);

// log/levers-*.jsonl: an order, and that one has ended by itself.
std::string order_line(const HostOrder& order, std::string_view daemon, std::chrono::system_clock::time_point now);
std::string ended_line(const std::string& host, const limiter::LeverInForce& lever, std::string_view daemon,
                       std::chrono::system_clock::time_point now);

}  // namespace crawler
