#include "crawler/config.h"

#include <algorithm>
#include <thread>

#include "web/domain.h"

namespace crawler {

std::string Config::user_agent() const {
  std::string text = agent.name + "/" DECORUM_VERSION;
  if (!agent.contact.empty()) text += " (+" + agent.contact + ")";
  return text;
}

web::AddressPolicy Config::address_policy() const {
  std::vector<web::Cidr> allowed;
  for (const std::string& text : fetch.allow_addresses)
    if (const auto cidr = web::Cidr::parse(text)) allowed.push_back(*cidr);
  return web::AddressPolicy(std::move(allowed));
}

std::string Config::politeness_key(const web::Url& url) const {
  const std::string host = web::host_key(url);
  return politeness.key == "domain" ? web::registrable_domain(host) : host;
}

int Config::thread_count() const {
  if (workers.threads > 0) return workers.threads;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace crawler
