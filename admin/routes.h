// The table of what the admin endpoint answers: path, method, and the facts or the lever behind it.
// Called on the endpoint's threads, several at a time; const after construction. Owned by the server.
#pragma once

#include "admin/backend.h"
#include "admin/host_routes.h"
#include "admin/http.h"
#include "admin/pages.h"

namespace admin {

class Routes {
 public:
  explicit Routes(Backend backend) : backend_(std::move(backend)) {}
  Routes(const Routes&) = delete;
  Routes& operator=(const Routes&) = delete;

  // `request` has passed the guard. HEAD is answered as GET; whoever sends the answer leaves the body out.
  Answer answer(const Request& request) const;

 private:
  struct Route;
  static const Route kTable[];

  Answer home(const Request& request) const;
  Answer healthz(const Request& request) const;
  Answer readyz(const Request& request) const;
  Answer metrics(const Request& request) const;
  Answer status(const Request& request) const;
  Answer jobs(const Request& request) const;
  Answer job(const Request& request) const;
  Answer config(const Request& request) const;
  Answer url(const Request& request) const;
  Answer seeds(const Request& request) const;
  Answer pause(const Request& request) const;
  Answer resume(const Request& request) const;
  Answer shutdown(const Request& request) const;

  crawler::StatusPtr current() const;  // never null
  Answer acted(std::string_view action) const;

  Backend backend_;
  HostRoutes hosts_{backend_};
  StatusPage page_;
};

}  // namespace admin
