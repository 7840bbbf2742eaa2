// The two things the admin endpoint needs of libcrypto.
// Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

namespace admin {

// Base64 of the SHA-256 of `text`, as a CSP hash source spells it.
std::string sha256_base64(std::string_view text);

// Whether two secrets are equal, in a time that tells nothing of where, or in what length, they differ.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace admin
