#include "web/domain.h"

#include <libpsl.h>

#include "web/address.h"

namespace web {
namespace {

// The newest list there is: the distribution's file, else the one built into libpsl. Lives as long as the program.
const psl_ctx_t* suffixes() {
  static const psl_ctx_t* const list = psl_latest(nullptr);
  return list;
}

}  // namespace

std::string registrable_domain(std::string_view host) {
  if (host.size() > 1 && host.ends_with('.')) host.remove_suffix(1);
  const std::string name(host);
  if (parse_address(host, 0) || suffixes() == nullptr) return name;
  const char* domain = psl_registrable_domain(suffixes(), name.c_str());
  return domain == nullptr ? name : std::string(domain);
}

std::optional<std::string> fold_domain(const std::string& name) {
  char* lower = nullptr;
  if (psl_str_to_utf8lower(name.c_str(), "utf-8", nullptr, &lower) != PSL_SUCCESS) return std::nullopt;
  std::string folded = lower;
  psl_free_string(lower);
  return folded;
}

}  // namespace web
