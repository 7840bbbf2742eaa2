// br, by brotli's decoder.
#include <brotli/decode.h>

#include <cstdint>

#include "web/content_coding_layer.h"

namespace web {
namespace {

class BrotliLayer final : public CodingLayer {
 public:
  DecodeStep step(std::string_view& in, char* to, std::size_t room, std::size_t& written) override {
    if (!state_) return DecodeStep::corrupt;
    const auto* next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    auto* next_out = reinterpret_cast<std::uint8_t*>(to);
    std::size_t left = in.size(), free = room;
    const BrotliDecoderResult result =
        BrotliDecoderDecompressStream(state_.get(), &left, &next_in, &free, &next_out, nullptr);
    in.remove_prefix(in.size() - left);
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
  }

 private:
  std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> state_{
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance};
};

}  // namespace

std::unique_ptr<CodingLayer> brotli_layer() {
  return std::make_unique<BrotliLayer>();
}

}  // namespace web
