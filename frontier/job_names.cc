#include "frontier/job_names.h"

#include <algorithm>
#include <utility>

#include "lua_jobs.h"

namespace frontier {
namespace {

using Millis = std::chrono::milliseconds;

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

void JobNames::list(std::function<void(std::optional<std::vector<Job>>)> done) {
  redis_.command({"TIME"}, [this, done = std::move(done)](const Reply& reply) mutable {
    if (reply.lost()) return;
    if (reply.is_error()) return done(std::nullopt);
    const std::chrono::seconds s(reply.at(0).integer());
    const std::chrono::microseconds us(reply.at(1).integer());
    read(s + std::chrono::duration_cast<Millis>(us), std::move(done));
  });
}

void JobNames::read(Millis now, std::function<void(std::optional<std::vector<Job>>)> done) {
  const std::string key = keys_.jobs();
  redis_.command({"HGETALL", key}, [now, done = std::move(done)](const Reply& reply) {
    if (reply.lost()) return;
    if (reply.is_error()) return done(std::nullopt);
    std::vector<Job> jobs;
    for (std::size_t i = 0; i + 1 < reply.size(); i += 2) {
      const Millis named(reply.at(i + 1).integer());
      jobs.push_back({std::string(reply.at(i).text()), std::max(Millis(0), now - named)});
    }
    done(std::move(jobs));
  });
}

}  // namespace frontier
