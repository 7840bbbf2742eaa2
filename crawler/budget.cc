#include "crawler/budget.h"

#include <algorithm>

#include "crawler/duration_text.h"

namespace crawler {

std::optional<Budget::Kind> Budget::used_up(const Spent& spent) const {
  if (limits_.pages && spent.pages >= *limits_.pages) return Kind::pages;
  if (limits_.bytes && spent.bytes >= *limits_.bytes) return Kind::bytes;
  if (limits_.time && spent.time >= limits_.time) return Kind::time;
  return std::nullopt;
}

bool Budget::has_room(const Spent& spent, std::int64_t begun) const {
  return !used_up(spent) && (!limits_.pages || spent.pages + begun < *limits_.pages);
}

std::optional<limiter::Duration> Budget::time_left(const Spent& spent) const {
  if (!limits_.time || !spent.time) return std::nullopt;
  return std::max(limiter::Duration(0), *limits_.time - *spent.time);
}

std::string Budget::rule(Kind kind) const {
  const std::string key = "budget." + whose_;
  switch (kind) {
    case Kind::pages:
      return key + "_pages = " + std::to_string(limits_.pages.value_or(0));
    case Kind::bytes:
      return key + "_bytes = " + std::to_string(limits_.bytes.value_or(web::Bytes{}).n);
    case Kind::time:
      break;
  }
  return key + "_time = " + duration_text(limits_.time.value_or(limiter::Duration(0)));
}

}  // namespace crawler
