// zstd, by its own library.
#include <zstd.h>

#include <cstdint>
#include <memory>

#include "web/content_coding_layer.h"

namespace web {
namespace {

constexpr int kMaxWindowLog = 23;  // 8 MiB: the most that senders may ask for (RFC 9659)

// Whether another frame (RFC 8878 3.1, skippable ones too) follows.
bool frame_follows(const ZSTD_inBuffer& in) {
  if (in.size - in.pos < 4) return false;
  const auto* p = static_cast<const unsigned char*>(in.src) + in.pos;
  const std::uint32_t magic = p[0] | p[1] << 8 | p[2] << 16 | static_cast<std::uint32_t>(p[3]) << 24;
  return magic == ZSTD_MAGICNUMBER || (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
}

}  // namespace

Decoded::Status undo_zstd(std::string_view in, std::size_t limit, std::string& out) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  if (!context) return Decoded::Status::corrupt;
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
  ZSTD_inBuffer source{in.data(), in.size(), 0};
  return drain_layer(in.size() * 4, limit, out, [&](char* to, std::size_t room, std::size_t& written) {
    ZSTD_outBuffer target{to, room, 0};
    const std::size_t result = ZSTD_decompressStream(context.get(), &target, &source);
    written = target.pos;
    if (ZSTD_isError(result) != 0) return DecodeStep::corrupt;
    if (result == 0) return frame_follows(source) ? DecodeStep::more : DecodeStep::done;
    return source.pos == source.size && target.pos < target.size ? DecodeStep::starved : DecodeStep::more;
  });
}

}  // namespace web
