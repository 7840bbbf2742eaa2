// What the Public Suffix List says of host names, and how names are folded to be compared.
// Pure functions; any thread. The list is read once, at the first call, and const from then on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace web {

// The name below which one owner registers: "a.b.example.co.uk" -> "example.co.uk". Private suffixes count
// (github.io). `host` is that of a Url; a trailing dot is dropped. What has no such name is itself: an IP literal, a
// bare suffix, "localhost".
std::string registrable_domain(std::string_view host);

// `name` (UTF-8) in lower case and compatibility form (NFKC); nothing for what is no UTF-8.
std::optional<std::string> fold_domain(const std::string& name);

}  // namespace web
