// What libcurl's reasons for giving a request up mean to us. Pure but for what a handle is asked. Private to the
// fetcher; its worker's loop thread.
#pragma once

#include <curl/curl.h>

#include "crawler/outcome.h"
#include "crawler/transfer.h"

namespace crawler {

// How a request ended that libcurl gave up with `code` (not CURLE_OK). Codes that no HTTP request of ours can end with
// are `protocol`.
Outcome outcome_of_curl_code(int code);

// The same with what else is known of it: `text` is the handle's error buffer, which may be empty.
Transfer::Failure failure_of_curl(CURL* easy, CURLcode code, const char* text);

}  // namespace crawler
