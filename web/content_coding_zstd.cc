// zstd, by its own library.
#include <zstd.h>

#include <cstdint>

#include "web/content_coding_layer.h"

namespace web {
namespace {

constexpr int kMaxWindowLog = 23;  // 8 MiB: the most that senders may ask for (RFC 9659)

// Whether a frame (RFC 8878 3.1, skippable ones too) is what `in` begins with.
bool begins_with_frame(std::string_view in) {
  if (in.size() < 4) return false;
  const auto* p = reinterpret_cast<const unsigned char*>(in.data());
  const std::uint32_t magic = p[0] | p[1] << 8 | p[2] << 16 | static_cast<std::uint32_t>(p[3]) << 24;
  return magic == ZSTD_MAGICNUMBER || (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
}

class ZstdLayer final : public CodingLayer {
 public:
  ZstdLayer() {
    if (context_) ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
  }

  DecodeStep step(std::string_view& in, char* to, std::size_t room, std::size_t& written) override {
    if (!context_) return DecodeStep::corrupt;
    if (between_frames_ && !begins_with_frame(in)) return DecodeStep::done;
    ZSTD_inBuffer source{in.data(), in.size(), 0};
    ZSTD_outBuffer target{to, room, 0};
    const std::size_t result = ZSTD_decompressStream(context_.get(), &target, &source);
    in.remove_prefix(source.pos);
    written = target.pos;
    if (ZSTD_isError(result) != 0) return DecodeStep::corrupt;
    between_frames_ = result == 0;
    return in.empty() && target.pos < target.size && !between_frames_ ? DecodeStep::starved : DecodeStep::more;
  }

 private:
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_{ZSTD_createDCtx(), ZSTD_freeDCtx};
  bool between_frames_ = false;
};

}  // namespace

std::unique_ptr<CodingLayer> zstd_layer() {
  return std::make_unique<ZstdLayer>();
}

}  // namespace web
