#include "storage/digest.h"

#include <openssl/evp.h>

#include <cstdint>
#include <cstdlib>

namespace storage {
namespace {

// Looked up once: OpenSSL 3 asks its providers anew for every hash otherwise.
const EVP_MD* sha1() {
  static EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  if (method == nullptr) std::abort();  // a libcrypto without SHA-1 cannot write WARC
  return method;
}

}  // namespace

std::string base32(std::span<const unsigned char> bytes) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  text.reserve((bytes.size() * 8 + 4) / 5);
  std::uint32_t bits = 0;
  int have = 0;
  for (const unsigned char byte : bytes) {
    bits = (bits << 8) | byte;
    for (have += 8; have >= 5; have -= 5) text.push_back(kAlphabet[(bits >> (have - 5)) & 31]);
  }
  if (have > 0) text.push_back(kAlphabet[(bits << (5 - have)) & 31]);
  return text;
}

void Sha1::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Sha1::Sha1() : context_(EVP_MD_CTX_new()) {
  begin();
}
Sha1::~Sha1() = default;

void Sha1::begin() {
  if (EVP_DigestInit_ex2(context_.get(), sha1(), nullptr) != 1) std::abort();
}

void Sha1::update(std::string_view bytes) {
  if (!bytes.empty()) EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Sha1::finish() {
  unsigned char value[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(context_.get(), value, &size);
  begin();
  return "sha1:" + base32({value, size});
}

}  // namespace storage
