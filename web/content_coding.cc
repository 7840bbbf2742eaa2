#include "web/content_coding.h"

#include <algorithm>

#include "web/content_coding_layer.h"
#include "web/html_ascii.h"

namespace web {
namespace {

// Runs `layer` over all of `in`. What came out, at most `limit` bytes, is left in `out` (empty before) in any case.
Decoded::Status drain(CodingLayer& layer, std::string_view in, std::size_t limit, std::string& out) {
  constexpr std::size_t kFirst = 16 << 10;
  const std::size_t most = limit + 1;  // one byte more proves that the limit was passed
  std::size_t have = 0;
  out.resize(std::min(most, std::max(in.size() * 4, kFirst)));
  for (;;) {
    std::size_t written = 0;
    const DecodeStep result = layer.step(in, out.data() + have, out.size() - have, written);
    have += written;
    if (result == DecodeStep::more && have < most) {
      if (have == out.size()) out.resize(std::min(most, out.size() * 2));
      continue;
    }
    out.resize(std::min(have, limit));
    if (have > limit) return Decoded::Status::over_limit;
    if (result == DecodeStep::starved) return Decoded::Status::truncated;
    return result == DecodeStep::corrupt ? Decoded::Status::corrupt : Decoded::Status::complete;
  }
}

Decoded::Status undo(std::string_view coding, std::string_view in, std::size_t limit, std::string& out) {
  const auto layer = layer_of(coding, in);
  if (!layer) return Decoded::Status::unknown_coding;
  const Decoded::Status status = drain(*layer, in, limit, out);
  if (status != Decoded::Status::corrupt || !equals_ignoring_case(coding, "deflate") || !has_zlib_header(in))
    return status;
  std::string raw;  // bare deflate data may begin like a zlib header
  const Decoded::Status raw_status = drain(*deflate_layer(), in, limit, raw);
  if (raw_status == Decoded::Status::corrupt && raw.size() <= out.size()) return status;
  out = std::move(raw);
  return raw_status;
}

}  // namespace

std::unique_ptr<CodingLayer> layer_of(std::string_view coding, std::string_view start) {
  if (equals_ignoring_case(coding, "gzip") || equals_ignoring_case(coding, "x-gzip")) return gzip_layer();
  if (equals_ignoring_case(coding, "deflate")) return has_zlib_header(start) ? zlib_layer() : deflate_layer();
  if (equals_ignoring_case(coding, "br")) return brotli_layer();
  if (equals_ignoring_case(coding, "zstd")) return zstd_layer();
  return nullptr;
}

bool has_zlib_header(std::string_view in) {
  if (in.size() < 2) return false;
  const auto cmf = static_cast<unsigned char>(in[0]), flg = static_cast<unsigned char>(in[1]);
  return (cmf & 0x0F) == 8 && (cmf * 256 + flg) % 31 == 0;
}

std::vector<std::string_view> codings_of(std::string_view value) {
  std::vector<std::string_view> codings;
  while (!value.empty()) {
    const std::size_t comma = value.rfind(',');
    const std::size_t from = comma == std::string_view::npos ? 0 : comma + 1;
    const std::string_view name = trim_html_space(value.substr(from));
    if (!name.empty() && !equals_ignoring_case(name, "identity")) codings.push_back(name);
    value = value.substr(0, from == 0 ? 0 : comma);
  }
  return codings;
}

std::size_t output_limit(std::size_t input, const DecodeLimits& limits) {
  const double by_ratio = static_cast<double>(input) * limits.max_ratio;
  const double bounded = std::max(by_ratio, static_cast<double>(limits.ratio_from.n));
  return static_cast<std::size_t>(std::min(bounded, static_cast<double>(limits.max_output.n)));
}

Decoded decode_content(std::string_view raw, std::string_view coding, const DecodeLimits& limits) {
  Decoded decoded;
  const std::vector<std::string_view> codings = codings_of(coding);
  if (codings.size() > static_cast<std::size_t>(limits.max_layers)) {
    decoded.status = Decoded::Status::over_limit;
    return decoded;
  }
  const std::size_t limit = output_limit(raw.size(), limits);
  std::string_view current = raw;
  for (const std::string_view name : codings) {
    if (current.empty()) break;
    std::string out;
    const Decoded::Status status = undo(name, current, limit, out);
    if (decoded.status == Decoded::Status::complete) decoded.status = status;
    if (status == Decoded::Status::unknown_coding) break;
    decoded.body = std::move(out);
    current = decoded.body;
  }
  if (decoded.body.data() != current.data()) {
    if (current.size() > limits.max_output.n) {
      current = current.substr(0, limits.max_output.n);
      if (decoded.status == Decoded::Status::complete) decoded.status = Decoded::Status::over_limit;
    }
    decoded.body.assign(current);
  }
  return decoded;
}

}  // namespace web
