#include "web/robots.h"

#include <algorithm>

#include "web/html_ascii.h"
#include "web/robots_lines.h"
#include "web/robots_patterns.h"

namespace web {
namespace {

constexpr double kLongDelay = 86400;  // from here on it is told: nobody means days between two requests
constexpr int kManyWildcards = 16, kManyRules = 10'000;

// What the groups of one token have said so far.
struct Group {
  bool named = false;      // a user-agent line of the file names it
  bool has_rules = false;  // the rule lines being read are for it
  bool has_delay = false;  // so is a crawl-delay
  RobotsPatterns rules;
  std::optional<double> delay;

  void name() { named = has_rules = has_delay = true; }
  void add_rule(const RobotsLine& line) {
    if (has_rules && !line.value.empty()) {  // an empty path matches nothing
      rules.add(line.key == RobotsKey::allow, line.value, line.written, line.number);
    }
  }
  void add_delay(double seconds) {
    if (has_delay) delay = std::max(delay.value_or(0), seconds);
  }
};

}  // namespace

struct RobotsRules::Impl {
  RobotsPatterns rules;
  std::optional<double> delay;
  std::vector<std::string> sitemaps;
  std::string odd;
};

namespace {

// What is odd about a file, gathered while it is read.
struct Oddities {
  bool cut = false, binary = false, unread_delay = false;
  int rules = 0;
  std::ptrdiff_t wildcards = 0;

  void see(const RobotsLine& rule) {
    ++rules;
    wildcards = std::max(wildcards, std::count(rule.value.begin(), rule.value.end(), '*'));
  }

  std::string text(std::optional<double> delay) const {
    std::string out;
    const auto add = [&out](bool holds, const std::string& what) {
      if (holds) out += (out.empty() ? "" : "; ") + what;
    };
    add(cut, "cut at " + std::to_string(kRobotsLimit.n / 1024) + " KiB");
    add(binary, "no text");
    add(rules > kManyRules, std::to_string(rules) + " rules");
    add(wildcards > kManyWildcards, std::to_string(wildcards) + " wildcards in one rule");
    add(unread_delay, "a crawl-delay that is no number of seconds is passed over");
    add(delay && *delay > kLongDelay, "a crawl-delay of more than a day");
    return out;
  }
};

}  // namespace

RobotsRules::RobotsRules() = default;
RobotsRules::~RobotsRules() = default;
RobotsRules::RobotsRules(RobotsRules&&) noexcept = default;
RobotsRules& RobotsRules::operator=(RobotsRules&&) noexcept = default;

RobotsRules RobotsRules::parse(std::string_view body, std::string_view agent_token) {
  const std::string ours = to_ascii_lower(robots_token(agent_token));
  Group own, everybody;
  RobotsRules result;
  result.impl_ = std::make_unique<Impl>();
  bool rule_seen = false, delay_seen = false;  // since the last user-agent line
  std::string storage;
  Oddities odd;
  odd.cut = body.size() > kRobotsLimit.n;
  const std::string_view text = robots_text(body, storage);
  odd.binary = text.find('\0') != text.npos;
  RobotsLines lines(text);
  while (const std::optional<RobotsLine> line = lines.next()) {
    switch (line->key) {
      case RobotsKey::user_agent: {
        if (rule_seen) own.has_rules = everybody.has_rules = false;
        if (rule_seen || delay_seen) own.has_delay = everybody.has_delay = false;
        rule_seen = delay_seen = false;
        const std::string_view token = robots_token(line->value);
        if (token == "*") everybody.name();
        if (!ours.empty() && equals_ignoring_case(token, ours)) own.name();
        break;
      }
      case RobotsKey::allow:
      case RobotsKey::disallow:
        rule_seen = true;
        odd.see(*line);
        own.add_rule(*line);
        everybody.add_rule(*line);
        break;
      case RobotsKey::crawl_delay:
        delay_seen = true;
        if (const auto seconds = parse_crawl_delay(line->value, kMaxCrawlDelay)) {
          own.add_delay(*seconds);
          everybody.add_delay(*seconds);
        } else {
          odd.unread_delay = true;
        }
        break;
      case RobotsKey::sitemap:
        if (!line->value.empty()) result.impl_->sitemaps.emplace_back(line->value);
        break;
      case RobotsKey::other:
        break;
    }
  }
  Group& chosen = own.named ? own : everybody;
  chosen.rules.compile();
  result.impl_->rules = std::move(chosen.rules);
  result.impl_->delay = chosen.delay;
  result.impl_->odd = odd.text(chosen.delay);
  return result;
}

RobotsRules::Verdict RobotsRules::check(std::string_view path_and_query) const {
  if (impl_ == nullptr || path_and_query == "/robots.txt") return {};
  const auto [rule, allowed] = impl_->rules.match(robots_spelling(path_and_query, false));
  if (rule == nullptr) return {};
  return {allowed, std::string(impl_->rules.written(*rule)), rule->line};
}

std::optional<double> RobotsRules::crawl_delay() const {
  return impl_ == nullptr ? std::nullopt : impl_->delay;
}

const std::vector<std::string>& RobotsRules::sitemaps() const {
  static const std::vector<std::string> kNone;
  return impl_ == nullptr ? kNone : impl_->sitemaps;
}

const std::string& RobotsRules::odd() const {
  static const std::string kNothing;
  return impl_ == nullptr ? kNothing : impl_->odd;
}

std::size_t RobotsRules::bytes() const {
  if (impl_ == nullptr) return 0;
  std::size_t bytes = sizeof(Impl) + impl_->rules.bytes() + impl_->sitemaps.capacity() * sizeof(std::string);
  for (const std::string& sitemap : impl_->sitemaps) bytes += sitemap.capacity();
  return bytes;
}

std::string robots_path(std::string_view url) {
  if (const std::optional<Url> parsed = parse_any_url(url)) return parsed->path_and_query();
  url = url.substr(0, url.find('#'));
  const std::size_t host = url.find("//");
  const std::size_t path = url.find('/', host == std::string_view::npos ? 0 : host + 2);
  return path == std::string_view::npos ? "/" : std::string(url.substr(path));
}

}  // namespace web
