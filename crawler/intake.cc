#include "crawler/intake.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "crawler/seed_entry.h"

namespace crawler {
namespace {

constexpr int kBatch = 200;
constexpr std::string_view kLastOfBatch = "199";
constexpr std::string_view kKeptRejections = "9999";  // of the capped list, index of the last
constexpr std::size_t kOfferChunk = 1000;

}  // namespace

void Intake::poll() {
  if (!active_ || busy_ || !frontier_.redis().up()) return;
  busy_ = true;
  read_taking();
}

// What a life before ours left half taken in comes first. Taking it in again is harmless: it is a duplicate then.
void Intake::read_taking() {
  const std::string taking = frontier_.keys().taking(), seeds = frontier_.keys().seeds();
  frontier_.redis().command({"LRANGE", taking, "0", kLastOfBatch}, [this, taking, seeds](const frontier::Reply& reply) {
    if (reply.lost()) return;
    std::vector<std::string> entries;
    for (std::size_t i = 0; i < reply.size(); ++i) entries.emplace_back(reply.at(i).text());
    if (!entries.empty()) return take_in(entries);
    auto left = std::make_shared<int>(kBatch);
    auto moved = std::make_shared<int>(0);
    for (int i = 0; i < kBatch; ++i) {
      // From the tail: LPUSH, the usual way to seed, puts the newest at the head.
      frontier_.redis().command({"LMOVE", seeds, taking, "RIGHT", "RIGHT"},
                                [this, left, moved](const frontier::Reply& r) {
                                  if (r.lost()) return;
                                  if (r.is_error())
                                    spdlog::error("the inbox cannot be read: {}", r.text());
                                  else if (!r.is_nil())
                                    ++*moved;
                                  if (--*left > 0) return;
                                  if (*moved > 0) return read_taking();
                                  read_totals();
                                });
    }
  });
}

void Intake::take_in(const std::vector<std::string>& entries) {
  std::vector<frontier::Discovery> discoveries;
  std::vector<std::string> rejected;
  for (const std::string& entry : entries) {
    std::string reason;
    auto seed = parse_seed(entry, reason);
    if (seed) {
      const Scope::Verdict verdict = scope_.judge(seed->url, seed->url, seed->record.depth);
      if (!verdict.refused.empty()) reason = std::string(verdict.refused) + ": by " + verdict.rule;
    }
    if (!reason.empty()) {
      spdlog::warn("seed rejected: {}: {}", entry.substr(0, 200), reason);
      if (shared_.finite) shared_.seeds.tell(entry, "rejected", reason);
      rejected.push_back(nlohmann::json{{"entry", entry.substr(0, 4096)}, {"reason", reason}}.dump(
          -1, ' ', false, nlohmann::json::error_handler_t::replace));
      continue;
    }
    discoveries.push_back(
        {shared_.config.politeness_key(seed->url), std::move(seed->record), std::string_view(), seed->force});
  }
  frontier_.add(std::move(discoveries), [this, n = entries.size(), rejected](const frontier::AddCount& count) {
    close_batch(n, rejected, count);
  });
}

void Intake::close_batch(std::size_t entries, std::vector<std::string> rejected, const frontier::AddCount& count) {
  frontier::RedisConnection& redis = frontier_.redis();
  const std::string taking = frontier_.keys().taking(), list = frontier_.keys().rejected();
  const std::string intake = frontier_.keys().intake();
  const auto nothing = [](const frontier::Reply&) {};
  if (!rejected.empty()) {
    std::vector<std::string_view> push = {"LPUSH", list};
    push.insert(push.end(), rejected.begin(), rejected.end());
    redis.command(std::move(push), nothing);
    redis.command({"LTRIM", list, "0", kKeptRejections}, nothing);
    redis.command({"HINCRBY", intake, "rejected", std::to_string(rejected.size())}, nothing);
  }
  const auto accepted = std::to_string(count.fresh + count.upgraded), known = std::to_string(count.known);
  redis.command({"HINCRBY", intake, "accepted", accepted}, nothing);
  redis.command({"HINCRBY", intake, "duplicates", known}, nothing);
  const std::string from = std::to_string(entries);
  redis.command({"LTRIM", taking, from, "-1"}, [this](const frontier::Reply& reply) {
    if (!reply.lost()) read_taking();
  });
}

void Intake::read_totals() {
  const std::string intake = frontier_.keys().intake();
  frontier_.redis().command({"HMGET", intake, "accepted", "rejected", "duplicates"},
                            [this](const frontier::Reply& reply) {
                              if (reply.lost()) return;
                              totals_ = {reply.at(0).integer(), reply.at(1).integer(), reply.at(2).integer()};
                              busy_ = false;
                            });
}

void Intake::offer(const std::vector<std::string>& entries, std::function<void()> done) {
  const std::string seeds = frontier_.keys().seeds();
  auto left = std::make_shared<std::size_t>((entries.size() + kOfferChunk - 1) / kOfferChunk);
  if (*left == 0) return done();
  for (std::size_t from = 0; from < entries.size(); from += kOfferChunk) {
    std::vector<std::string_view> push = {"LPUSH", seeds};
    const std::size_t end = std::min(entries.size(), from + kOfferChunk);
    for (std::size_t i = from; i < end; ++i) push.push_back(entries[i]);
    frontier_.redis().command(std::move(push), [left, done](const frontier::Reply& reply) {
      if (!reply.lost() && --*left == 0) done();
    });
  }
}

}  // namespace crawler
