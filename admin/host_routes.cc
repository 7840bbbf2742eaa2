#include "admin/host_routes.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "admin/hosts_json.h"
#include "admin/json.h"
#include "admin/query.h"

namespace admin {

namespace {

constexpr std::string_view kRoot = "/api/v1/hosts";
constexpr std::string_view kJson = "application/json";

Answer other_method(std::string_view allowed) {
  Answer refused = problem(405, "This path takes another method.");
  refused.headers.emplace_back("Allow", allowed);
  return refused;
}

template <typename Names>
std::string listed(const Names& names) {
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

// False, with one sentence in `error`, for what the list does not know.
bool read_query(const QueryPairs& pairs, crawler::HostQuery& query, std::string& error) {
  for (const auto& [name, value] : pairs) {
    if (name == "state") {
      const auto& states = crawler::kHostStates;
      if (!value.empty() && std::find(std::begin(states), std::end(states), value) == std::end(states)) {
        error = "The states are " + listed(states) + ".";
        return false;
      }
      query.state = value;
    } else if (name == "sort") {
      const auto& sorts = crawler::kHostSorts;
      const auto found = std::find(std::begin(sorts), std::end(sorts), value.empty() ? sorts[0] : value);
      if (found == std::end(sorts)) {
        error = "Hosts are sorted by " + listed(sorts) + ".";
        return false;
      }
      query.sort = static_cast<crawler::HostSort>(found - std::begin(sorts));
    } else if (name == "limit") {
      const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), query.limit);
      const bool whole = failed == std::errc() && end == value.data() + value.size();
      if (!value.empty() && (!whole || query.limit > crawler::kMostHostsListed)) {
        error = "limit is a number up to " + std::to_string(crawler::kMostHostsListed) + ".";
        return false;
      }
    } else {
      error = "The list takes state, sort and limit.";
      return false;
    }
  }
  return true;
}

}  // namespace

bool HostRoutes::serves(std::string_view path) {
  return path == kRoot || (path.starts_with(kRoot) && path[kRoot.size()] == '/');
}

Answer HostRoutes::answer(const Request& request) const {
  const bool get = request.method == "GET" || request.method == "HEAD";
  if (request.path.size() == kRoot.size()) return get ? list(request) : other_method("GET, HEAD");
  const std::string rest = request.path.substr(kRoot.size() + 1);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string action = slash < rest.size() ? rest.substr(slash + 1) : "";
  if (slash < rest.size()) {
    if (!crawler::is_lever_action(action)) {
      return problem(404, "There is no such lever; hosts know pause, slow, block and resume.");
    }
    if (request.method != "POST") return other_method("POST");
  } else if (!get) {
    return other_method("GET, HEAD");
  }
  std::string error;
  const auto host = backend_.host_key(rest.substr(0, slash), error);
  if (!host) return problem(400, error);
  return action.empty() ? show(*host) : pull(*host, action, request.body);
}

Answer HostRoutes::list(const Request& request) const {
  crawler::HostQuery query;
  std::string error;
  if (!read_query(query_of(request.target), query, error)) return problem(400, error);
  const crawler::HostList list = backend_.list_hosts(query);
  return {200, std::string(kJson), hosts_json(list, query.limit), {}};
}

Answer HostRoutes::show(const std::string& host) const {
  const crawler::HostAnswer answer = backend_.show_host(host);
  switch (answer.kind) {
    case crawler::HostAnswer::Kind::found:
      return {200, std::string(kJson), host_json(answer), {}};
    case crawler::HostAnswer::Kind::unknown:
      return problem(404, "Nothing is known of " + host + ": it was never asked, has no URLs and no orders.");
    case crawler::HostAnswer::Kind::no_answer:
      break;
  }
  return problem(503, answer.error);
}

Answer HostRoutes::pull(const std::string& host, const std::string& action, const std::string& body) const {
  crawler::LeverWords words;
  std::string error;
  if (!parse_lever_words(body, words, error)) return problem(400, error);
  words.action = action;
  const auto order = crawler::order_of_words(host, words, crawler::fresh_order_id(), error);
  if (!order) return problem(400, error);
  const crawler::OrderAnswer answer = backend_.order_host(*order);
  switch (answer.kind) {
    case crawler::OrderAnswer::Kind::done:
      return {200, std::string(kJson), order_json(*order, answer), {}};
    case crawler::OrderAnswer::Kind::full:
      return problem(409, answer.error);
    case crawler::OrderAnswer::Kind::no_answer:
      break;
  }
  return problem(503, answer.error);
}

}  // namespace admin
