#include "crawler/intake.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "crawler/random_hex.h"
#include "crawler/seed_entry.h"

namespace crawler {
namespace {

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

void Intake::activate(bool active) {
  active_ = active;
  if (!active) wrong_type_.clear();  // who takes in from now on tells it
}

void Intake::poll() {
  if (!active_ || busy_ || !frontier_.redis().up()) return;
  busy_ = true;
  read_taking();
}

// What a life before ours left half taken in comes first. Taking it in again is harmless: it is a duplicate then.
void Intake::read_taking() {
  if (!active_ || shared_.trust.lost()) return read_totals();
  frontier_.take_in(random_hex(16), kMaxEntry, [this](const frontier::RedisFrontier::Batch& batch) {
    note_type(batch.wrong_type);
    if (batch.entries.empty()) return read_totals();
    take_in(batch.name, batch.entries);
  });
}

// Anybody may write the inbox, and as what he likes: that stops the intake and nothing else.
void Intake::note_type(const std::string& wrong) {
  if (!active_ || wrong == wrong_type_) return;
  wrong_type_ = wrong;
  if (!wrong.empty()) spdlog::warn("{}", trouble());
}

std::string Intake::trouble_of(const std::string& wrong_type) const {
  if (wrong_type.empty()) return {};
  return fmt::format("{} is a {} and no list: no seeds are taken in until it is deleted or renamed",
                     frontier_.keys().seeds(), wrong_type);
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
                           .token = batch->tokens[i],
                           .asked = true});
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

// What came of it is told before it is over: until then no other batch is, and a repeat is known by its name.
void Intake::close_batch(const BatchPtr& batch, const frontier::AddCount& count) {
  if (count.lost) return read_totals();  // the batch, where it still is, comes again
  frontier_.list_rejected(batch->name, batch->rejected, [this, batch, count] {
    const auto rejected = static_cast<std::int64_t>(batch->rejected.size());
    frontier_.count_batch(batch->name, {count.fresh + count.upgraded, rejected, count.known},
                          [this, batch](const Totals& totals) {
                            totals_ = totals;
                            frontier_.taken_in(batch->name, batch->entries, [this] { read_taking(); });
                          });
  });
}

void Intake::read_totals() {
  frontier_.intake_counts([this](const Totals& totals) {
    totals_ = totals;
    busy_ = false;
  });
}

void Intake::offer(const std::vector<std::string>& entries, std::function<void(const std::string&)> done) {
  struct Offered {
    std::size_t left;
    std::string wrong_type;
  };
  auto offered = std::make_shared<Offered>(Offered{(entries.size() + kOfferChunk - 1) / kOfferChunk, {}});
  if (offered->left == 0) return done({});
  const std::string token = random_hex(16);
  for (std::size_t from = 0; from < entries.size(); from += kOfferChunk) {
    const std::size_t count = std::min(kOfferChunk, entries.size() - from);
    frontier_.offer(token + "-" + std::to_string(from), std::span(entries).subspan(from, count),
                    [this, offered, done](const std::string& wrong) {
                      note_type(wrong);
                      if (!wrong.empty()) offered->wrong_type = wrong;
                      if (--offered->left == 0) done(trouble_of(offered->wrong_type));
                    });
  }
}

}  // namespace crawler
