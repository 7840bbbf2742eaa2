// What is sent to the target of a redirect.
// Pure functions; any thread.
#pragma once

#include "frontier/request.h"
#include "web/url.h"

namespace crawler {

// 303 asks for a GET; so do 301 and 302 after a POST, as all clients read them (RFC 9110 15.4). Otherwise it is the
// same request, to another origin with none of its fields but Accept... and Content-...
frontier::Request request_after_redirect(frontier::Request request, int status, const web::Url& from,
                                         const web::Url& to);

}  // namespace crawler
