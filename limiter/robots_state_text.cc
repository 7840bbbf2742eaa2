// RobotsState as text, for the store: written, and read back by another life, perhaps on another machine.
#include <algorithm>
#include <array>
#include <charconv>

#include "limiter/robots_state.h"

namespace limiter {
namespace {

using std::chrono::duration_cast;

constexpr WallMs kLongAgo = std::chrono::hours(24 * 365);
constexpr std::int64_t kLastWall = 100'000'000'000'000;  // the year 5138: what is later is a fault, not a time
constexpr std::size_t kLongestDigest = 100;

// Cuts the text before the next space off `line`; the whole of it where there is none.
std::string_view word_of(std::string_view& line) {
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  return word;
}

// A number within [0, `most`]; nothing for any other text.
std::optional<std::int64_t> number_of(std::string_view word, std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || word.empty()) return std::nullopt;
  return std::clamp<std::int64_t>(value, 0, most);
}

// How long ago `wall` was. In the future is a clock that was set back: no time ago.
Duration age_of(std::int64_t wall, WallMs wall_now) {
  return std::clamp(wall_now - WallMs(wall), WallMs(0), kLongAgo);
}

}  // namespace

// "2 COPY FETCHED ATTEMPTS AGAIN SINCE DIGEST\nBODY": the copy is k (rules), n (there are none) or u (no copy); times
// are wall clock milliseconds, 0 where they mean nothing; an empty digest is "-".
std::string RobotsState::encode(WallMs wall_now, TimePoint now) const {
  const auto wall = [&](TimePoint at) { return std::to_string((wall_now + duration_cast<WallMs>(at - now)).count()); };
  const bool fails = attempts_ > 0;
  std::string text = "2 ";
  text += copy_ == Copy::rules ? 'k' : copy_ == Copy::no_rules ? 'n' : 'u';
  text += " " + (copy_ == Copy::none ? "0" : wall(fetched_at_)) + " " + std::to_string(attempts_);
  text += " " + (fails ? wall(again_at_) : "0") + " " + (fails ? wall(failing_since_) : "0");
  text += " " + (digest_.empty() ? "-" : digest_) + "\n";
  return text + (copy_ == Copy::rules ? body_ : std::string());
}

void RobotsState::loaded(const std::optional<std::string>& text, TimePoint now, WallMs wall_now,
                         const RobotsOptions& options) {
  if (text && load(*text, now, WallMs(std::clamp<std::int64_t>(wall_now.count(), 0, kLastWall)), options)) return;
  *this = RobotsState();
  query_ = Query::none;
}

// Also reads "1 k FETCHED 0\nBODY", "1 n FETCHED 0\n" and "1 u AGAIN ATTEMPTS\n". False where nothing can be read.
bool RobotsState::load(std::string_view text, TimePoint now, WallMs wall_now, const RobotsOptions& options) {
  const std::size_t end = text.find('\n');
  if (end == text.npos) return false;
  std::string_view line = text.substr(0, end);
  const std::string_view version = word_of(line), copy = word_of(line);
  if (version != "1" && version != "2") return false;
  const bool old = version == "1";
  std::array<std::int64_t, 4> fields{};  // fetched, attempts, again, since
  for (std::size_t i = 0; i < (old ? 2 : fields.size()); ++i) {
    const auto number = number_of(word_of(line), i == 1 ? kMostAttempts : kLastWall);
    if (!number) return false;
    fields[i] = *number;
  }
  auto [fetched_wall, attempts, again, since] = fields;
  if (old && copy == "u") {
    again = fetched_wall;
    since = std::min(again, wall_now.count());
    attempts = std::max<std::int64_t>(attempts, 1);
  }
  if (copy == "k") {
    const std::string_view digest = word_of(line);
    const bool named = !old && digest != "-" && digest.size() <= kLongestDigest;
    fetched(std::string(text.substr(end + 1)), now, options, std::string(named ? digest : ""));
  } else if (copy == "n") {
    unavailable(now);
  } else if (copy != "u" || attempts == 0) {
    return false;
  }
  query_ = Query::none;
  fetched_at_ = now - age_of(fetched_wall, wall_now);
  attempts_ = static_cast<int>(attempts);
  if (attempts > 0) {
    if (copy == "n") copy_ = Copy::none;
    failing_since_ = now - age_of(since, wall_now);
    again_at_ = now + std::clamp(WallMs(again) - wall_now, WallMs(0), WallMs(kLongWait));
  }
  return true;
}

}  // namespace limiter
