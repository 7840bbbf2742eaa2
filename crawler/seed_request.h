// What a seed's entry says of its request: method, headers, body.
// Pure functions; any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "frontier/request.h"

namespace crawler {

// One of these fields into `request`. False, with one sentence in `reason`, for what cannot be sent: a method but GET,
// HEAD and POST; over 32 headers or 8 KiB of them; one whose name or value is none (RFC 9110 5), or that says who we
// are, how long the body is, or what becomes of the connection, which is ours to say.
bool read_request_field(const std::string& name, const nlohmann::json& value, frontier::Request& request,
                        std::string& reason);

// After all fields of `entry`: whether they fit together. A body that is no string is sent as JSON, and says so; one
// that is a string is a form's, unless the headers say otherwise.
bool complete_request(const nlohmann::json& entry, frontier::Request& request, std::string& reason);

}  // namespace crawler
