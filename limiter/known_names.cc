#include "limiter/known_names.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

#include "web/domain.h"

namespace limiter {
namespace {

constexpr std::size_t kMost = 8;
constexpr Duration kStays = std::chrono::hours(1);

}  // namespace

void KnownNames::add(const std::string& name, TimePoint fresh_until, TimePoint now) {
  std::string domain = web::registrable_domain(name);
  auto place = std::find_if(names_.begin(), names_.end(), [&](const Known& known) { return known.domain == domain; });
  if (place == names_.end() && names_.size() < kMost) place = names_.emplace(names_.end());
  if (place == names_.end()) {
    place = std::min_element(names_.begin(), names_.end(), [](const Known& a, const Known& b) {
      return std::pair(!a.in_doubt, a.added) < std::pair(!b.in_doubt, b.added);
    });
    if (!place->in_doubt && now - place->added < kStays) return;
  }
  *place = {std::move(domain), name, now, fresh_until};
}

void KnownNames::doubt(const std::string& name) {
  for (Known& known : names_) known.in_doubt |= known.name == name;
}

bool KnownNames::has_one_beside(const std::string& name) const {
  const std::string domain = web::registrable_domain(name);
  return std::any_of(names_.begin(), names_.end(), [&](const Known& known) { return known.domain != domain; });
}

std::string KnownNames::next_beside(const std::string& name, TimePoint now) {
  const std::string domain = web::registrable_domain(name);
  const auto rank = [&](const Known& known) {
    return std::tuple(known.domain == domain, known.in_doubt, known.fresh_until > now, known.asked);
  };
  const auto best =
      std::min_element(names_.begin(), names_.end(), [&](const Known& a, const Known& b) { return rank(a) < rank(b); });
  if (best == names_.end() || best->domain == domain) return {};
  best->asked = now;
  return best->name;
}

}  // namespace limiter
