// What GET / answers: the status page for a browser, a short text for everybody else.
// Const after construction; any thread.
#pragma once

#include <string>
#include <string_view>

#include "crawler/status.h"

namespace admin {

// The embedded page and the Content-Security-Policy that lets its own script and style run, and nothing else.
class StatusPage {
 public:
  StatusPage();

  std::string_view html() const;
  const std::string& policy() const { return policy_; }

 private:
  std::string policy_;
};

// The policy for `html`: every <script> and <style> of it by hash, requests to its own origin only.
std::string content_security_policy(std::string_view html);

std::string status_text(const crawler::Status& status, int max_in_flight);

}  // namespace admin
