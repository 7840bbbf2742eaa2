// The allow and disallow rules of one group, compiled for matching (RFC 9309 2.2.2, 2.2.3).
// Filled by its owner, const after compile(); then any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace web {

// A path, or a rule where `rule`, in the one spelling that both are compared in; see web/robots.h. In a rule '*' stays
// the wildcard; everywhere else '*' and '$' become their escapes.
std::string robots_spelling(std::string_view text, bool rule);

class RobotsPatterns {
 public:
  struct Rule {
    // For a quick refusal: the literal start of the pattern, up to 8 octets, and which pairs of octets it needs.
    std::uint64_t first = 0, mask = 0, pairs = 0;
    std::uint32_t pattern = 0, size = 0;  // in text_; without the final '$'
    std::uint32_t written = 0, written_size = 0;
    std::uint32_t octets = 0;  // what it weighs
    int line = 0;
    bool allow = false;
    bool whole = false;  // a final '$' was there
    bool wild = false;   // a '*' that is not its last octet was there
  };

  // `path` is the value as written, not empty.
  void add(bool allow, std::string_view path, std::string_view written, int line);
  void compile();

  // The rule that decides on `spelled_path`, null where none matches. Each rule takes time linear in the path at worst.
  // Where the wildcards of all of them would take more than kMaxSteps octets of looking (only a file of many thousand
  // such rules and a long path get there), the path is not allowed, by the rule that was reached.
  struct Decision {
    const Rule* rule = nullptr;
    bool allowed = true;
  };
  Decision match(std::string_view spelled_path) const;
  static constexpr std::size_t kMaxSteps = 2'000'000;

  std::size_t bytes() const { return text_.capacity() + rules_.capacity() * sizeof(Rule); }  // of memory

  std::string_view written(const Rule& rule) const { return view(rule.written, rule.written_size); }

 private:
  std::string_view view(std::uint32_t at, std::uint32_t size) const { return std::string_view(text_).substr(at, size); }
  std::uint32_t keep(std::string_view text);

  std::string text_;
  std::vector<Rule> rules_;  // once compiled: the first that matches decides
};

}  // namespace web
