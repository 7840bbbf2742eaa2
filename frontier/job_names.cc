#include "frontier/job_names.h"

#include <utility>

#include "lua_jobs.h"

namespace frontier {
namespace {

constexpr Script kEnter{lua_jobs, lua_jobs_sha1};

}  // namespace

std::vector<Script> JobNames::scripts() {
  return {kEnter};
}

void JobNames::enter(const std::set<std::string>& names, std::function<void(std::set<std::string>)> done) {
  std::vector<std::string> unknown;
  for (const std::string& name : names) {
    if (!entered_.contains(name)) unknown.push_back(name);
  }
  if (unknown.empty()) return done({});
  const std::string most = std::to_string(most_);
  std::vector<std::string_view> args = {most};
  args.insert(args.end(), unknown.begin(), unknown.end());
  redis_.script(kEnter, {keys_.jobs()}, args, [this, unknown, done = std::move(done)](const Reply& reply) {
    if (reply.lost()) return;
    std::set<std::string> refused;
    for (std::size_t i = 0; i < unknown.size(); ++i) {
      const bool known = i < reply.text().size() && reply.text()[i] == '1';
      (known ? entered_ : refused).insert(unknown[i]);
    }
    done(std::move(refused));
  });
}

void JobNames::list(std::function<void(std::optional<std::vector<std::string>>)> done) {
  const std::string key = keys_.jobs();
  redis_.command({"HKEYS", key}, [done = std::move(done)](const Reply& reply) {
    if (reply.lost()) return;
    if (reply.is_error()) return done(std::nullopt);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < reply.size(); ++i) names.emplace_back(reply.at(i).text());
    done(std::move(names));
  });
}

}  // namespace frontier
