// RedisFrontier: batches of the inbox.
#include <utility>

#include "frontier/frontier.h"
#include "lua_intake.h"
#include "lua_taken.h"

namespace frontier {
namespace {

constexpr Script kIntake{lua_intake, lua_intake_sha1};
constexpr Script kTaken{lua_taken, lua_taken_sha1};

constexpr std::string_view kBatch = "200";
constexpr std::string_view kBatchBytes = "1048576";  // and one entry more

}  // namespace

std::vector<Script> RedisFrontier::intake_scripts() {
  return {kIntake, kTaken};
}

void RedisFrontier::take_in(const std::string& fresh_name, std::size_t longest,
                            std::function<void(std::string, std::vector<std::string>)> done) {
  const std::string bytes = std::to_string(longest);
  redis_.script(kIntake, {keys_.seeds(), keys_.taking(), keys_.batch()}, {fresh_name, kBatch, bytes, kBatchBytes},
                [done = std::move(done)](const Reply& reply) {
                  if (reply.lost()) return;
                  std::vector<std::string> entries;
                  for (std::size_t i = 1; i < reply.size(); ++i) entries.emplace_back(reply.at(i).text());
                  done(std::string(reply.at(0).text()), std::move(entries));
                });
}

void RedisFrontier::taken_in(const std::string& batch, std::size_t entries, std::function<void()> done) {
  const std::string count = std::to_string(entries);
  redis_.script(kTaken, {keys_.taking(), keys_.batch()}, {batch, count}, [done = std::move(done)](const Reply& reply) {
    if (!reply.lost()) done();
  });
}

}  // namespace frontier
