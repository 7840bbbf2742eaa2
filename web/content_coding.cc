#include "web/content_coding.h"

#include <algorithm>
#include <vector>

#include "web/content_coding_layer.h"
#include "web/html_ascii.h"

namespace web {
namespace {

using Undo = Decoded::Status (*)(std::string_view, std::size_t, std::string&);

Undo undo_of(std::string_view coding) {
  if (equals_ignoring_case(coding, "gzip") || equals_ignoring_case(coding, "x-gzip")) return undo_gzip;
  if (equals_ignoring_case(coding, "deflate")) return undo_deflate;
  if (equals_ignoring_case(coding, "br")) return undo_brotli;
  if (equals_ignoring_case(coding, "zstd")) return undo_zstd;
  return nullptr;
}

// The codings in the order they are undone, the last one named first; identity left out.
std::vector<std::string_view> layers_of(std::string_view value) {
  std::vector<std::string_view> layers;
  while (!value.empty()) {
    const std::size_t comma = value.rfind(',');
    const std::size_t from = comma == std::string_view::npos ? 0 : comma + 1;
    const std::string_view name = trim_html_space(value.substr(from));
    if (!name.empty() && !equals_ignoring_case(name, "identity")) layers.push_back(name);
    value = value.substr(0, from == 0 ? 0 : comma);
  }
  return layers;
}

std::size_t output_limit(std::size_t input, const DecodeLimits& limits) {
  const double by_ratio = static_cast<double>(input) * limits.max_ratio;
  const double bounded = std::max(by_ratio, static_cast<double>(limits.ratio_from.n));
  return static_cast<std::size_t>(std::min(bounded, static_cast<double>(limits.max_output.n)));
}

}  // namespace

Decoded decode_content(std::string_view raw, std::string_view coding, const DecodeLimits& limits) {
  Decoded decoded;
  const std::vector<std::string_view> layers = layers_of(coding);
  if (layers.size() > static_cast<std::size_t>(limits.max_layers)) {
    decoded.status = Decoded::Status::over_limit;
    return decoded;
  }
  const std::size_t limit = output_limit(raw.size(), limits);
  std::string_view current = raw;
  for (const std::string_view name : layers) {
    if (current.empty()) break;
    const Undo undo = undo_of(name);
    std::string out;
    const Decoded::Status status = undo != nullptr ? undo(current, limit, out) : Decoded::Status::unknown_coding;
    if (decoded.status == Decoded::Status::complete) decoded.status = status;
    if (undo == nullptr) break;
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
