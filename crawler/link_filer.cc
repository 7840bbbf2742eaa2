#include "crawler/link_filer.h"

#include <algorithm>
#include <utility>

#include "crawler/boot_clock.h"
#include "crawler/redirect.h"

namespace crawler {
namespace {

constexpr std::size_t kSlice = 500;         // judged in a few milliseconds
constexpr std::size_t kMostSitemaps = 100;  // of one robots.txt

// What is found on a page, as far as that decides.
frontier::Record found_on(const Flight& flight) {
  frontier::Record record;
  record.depth = flight.record.depth + 1;
  record.seed = flight.record.seed;
  record.via = flight.record.url;
  record.job = flight.record.job;
  record.meta = flight.record.meta;
  record.priority = flight.record.priority;
  return record;
}

}  // namespace

struct LinkFiler::Filing {
  const Flight& flight;
  PageReading reading;
  std::function<void(bool lost)> done;
  std::vector<frontier::Discovery> slice;
  bool names_sitemaps = false;
  std::size_t links = 0, listed = 0;  // how many of them were filed
};

LinkFiler::LinkFiler(Parts parts)
    : p_(parts), judge_(parts.shared.config, parts.shared.jobs, parts.scheduler, parts.traps) {}

void LinkFiler::file(const Flight& flight, int status, PageReading reading, std::function<void(bool lost)> done) {
  auto filing = std::make_shared<Filing>(Filing{flight, std::move(reading), std::move(done)});
  filing->names_sitemaps = name_sitemaps(flight, filing->slice);
  if (const auto& location = filing->reading.location) {
    filing->slice.push_back(discover(flight, *location, flight.url, false, redirected(flight, status, *location)));
  }
  file_slice(filing);
}

void LinkFiler::file_slice(const std::shared_ptr<Filing>& filing) {
  if (stopped_) return;
  const Flight& flight = filing->flight;
  const PageReading& reading = filing->reading;
  std::vector<frontier::Discovery> slice = std::exchange(filing->slice, {});
  for (; slice.size() < kSlice && filing->links < reading.links.size(); ++filing->links) {
    const FoundLink& link = reading.links[filing->links];
    frontier::Record record = found_on(flight);
    if (link.requisite) record.depth = flight.record.depth;
    slice.push_back(discover(flight, link.url, flight.url, link.nofollow, std::move(record)));
  }
  for (; slice.size() < kSlice && filing->listed < reading.listed.size(); ++filing->listed) {
    const ListedUrl& listed = reading.listed[filing->listed];
    const auto url = web::parse_url(listed.url);
    if (!url) continue;
    frontier::Record record = found_on(flight);
    if (!reading.listed_deeper) record.depth = flight.record.depth;
    if (listed.low) record.priority = frontier::Priority::low;
    record.role = reading.listed_role;
    slice.push_back(discover(flight, *url, flight.url, false, std::move(record)));
  }
  const bool last = filing->links == reading.links.size() && filing->listed == reading.listed.size();
  p_.frontier.add(std::move(slice), [this, filing, last](const frontier::AddCount& added) {
    count(added);
    if (!last && !added.lost) return p_.mailbox.post([this, filing] { file_slice(filing); });
    if (filing->names_sitemaps && !added.lost) sitemaps_named(filing->flight);
    filing->done(added.lost);
  });
}

void LinkFiler::count(const frontier::AddCount& added) {
  p_.counters.filtered_links.add(static_cast<std::uint64_t>(added.filtered));
  p_.counters.known_in_host.add(static_cast<std::uint64_t>(added.known_in_host));
  p_.counters.filtered_in_host.add(static_cast<std::uint64_t>(added.filtered_in_host));
  p_.counters.added_links.add(static_cast<std::uint64_t>(added.fresh + added.known + added.upgraded - added.filtered));
}

// The first page of an origin that ends here brings them; whether an earlier life of ours had them filed, the seen set
// knows.
bool LinkFiler::name_sitemaps(const Flight& flight, std::vector<frontier::Discovery>& into) {
  const Config::Parse& config = p_.shared.config.parse;
  if (!config.sitemaps || flight.id == 0) return false;
  const auto& most = p_.shared.config.scope.max_depth;
  if (most && flight.record.depth >= *most) return false;  // a page nearer to its seed may bring them
  const OriginRobots* robots = robots_of(flight);
  if (robots == nullptr || robots->sitemaps_filed || !robots->state.in_force(boot_now())) return false;
  const auto origin = web::parse_url(web::robots_url(flight.url));
  if (!origin) return false;
  std::vector<std::string> named;
  if (const auto* sitemaps = robots->state.sitemaps()) {
    named.assign(sitemaps->begin(), sitemaps->begin() + std::min(sitemaps->size(), kMostSitemaps));
  }
  if (named.empty() && config.sitemap_xml) named.emplace_back("/sitemap.xml");
  for (const std::string& name : named) {
    const auto url = web::parse_url(name, &*origin);
    if (!url) continue;
    frontier::Record record = found_on(flight);
    record.via = origin->href();
    record.role = frontier::Role::sitemap;
    into.push_back(discover(flight, p_.reader.target(*url), *origin, false, std::move(record)));
  }
  return true;
}

void LinkFiler::sitemaps_named(const Flight& flight) {
  if (OriginRobots* robots = robots_of(flight)) robots->sitemaps_filed = true;
}

OriginRobots* LinkFiler::robots_of(const Flight& flight) {
  Host* host = p_.scheduler.find(flight.host);
  if (host == nullptr) return nullptr;
  const auto robots = host->robots.find(flight.origin);
  return robots == host->robots.end() ? nullptr : &robots->second;
}

frontier::Record LinkFiler::redirected(const Flight& flight, int status, const web::Url& target) const {
  frontier::Record record = flight.record;  // depth, via, priority and role stay
  ++record.hops;
  record.attempts = record.pushbacks = 0;
  record.request = request_after_redirect(std::move(record.request), status, flight.url, target);
  if (record.seed == record.url) record.seed = target.href();  // the target of a seed's redirect is a seed
  return record;
}

frontier::Discovery LinkFiler::discover(const Flight& flight, const web::Url& url, const web::Url& page, bool nofollow,
                                        frontier::Record record) {
  record.url = url.href();
  std::string host = p_.shared.config.politeness_key(url);
  const LinkJudge::Verdict verdict = judge_.judge({url, page, record, host, nofollow});
  if (verdict.low) record.priority = frontier::Priority::low;
  if (!verdict.refused.empty()) p_.refusals.tell({host, record, verdict.refused, verdict.rule});
  const bool in_host = host == flight.host;
  return {std::move(host), std::move(record), verdict.refused, false, in_host};
}

}  // namespace crawler
