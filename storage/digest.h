// SHA-1 as WARC spells it: "sha1:" and BASE32 in upper case (RFC 4648 6), which is what other archives join on.
// One thread at a time; owned by who hashes.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace storage {

std::string base32(std::span<const unsigned char> bytes);  // without padding

class Sha1 {
 public:
  Sha1();
  ~Sha1();
  void update(std::string_view bytes);
  std::string finish();  // of everything since construction or the last finish()

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  void begin();
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace storage
