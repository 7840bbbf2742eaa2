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

namespace {

std::vector<web::Cidr> read_all(const std::vector<std::string>& texts) {
  std::vector<web::Cidr> cidrs;
  for (const std::string& text : texts)
    if (const auto cidr = web::Cidr::parse(text)) cidrs.push_back(*cidr);
  return cidrs;
}

}  // namespace

web::AddressPolicy Config::address_policy() const {
  return web::AddressPolicy(read_all(fetch.allow_addresses));
}

std::vector<web::Cidr> Config::ip_exempt() const {
  return read_all(politeness.ip_exempt);
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
