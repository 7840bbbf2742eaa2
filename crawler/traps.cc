#include "crawler/traps.h"

#include <algorithm>

#include "crawler/counters.h"
#include "crawler/path_traps.h"
#include "frontier/keys.h"

namespace crawler {
namespace {

// Forums and shops name their pages by a few numbers behind one path: real ones, however many.
constexpr int kNumericQueries = 10;
// And wikis by their titles: a query that shows something new weighs so much less than one that does not.
constexpr int kNewQueries = 10;
constexpr int kQueryWeight = kNumericQueries * kNewQueries;  // of one that is neither
// Backwards a calendar of days may go this many times further: to where its archive begins.
constexpr int kBackwards = 5;
// A date that shows something new weighs so much less. Not as little as a query: of an empty calendar each page is new.
constexpr int kNewDates = 2;

std::string rule_of(Trap trap, int limit, std::string_view pattern) {
  std::string rule = "traps." + std::string(kTraps[static_cast<std::size_t>(trap)]) + " = " + std::to_string(limit);
  if (!pattern.empty()) rule.append(" of ").append(pattern);
  return rule;
}

bool reached(std::int64_t count, const std::optional<int>& limit, int times = 1) {
  return limit && count >= static_cast<std::int64_t>(*limit) * times;
}

}  // namespace

Trap Traps::kind_of(std::string_view rule) {
  for (std::size_t i = 0; i < kTraps.size(); ++i) {
    if (rule.starts_with("traps." + std::string(kTraps[i]))) return static_cast<Trap>(i);
  }
  return Trap::segments;
}

std::uint64_t Traps::id_of(std::string_view pattern) const {
  return frontier::url_id(pattern, hash_key_);
}

Traps::Verdict Traps::judge(const Link& link) const {
  if (limits_.segments && segments_of(link.url.path) > *limits_.segments) {
    return {rule_of(Trap::segments, *limits_.segments, "")};
  }
  if (limits_.repeated) {
    if (const auto group = repeated_segments(link.url.path, *limits_.repeated)) {
      return {rule_of(Trap::repeated, *limits_.repeated, shown_pattern("/" + std::string(*group)))};
    }
  }
  Verdict verdict;
  if (!in_queries(link, verdict) && !in_calendar(link, verdict)) in_duplicates(link, verdict);
  return verdict;
}

bool Traps::in_queries(const Link& link, Verdict& verdict) const {
  if (!queries_full_ || !link.url.query || link.url.query->empty()) return false;
  const std::string pattern = path_pattern(link.url);
  const Queries* known = queries_.find(id_of(pattern));
  if (known == nullptr) return false;
  const std::int64_t fetched = is_numeric_query(*link.url.query) ? known->numeric : known->texts;
  if (!reached(fetched, limits_.queries, kQueryWeight)) return false;
  verdict.rule = rule_of(Trap::queries, *limits_.queries, shown_pattern(pattern));
  return true;
}

// A day or a month by what was fetched; other numbers by how far the chain has come of pages that each lead to the
// next: an archive that can be reached in fewer steps is never as deep, however many pages it has.
bool Traps::in_calendar(const Link& link, Verdict& verdict) const {
  if (!limits_.calendar || (!dates_full_ && link.depth <= *limits_.calendar)) return false;
  const UrlShape shape = shape_of(link.url);
  if (shape.numbers.empty()) return false;
  const Numbers* known = numbers_.find(id_of(shape.pattern));
  const UrlShape via = shape_of(link.via);
  if (known == nullptr || !shape.comparable(via)) return false;
  const int direction = shape.compare(via);
  bool endless = false;
  if (shape.is_date()) {
    endless = direction > 0   ? reached(known->ahead, limits_.calendar, kNewDates)
              : direction < 0 ? reached(known->back, limits_.calendar, kBackwards * kNewDates)
                              : false;
  } else {
    endless = direction > 0 && link.depth - known->least_depth >= *limits_.calendar;
  }
  if (endless) verdict.rule = rule_of(Trap::calendar, *limits_.calendar, shown_pattern(shape.pattern));
  return endless;
}

bool Traps::in_duplicates(const Link& link, Verdict& verdict) const {
  if (!copies_found_) return false;
  const std::string pattern = content_pattern(link.url);
  const Contents* known = contents_.find(id_of(pattern));
  if (known == nullptr) return false;
  verdict.low = reached(known->copies, limits_.duplicates_low);
  if (!reached(known->copies, limits_.duplicates)) return false;
  verdict.rule = rule_of(Trap::duplicates, *limits_.duplicates, shown_pattern(pattern));
  return true;
}

void Traps::fetched(const Link& link, std::uint64_t content) {
  const bool fresh = content != 0 && is_new(link.url, content);
  if (limits_.queries && link.url.query && !link.url.query->empty()) {
    Queries& path = queries_.use(id_of(path_pattern(link.url)));
    const bool numeric = is_numeric_query(*link.url.query);
    std::int64_t& count = numeric ? path.numeric : path.texts;
    count += kQueryWeight / (numeric ? kNumericQueries : 1) / (fresh ? kNewQueries : 1);
    queries_full_ |= reached(count, limits_.queries, kQueryWeight);
  }
  const UrlShape shape = shape_of(link.url);
  if (!limits_.calendar || shape.numbers.empty()) return;
  Numbers& pattern = numbers_.use(id_of(shape.pattern));
  pattern.least_depth = pattern.known ? std::min(pattern.least_depth, link.depth) : link.depth;
  pattern.known = true;
  const UrlShape via = shape_of(link.via);
  const int direction = shape.is_date() && shape.comparable(via) ? shape.compare(via) : 0;
  if (direction == 0) return;
  (direction > 0 ? pattern.ahead : pattern.back) += fresh ? 1 : kNewDates;
  dates_full_ |= reached(pattern.ahead, limits_.calendar, kNewDates) ||
                 reached(pattern.back, limits_.calendar, kBackwards * kNewDates);
}

// Whether none of the last contents of its pattern was this one. Counts the copies in a row.
bool Traps::is_new(const web::Url& url, std::uint64_t content) {
  Contents& pattern = contents_.use(id_of(content_pattern(url)));
  if (std::find(pattern.last.begin(), pattern.last.end(), content) != pattern.last.end()) {
    ++pattern.copies;
    copies_found_ |= reached(pattern.copies, limits_.duplicates_low) || reached(pattern.copies, limits_.duplicates);
    return false;
  }
  pattern.copies = 0;
  pattern.last[static_cast<std::size_t>(pattern.next)] = content;
  pattern.next = (pattern.next + 1) % static_cast<int>(pattern.last.size());
  return true;
}

}  // namespace crawler
