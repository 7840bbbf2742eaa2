// The JSON of hosts and their levers: lists, one host, and what an order says.
// Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "admin/json_parts.h"
#include "crawler/host_desk.h"

namespace admin {

// /api/v1/hosts: {"daemon":..,"hosts":[..],"matched":..,"limit":..,"complete":..}
std::string hosts_json(const crawler::HostList& list, std::size_t limit);

// /api/v1/hosts/{host}: {"daemon":..,"host":..,...} with the text of each robots.txt
std::string host_json(const crawler::HostAnswer& answer);

// One host, as a part of another answer: without the text of its robots.txt.
Json host_part(const crawler::HostView& host);

// What a POST of a lever answers: {"daemon":..,"action":..,"host":..,"known":..,"levers":[..]}
std::string order_json(const crawler::HostOrder& order, const crawler::OrderAnswer& answer);

// The body of such a POST: an object of strings "for", "why", "delay", "by", each optional; or nothing at all.
// False, with one sentence in `error`, for anything else.
bool parse_lever_words(std::string_view body, crawler::LeverWords& words, std::string& error);

}  // namespace admin
