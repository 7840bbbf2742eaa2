#include "crawler/url_desk.h"

#include <algorithm>
#include <utility>

#include "crawler/awaited.h"
#include "crawler/boot_clock.h"
#include "crawler/outcome.h"
#include "crawler/scheduler_options.h"
#include "crawler/seed_entry.h"
#include "crawler/traps.h"
#include "frontier/keys.h"
#include "web/address.h"

namespace crawler {
namespace {

using Place = frontier::UrlFacts::Place;

bool is_refusal(std::string_view end) {
  return std::find(kRefusals.begin(), kRefusals.end(), end) != kRefusals.end();
}

// "bad_url: not a valid URL" as reason and rule.
void refuse_by(const std::string& text, UrlAnswer& answer) {
  const std::size_t colon = text.find(": ");
  answer.state = "refused";
  answer.end = text.substr(0, colon);
  if (colon != text.npos) answer.rule = text.substr(colon + 2);
}

std::string state_of_facts(const frontier::UrlFacts& facts) {
  switch (facts.place) {
    case Place::flight:
      return "in_flight";
    case Place::wait:
      return "waiting";
    case Place::queue:
      return "queued";
    case Place::nowhere:
      break;
  }
  if (!facts.end.empty()) return is_refusal(facts.end) ? "refused" : "done";
  if (!facts.seen) return "never_seen";
  return facts.complete ? "done" : "queued_or_done";
}

std::string robots_rule(const RobotsWord& robots) {
  return "line " + std::to_string(robots.line) + " of " + robots.robots_url + " (" + robots.rule + ")";
}

}  // namespace

std::optional<frontier::UrlFacts> UrlDesk::look_up(const UrlAnswer& answer, std::string& error) {
  const auto given = std::make_shared<Awaited<frontier::UrlFacts>>();
  p_.post([this, given, id = answer.id(), host = answer.host, origin = answer.origin] {
    const auto cannot = [&given](std::string why) { given->give(frontier::UrlFacts{.error = std::move(why)}); };
    frontier::RedisFrontier* const frontier = p_.frontier();
    if (std::string why = HostDesk::why_not_read(frontier); !why.empty()) return cannot(std::move(why));
    if (!lookup_) lookup_ = std::make_unique<frontier::UrlLookup>(frontier->redis(), p_.shared.frontier);
    lookup_->rekey(p_.shared.frontier.hash_key);
    lookup_->find(id, host, origin, [given](frontier::UrlFacts facts) {
      if (!facts.error.empty()) facts.error = "Redis could not tell: " + facts.error + ".";
      given->give(std::move(facts));
    });
  });
  auto facts = given->wait(HostDesk::kPatience);
  error = facts ? facts->error : "Redis has not answered within 2 s.";
  return error.empty() ? std::move(facts) : std::nullopt;
}

// The copy that Redis has decides, as it would for the worker that loads it.
RobotsWord UrlDesk::ask_robots(const web::Url& url, const std::optional<std::string>& kept) const {
  RobotsWord word;
  word.robots_url = web::robots_url(url);
  const auto now = boot_now();
  const limiter::RobotsOptions options = scheduler_options(p_.shared, {}).robots;
  limiter::RobotsState state;
  state.loaded(kept, now, wall_now_ms(), options);
  const limiter::RobotsView view = state.view(now, options);
  word.phase = view.phase;
  word.age = view.age;
  word.attempts = view.attempts;
  word.gave_up = state.step(now, options) == limiter::RobotsState::Step::gave_up;
  if (!view.in_force) return word;
  const web::RobotsRules::Verdict verdict = state.check(url.path_and_query());
  word.says = verdict.allowed ? RobotsWord::Says::allowed : RobotsWord::Says::disallowed;
  word.rule = verdict.rule;
  word.line = verdict.line;
  return word;
}

// Of "scope.exclude[2]" or "scope.type = host".
std::string UrlDesk::origin_of(const std::string& rule) const {
  const std::string key = rule.substr(0, rule.find_first_of("[ "));
  const auto setting =
      std::find_if(p_.settings.begin(), p_.settings.end(), [&](const ConfigValue& value) { return value.key == key; });
  return setting == p_.settings.end() ? "" : setting->origin;
}

// In the order in which it would meet them: when it is found, then when its turn comes. Traps that only what was
// fetched shows are known to the host's worker alone, and are not told.
UrlVerdict UrlDesk::judge(const web::Url& url, const web::Url& seed, UrlVerdict as, const std::string& job,
                          const UrlAnswer& answer) const {
  const Config& config = p_.shared.config;
  as.seed = seed.href();
  const auto refuse = [&as](std::string_view reason, std::string rule) {
    as.refused = reason;
    as.rule = std::move(rule);
    return as;
  };
  if (const Scope::Verdict scope = scope_.judge(url, seed, as.depth); !scope.refused.empty()) {
    return refuse(scope.refused, scope.rule);
  }
  if (const auto over = p_.shared.jobs.used_up(job)) return refuse("budget_job", p_.shared.jobs.rule(*over));
  const SchedulerOptions options = scheduler_options(p_.shared, {});
  const auto over = answer.host_view ? options.budget.used_up(answer.host_view->spent) : std::nullopt;
  if (over) return refuse("budget_host", options.budget.rule(*over));
  if (as.as_link) {
    const Traps::Verdict trap = Traps(config.traps, 0, 1).judge({url, seed, as.depth});
    if (!trap.rule.empty()) return refuse("trap", trap.rule);
  }
  for (const limiter::LeverInForce& lever :
       answer.host_view ? answer.host_view->levers : decltype(HostView::levers)()) {
    if (lever.kind != limiter::LeverKind::block) continue;
    return refuse("blocked_host", "the operator's order" + (lever.lever.why.empty() ? "" : ": " + lever.lever.why));
  }
  const int failed = answer.host_view ? answer.host_view->failed_probes : 0;
  if (options.probes_before_giving_up > 0 && failed >= options.probes_before_giving_up) {
    return refuse("retries_exhausted",
                  "the host failed, and cannot be asked after " + std::to_string(failed) + " probes");
  }
  if (const auto address = web::parse_address(url.host, 0);
      address && !config.address_policy().permits(reinterpret_cast<const sockaddr*>(&*address))) {
    return refuse("forbidden_address", "the host of " + answer.origin + " cannot be asked");
  }
  if (answer.robots.gave_up) {
    return refuse("robots_unreachable", "robots.txt of " + answer.origin + " could not be had in " +
                                            std::to_string(answer.robots.attempts) + " attempts");
  }
  if (answer.robots.says == RobotsWord::Says::disallowed)
    return refuse("robots_disallowed", robots_rule(answer.robots));
  as.known = only_by_force(answer);
  if (options.held && options.held(answer.host)) as.waits_for = "agent.contact";
  return as;
}

// What has ended is not queued again, unless its end was a refusal that a discovery which passes overrules.
bool UrlDesk::only_by_force(const UrlAnswer& answer) const {
  const auto& upgradable = p_.shared.frontier.upgradable;
  if (answer.state == "done") return true;
  return answer.state == "refused" && std::find(upgradable.begin(), upgradable.end(), answer.end) == upgradable.end();
}

void UrlDesk::identify(const web::Url& url, UrlAnswer& answer) const {
  answer.url = url.href();
  answer.host = p_.shared.config.politeness_key(url);
  answer.origin = url.origin();
  answer.partition = frontier::partition_of(answer.host);
}

// Links are read without what names a session: a URL that is not known as it stands may be known so.
void UrlDesk::look_for_link(bool as_link, web::Url& url, UrlAnswer& answer, frontier::UrlFacts& facts) {
  web::Url link = url;
  if (facts.seen || !facts.end.empty() || !answer.request.empty() || !sessions_.strip(link)) return;
  UrlAnswer as_read = answer;
  identify(link, as_read);
  auto found = look_up(as_read, as_read.error);
  if (!found || !(as_link || found->seen || !found->end.empty())) return;
  url = std::move(link);
  answer = std::move(as_read);
  facts = std::move(*found);
}

UrlAnswer UrlDesk::explain(const UrlQuestion& question) {
  UrlAnswer busy;
  busy.error = "Other URLs are being explained; ask again.";
  UrlAnswer told = ++answering_ <= kMost ? answer(question) : std::move(busy);
  --answering_;
  return told;
}

UrlAnswer UrlDesk::answer(const UrlQuestion& question) {
  UrlAnswer answer{.daemon = p_.daemon, .given = question.url};
  std::string reason;
  auto parsed = parse_seed(question.url, reason);
  if (!parsed) {
    answer.kind = UrlAnswer::Kind::found;
    refuse_by(reason.empty() ? "bad_url: no URL" : reason, answer);
    return answer;
  }
  web::Url url = parsed->url;
  answer.request = parsed->record.request.tag();
  identify(url, answer);
  std::optional<web::Url> seed;
  if (!question.seed.empty()) {
    const auto read = parse_seed(question.seed, reason);
    if (!read || question.seed.starts_with('{')) {
      answer.kind = UrlAnswer::Kind::wrong;
      answer.error = "The seed is none: " + (reason.empty() ? "bad_url: no URL" : reason) + ".";
      return answer;
    }
    seed = read->url;
  }

  auto facts = look_up(answer, answer.error);
  if (!facts) return answer;
  look_for_link(seed.has_value(), url, answer, *facts);
  HostAnswer host = p_.hosts.show(answer.host);
  if (host.kind == HostAnswer::Kind::no_answer) {
    answer.error = host.error;
    return answer;
  }
  answer.kind = UrlAnswer::Kind::found;
  if (host.kind == HostAnswer::Kind::found) answer.host_view = std::move(host.host);
  answer.state = state_of_facts(*facts);
  answer.end = facts->end;
  answer.host_queue = facts->queued;
  answer.partition_waiting = facts->waiting;
  if (facts->place == Place::wait) answer.due_in = facts->due_in;
  answer.robots = ask_robots(url, facts->robots_txt);
  if (answer.state != "never_seen") {
    const auto began = boot_now();
    answer.story = read_url_story(p_.shared.config.storage.dir, answer.url, answer.request, answer.state == "refused",
                                  [began](double share) {
                                    return std::chrono::duration<double>(boot_now() - began) <
                                           share * std::chrono::duration<double>(kFilePatience);
                                  });
  }
  if (answer.state == "done" && answer.end.empty()) answer.end = "fetched";
  const auto& page = answer.story.page;

  UrlVerdict as;
  std::string job;
  if (facts->record) {
    as.depth = facts->record->depth;
    job = facts->record->job;
    if (!seed) seed = web::parse_url(facts->record->seed);
  } else if (page) {
    as.depth = page->depth;
    job = page->job;
    if (!seed) seed = web::parse_url(page->seed);
  } else if (seed) {
    as.depth = 1;  // at least
  }
  answer.record = std::move(facts->record);
  as.as_link = seed && seed->href() != answer.url;
  answer.verdict = judge(url, as.as_link ? *seed : url, as, job, answer);
  answer.verdict.set_at = origin_of(answer.verdict.rule);
  if (answer.state == "refused") {
    const auto& refusal = answer.story.refusal;
    if (refusal && refusal->reason == answer.end) answer.rule = refusal->rule;
    // Where the rules as they are now say the same, they say it better: with the line and the age of its copy.
    if (answer.verdict.refused == answer.end && (answer.rule.empty() || answer.end == "robots_disallowed")) {
      answer.rule = answer.verdict.rule;
    }
  }
  return answer;
}

}  // namespace crawler
