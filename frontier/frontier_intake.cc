// RedisFrontier: batches of the inbox.
#include <utility>

#include "frontier/frontier.h"
#include "lua_count.h"
#include "lua_inbox.h"
#include "lua_intake.h"
#include "lua_offer.h"
#include "lua_reject.h"
#include "lua_taken.h"

namespace frontier {
namespace {

constexpr Script kIntake{lua_intake, lua_intake_sha1};
constexpr Script kTaken{lua_taken, lua_taken_sha1};
constexpr Script kOffer{lua_offer, lua_offer_sha1};
constexpr Script kReject{lua_reject, lua_reject_sha1};
constexpr Script kCount{lua_count, lua_count_sha1};
constexpr Script kInbox{lua_inbox, lua_inbox_sha1};

constexpr std::string_view kBatch = "200";
constexpr std::string_view kBatchBytes = "1048576";  // and one entry more
constexpr std::string_view kKeptRejections = "10000";

RedisFrontier::IntakeCounts counts_of(const Reply& reply) {
  return {reply.at(0).integer(), reply.at(1).integer(), reply.at(2).integer()};
}

}  // namespace

std::vector<Script> RedisFrontier::intake_scripts() {
  return {kIntake, kTaken, kOffer, kReject, kCount, kInbox};
}

void RedisFrontier::take_in(const std::string& fresh_name, std::size_t longest, std::function<void(Batch)> done) {
  const std::string bytes = std::to_string(longest);
  redis_.script(kIntake, {keys_.seeds(), keys_.taking(), keys_.batch()}, {fresh_name, kBatch, bytes, kBatchBytes},
                [done = std::move(done)](const Reply& reply) {
                  if (reply.lost()) return;
                  Batch batch;
                  batch.name = reply.at(0).text();
                  if (reply.size() > 0 && batch.name.empty()) {
                    batch.wrong_type = reply.at(1).text();
                    return done(std::move(batch));
                  }
                  for (std::size_t i = 1; i < reply.size(); ++i) batch.entries.emplace_back(reply.at(i).text());
                  done(std::move(batch));
                });
}

void RedisFrontier::taken_in(const std::string& batch, std::size_t entries, std::function<void()> done) {
  const std::string count = std::to_string(entries);
  redis_.script(kTaken, {keys_.taking(), keys_.batch()}, {batch, count}, [done = std::move(done)](const Reply& reply) {
    if (!reply.lost()) done();
  });
}

void RedisFrontier::list_rejected(const std::string& batch, const std::vector<std::string>& entries,
                                  std::function<void()> done) {
  if (entries.empty()) return done();
  std::vector<std::string_view> args = {batch, kKeptRejections};
  args.insert(args.end(), entries.begin(), entries.end());
  redis_.script(kReject, {keys_.rejected(), keys_.listed()}, args, [done = std::move(done)](const Reply& reply) {
    if (!reply.lost()) done();
  });
}

void RedisFrontier::count_batch(const std::string& batch, const IntakeCounts& counts,
                                std::function<void(IntakeCounts)> done) {
  const std::string accepted = std::to_string(counts.accepted), rejected = std::to_string(counts.rejected),
                    duplicates = std::to_string(counts.duplicates);
  redis_.script(kCount, {keys_.intake()}, {batch, accepted, rejected, duplicates},
                [done = std::move(done)](const Reply& reply) {
                  if (!reply.lost()) done(counts_of(reply));
                });
}

void RedisFrontier::intake_counts(std::function<void(IntakeCounts)> done) {
  const std::string key = keys_.intake();
  redis_.command({"HMGET", key, "accepted", "rejected", "duplicates"}, [done = std::move(done)](const Reply& reply) {
    if (!reply.lost()) done(counts_of(reply));
  });
}

void RedisFrontier::offer(const std::string& token, std::span<const std::string> entries,
                          std::function<void(std::string)> done) {
  std::vector<std::string_view> args = {token};
  args.insert(args.end(), entries.begin(), entries.end());
  redis_.script(kOffer, {keys_.seeds(), keys_.offered()}, args, [done = std::move(done)](const Reply& reply) {
    if (!reply.lost()) done(std::string(reply.text()));
  });
}

void RedisFrontier::inbox(std::function<void(std::int64_t)> done) {
  redis_.script(kInbox, {keys_.seeds(), keys_.taking()}, {}, [done = std::move(done)](const Reply& reply) {
    if (!reply.lost()) done(reply.integer());
  });
}

}  // namespace frontier
