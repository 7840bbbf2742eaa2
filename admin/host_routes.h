// What the endpoint answers below /api/v1/hosts: lists, one host, and the levers.
// Called on the endpoint's threads, several at a time; const after construction. Owned by the routes.
#pragma once

#include <string>
#include <string_view>

#include "admin/backend.h"
#include "admin/http.h"

namespace admin {

class HostRoutes {
 public:
  explicit HostRoutes(const Backend& backend) : backend_(backend) {}

  static bool serves(std::string_view path);
  Answer answer(const Request& request) const;

 private:
  Answer list(const Request& request) const;
  Answer show(const std::string& host) const;
  Answer pull(const std::string& host, const std::string& action, const std::string& body) const;

  const Backend& backend_;
};

}  // namespace admin
