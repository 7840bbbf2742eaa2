// br, by brotli's decoder.
#include <brotli/decode.h>

#include <memory>

#include "web/content_coding_layer.h"

namespace web {

Decoded::Status undo_brotli(std::string_view in, std::size_t limit, std::string& out) {
  const std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> state(
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance);
  if (!state) return Decoded::Status::corrupt;
  const auto* next_in = reinterpret_cast<const std::uint8_t*>(in.data());
  std::size_t left = in.size();
  return drain_layer(in.size() * 6, limit, out, [&](char* to, std::size_t room, std::size_t& written) {
    auto* next_out = reinterpret_cast<std::uint8_t*>(to);
    std::size_t free = room;
    const BrotliDecoderResult result =
        BrotliDecoderDecompressStream(state.get(), &left, &next_in, &free, &next_out, nullptr);
    written = room - free;
    switch (result) {
      case BROTLI_DECODER_RESULT_SUCCESS:
        return DecodeStep::done;
      case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
        return DecodeStep::starved;
      case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
        return DecodeStep::more;
      default:
        return DecodeStep::corrupt;
    }
  });
}

}  // namespace web
