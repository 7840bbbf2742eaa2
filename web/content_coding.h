// Undoes Content-Encoding (gzip, deflate, br, zstd, stacked) under a budget.
// Pure functions over bytes; any thread.
#pragma once

#include <string>
#include <string_view>

#include "web/bytes.h"

namespace web {

struct DecodeLimits {
  Bytes max_output = mib(5);
  double max_ratio = 100;  // output over input, counted once more than `ratio_from` came out
  Bytes ratio_from = mib(1);
  int max_layers = 5;
};

struct Decoded {
  // truncated: the input ended early. over_limit: more would have come out, or more layers were named, than allowed.
  enum class Status { complete, truncated, over_limit, corrupt, unknown_coding };
  Status status = Status::complete;
  std::string body;  // what could be decoded, also when the status is not complete
};

// `coding` is the Content-Encoding value ("gzip", "br, gzip": the last was applied last); "" and "identity" copy.
// Corrupt input keeps the part before the fault. A coding we do not know leaves the bytes as they are at that layer.
// An empty body is complete in any coding; bytes behind the end of the compressed data are passed over.
// No layer ever writes more than the limits allow; its first bytes up to the limit are kept.
Decoded decode_content(std::string_view raw, std::string_view coding, const DecodeLimits& limits);

}  // namespace web
