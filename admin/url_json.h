// The JSON of /api/v1/url: what became of a URL, why, and what the rules as they are now say of it.
// Pure functions; any thread.
#pragma once

#include <string>

#include "crawler/url_answer.h"

namespace admin {

// Of an answer that was found. Fields that do not apply are null.
std::string url_json(const crawler::UrlAnswer& answer);

}  // namespace admin
