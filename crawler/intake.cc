#include "crawler/intake.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "crawler/random_hex.h"
#include "crawler/seed_entry.h"

namespace crawler {
namespace {

constexpr std::string_view kKeptRejections = "9999";  // of the capped list, index of the last
constexpr std::size_t kOfferChunk = 1000;
constexpr std::size_t kToldOfBatch = 5;  // rejections in the log; the list holds all

// What others wrote, for our log.
std::string printable(std::string_view text) {
  std::string out(text.substr(0, 200));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  }
  return out;
}

}  // namespace

void Intake::poll() {
  if (!active_ || busy_ || !frontier_.redis().up()) return;
  busy_ = true;
  read_taking();
}

// What a life before ours left half taken in comes first. Taking it in again is harmless: it is a duplicate then.
void Intake::read_taking() {
  if (!active_ || shared_.trust.lost()) return read_totals(true);
  frontier_.take_in(random_hex(16), kMaxEntry,
                    [this](const std::string& batch, const std::vector<std::string>& entries) {
                      if (entries.empty()) return read_totals(true);
                      take_in(batch, entries);
                    });
}

struct Intake::Batch {
  std::string name;
  std::vector<std::pair<std::string, SeedEntry>> seeds;  // with the entry's text
  std::vector<std::string> tokens;                       // of them, by which a forced one is known if it comes again
  std::vector<std::string> rejected;                     // as the list of rejected ones has it
  std::size_t entries = 0;
};

void Intake::take_in(const std::string& name, const std::vector<std::string>& entries) {
  auto batch = std::make_shared<Batch>();
  batch->name = name;
  batch->entries = entries.size();
  std::set<std::string> jobs;
  for (const std::string& entry : entries) {
    std::string reason;
    auto seed = parse_seed(entry, reason);
    if (seed) {
      const Scope::Verdict verdict = scope_.judge(seed->url, seed->url, seed->record.depth);
      if (!verdict.refused.empty()) reason = std::string(verdict.refused) + ": by " + verdict.rule;
    }
    if (!reason.empty()) {
      reject(*batch, entry, reason);
      continue;
    }
    if (!seed->record.job.empty()) jobs.insert(seed->record.job);
    batch->tokens.push_back(name + "-" + std::to_string(&entry - entries.data()));
    batch->seeds.emplace_back(entry, std::move(*seed));
  }
  jobs_.enter(jobs, [this, batch](const std::set<std::string>& refused) { file(batch, refused); });
}

void Intake::file(const BatchPtr& batch, const std::set<std::string>& refused_jobs) {
  std::vector<frontier::Discovery> discoveries;
  for (std::size_t i = 0; i < batch->seeds.size(); ++i) {
    auto& [entry, seed] = batch->seeds[i];
    if (refused_jobs.contains(seed.record.job)) {
      reject(*batch, entry, "too many jobs: " + std::to_string(frontier::kMaxJobs) + " names are in use");
      continue;
    }
    discoveries.push_back({.host = shared_.config.politeness_key(seed.url),
                           .record = std::move(seed.record),
                           .force = seed.force,
                           .token = batch->tokens[i]});
  }
  if (batch->rejected.size() > kToldOfBatch) {
    spdlog::warn("and {} more seeds rejected", batch->rejected.size() - kToldOfBatch);
  }
  frontier_.add(std::move(discoveries), [this, batch](const frontier::AddCount& count) { close_batch(batch, count); });
}

void Intake::reject(Batch& batch, const std::string& entry, const std::string& reason) {
  if (batch.rejected.size() < kToldOfBatch) spdlog::warn("seed rejected: {}: {}", printable(entry), printable(reason));
  if (shared_.finite) shared_.seeds.tell(entry, "rejected", reason);
  batch.rejected.push_back(nlohmann::json{{"entry", entry.substr(0, 4096)}, {"reason", reason.substr(0, 500)}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void Intake::close_batch(const BatchPtr& batch, const frontier::AddCount& count) {
  const std::vector<std::string>& rejected = batch->rejected;
  frontier::RedisConnection& redis = frontier_.redis();
  const std::string list = frontier_.keys().rejected();
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
  read_totals(false);
  frontier_.taken_in(batch->name, batch->entries, [this] { read_taking(); });
}

void Intake::read_totals(bool last) {
  const std::string intake = frontier_.keys().intake();
  frontier_.redis().command({"HMGET", intake, "accepted", "rejected", "duplicates"},
                            [this, last](const frontier::Reply& reply) {
                              if (reply.lost()) return;
                              totals_ = {reply.at(0).integer(), reply.at(1).integer(), reply.at(2).integer()};
                              if (last) busy_ = false;
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
