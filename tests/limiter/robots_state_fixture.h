// A robots state of made-up time, before its first answer or read back from the store.
// Plain functions; any thread.
#pragma once

#include <optional>
#include <string>

#include "limiter/robots_state.h"

namespace limiter::testing {

inline constexpr TimePoint kStart{std::chrono::seconds(1000)};  // this long since boot
inline constexpr WallMs kWall{1'800'000'000'000};
inline const std::string kRules =
    "User-agent: *\nDisallow: /private\nCrawl-delay: 4\nSitemap: http://a.example/map.xml\n";

inline RobotsOptions serving() {
  return {};
}

inline RobotsOptions finite() {
  RobotsOptions options;
  options.give_up = true;
  return options;
}

inline RobotsState restored(const std::optional<std::string>& text, TimePoint now, WallMs wall,
                            const RobotsOptions& options = serving()) {
  RobotsState state;
  state.loading();
  state.loaded(text, now, wall, options);
  return state;
}

// One whose store knew nothing and whose robots.txt is being asked for.
inline RobotsState being_fetched(TimePoint now = kStart) {
  RobotsState state = restored(std::nullopt, now, kWall);
  state.fetching();
  return state;
}

}  // namespace limiter::testing
