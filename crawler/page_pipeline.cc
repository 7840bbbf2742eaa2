#include "crawler/page_pipeline.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "crawler/boot_clock.h"
#include "crawler/lines.h"
#include "limiter/backoff.h"
#include "web/charset_utf8.h"
#include "web/content_coding.h"
#include "web/headers.h"
#include "web/html.h"

namespace crawler {
namespace {

using frontier::Settlement;
using frontier::Verb;

bool may_be_html(std::string_view mime, std::string_view body) {
  if (mime == "text/html" || mime == "application/xhtml+xml") return true;
  if (!mime.empty()) return false;
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  return first != body.npos && body[first] == '<';
}

// What others chose, as the log of refusals has it: enough to know it by.
constexpr std::size_t kLoggedUrl = 4096, kLoggedRule = 300;

bool is_fate(std::string_view reason) {
  return std::find(kFates.begin(), kFates.end(), reason) != kFates.end();
}

}  // namespace

struct PagePipeline::Reading {
  web::ContentType type;
  std::string charset, title, location;
  std::vector<frontier::Discovery> discoveries;
  std::size_t links_found = 0;
  bool bounded = false, too_many_redirects = false, bad_location = false;
};

PagePipeline::PagePipeline(Parts parts)
    : p_(parts),
      judge_(parts.shared.config, parts.shared.jobs, parts.scheduler, parts.traps),
      random_(std::random_device{}()),
      logged_refusals_(1u << 14) {}

void PagePipeline::finish(Flight flight, FetchResult result, bool blamed) {
  if (p_.shared.trust.lost()) {
    keep(flight, result);
    return drop(flight);
  }
  const Config& config = p_.shared.config;
  const Next next = next_for_url(result.outcome, blamed, flight.record,
                                 {.retries = config.fetch.retries, .max_pushbacks = config.backoff.max_pushbacks});
  if (next != Next::end) {
    p_.shared.pages.give_back();
    p_.shared.jobs.give_back(flight.record.job);
    return go_on(next, std::move(flight), std::move(result));
  }
  p_.scheduler.page_ended(flight.host, boot_now());
  // A good answer that was cut off each time is kept as far as it came, marked truncated.
  if (result.status / 100 == 2 && !result.truncated.empty()) result.outcome = Outcome::fetched;
  Reading reading = read(flight, result);
  std::string_view fate = policy_of(result.outcome).fate;
  if (reading.too_many_redirects) fate = "too_many_redirects";
  if (reading.bad_location) fate = "protocol";
  store(std::move(flight), std::move(result), fate, std::move(reading));
}

storage::RecordPlace PagePipeline::archive(const Flight& flight, const FetchResult& result) {
  return p_.segment.append_exchange({.url = flight.record.url,
                                     .ip = result.ip,
                                     .sent_at = result.sent_at,
                                     .request_head = result.request_head,
                                     .response_head = result.response_head,
                                     .body = result.body,
                                     .truncated = result.truncated},
                                    std::chrono::system_clock::now());
}

// The archive has every answer, also one that nothing follows from.
void PagePipeline::keep(const Flight& flight, const FetchResult& result) {
  if (result.response_head.empty()) return;
  archive(flight, result);
  p_.committer.when_durable([] {});
}

// It goes back to its queue where this state of Redis holds it in flight.
void PagePipeline::drop(const Flight& flight) {
  if (p_.shared.trust.lost() || p_.reload_to_come())
    p_.settler.let_go(flight.record.url);
  else
    p_.settler.put_back(flight.host, flight.partition, {flight.record});
  if (flight.id == 0) return;
  p_.shared.pages.give_back();
  p_.shared.jobs.give_back(flight.record.job);
}

void PagePipeline::go_on(Next next, Flight flight, FetchResult result) {
  const web::Bytes received{result.wire_bytes};
  if (next == Next::refuse) {
    return end_unasked(flight.host, flight.partition, std::move(flight.record), policy_of(result.outcome).refused,
                       result.error, received);
  }
  keep(flight, result);
  if (next == Next::yield) ++flight.record.pushbacks;
  std::vector<Settlement> settlements;
  if (next != Next::wait) {
    settlements.push_back(
        {.verb = Verb::back, .url = flight.record.url, .record = std::move(flight.record), .received = received});
    return p_.settler.settle(flight.host, flight.partition, std::move(settlements));
  }
  const Config::Backoff& backoff = p_.shared.config.backoff;
  ++flight.record.attempts;
  const auto wait = limiter::backoff_wait(backoff.initial, backoff.max, flight.record.attempts, random());
  settlements.push_back({.verb = Verb::wait,
                         .url = flight.record.url,
                         .wait = std::chrono::duration_cast<std::chrono::milliseconds>(wait),
                         .record = std::move(flight.record),
                         .received = received});
  p_.settler.settle(flight.host, flight.partition, std::move(settlements), std::move(result.permit));
}

PagePipeline::Reading PagePipeline::read(const Flight& flight, const FetchResult& result) {
  Reading reading;
  if (result.response_head.empty()) return reading;
  const web::Headers headers = web::Headers::parse(result.response_head);
  reading.type = web::parse_content_type(headers.get("content-type"));
  if (result.outcome == Outcome::redirected) read_redirect(flight, result, reading);
  if (result.outcome == Outcome::fetched && may_be_html(reading.type.mime, result.body)) {
    read_html(flight, result, reading);
  }
  return reading;
}

void PagePipeline::read_redirect(const Flight& flight, const FetchResult& result, Reading& reading) {
  const web::Headers headers = web::Headers::parse(result.response_head);
  const auto target = web::parse_url(headers.get("location"), &flight.url);
  if (!target) {
    reading.bad_location = true;
    return;
  }
  web::Url url = judge_.read(*target);
  if (url.href() == flight.record.url) url = web::normalize(*target);  // it gives the page to a session only
  reading.location = url.href();
  if (flight.record.hops >= p_.shared.config.fetch.max_redirects) {
    reading.too_many_redirects = true;
    return;
  }
  frontier::Record record = flight.record;  // depth, via and priority stay
  ++record.hops;
  record.attempts = record.pushbacks = 0;
  if (record.seed == record.url) record.seed = reading.location;  // the target of a seed's redirect is a seed
  discover(flight, url, false, std::move(record), reading);
}

void PagePipeline::read_html(const Flight& flight, const FetchResult& result, Reading& reading) {
  const Config& config = p_.shared.config;
  const web::Headers headers = web::Headers::parse(result.response_head);
  web::DecodeLimits limits;
  limits.max_output = config.fetch.max_bytes;
  const std::string_view coding = headers.get("content-encoding");
  web::Decoded decoded;
  std::string_view body = result.body;
  if (!coding.empty()) {
    decoded = web::decode_content(result.body, coding, limits);
    body = decoded.body;
  }
  const web::HtmlLimits html_limits{.memory = config.parse.memory,
                                    .cpu = config.parse.cpu,
                                    .links = static_cast<std::size_t>(config.parse.max_links),
                                    .cpu_now = thread_cpu_now};
  web::HtmlPage page = web::read_html(body, flight.url, headers, config.agent.name, html_limits);
  reading.title = std::move(page.title);
  reading.charset = std::move(page.charset);
  reading.bounded = page.bounded;
  reading.links_found = page.links.size();
  for (const web::Link& link : page.links) {
    frontier::Record record;
    record.depth = flight.record.depth + 1;
    record.seed = flight.record.seed;
    record.via = flight.record.url;
    record.job = flight.record.job;
    record.meta = flight.record.meta;
    record.priority = flight.record.priority;
    discover(flight, judge_.read(link.url), link.nofollow || page.nofollow, std::move(record), reading);
  }
}

void PagePipeline::discover(const Flight& flight, const web::Url& target, bool nofollow, frontier::Record record,
                            Reading& reading) {
  record.url = target.href();
  std::string host = p_.shared.config.politeness_key(target);
  const LinkJudge::Verdict verdict = judge_.judge({target, flight.url, record, host, nofollow});
  if (verdict.low) record.priority = frontier::Priority::low;
  if (!verdict.refused.empty()) log_refusal(host, record.url, verdict.refused, verdict.rule, record.via);
  const bool in_host = host == flight.host;
  reading.discoveries.push_back({std::move(host), std::move(record), verdict.refused, false, in_host});
}

void PagePipeline::store(Flight flight, FetchResult result, std::string_view fate, Reading reading) {
  const auto now = std::chrono::system_clock::now();
  storage::RecordPlace place;
  const bool stored = !result.response_head.empty();
  if (stored) place = archive(flight, result);
  if (flight.id != 0) teach_traps(flight, result, place.payload_digest);
  p_.segment.append_page(page_line({.record = flight.record,
                                    .result = result,
                                    .fate = fate,
                                    .content_type = reading.type.mime,
                                    .charset = reading.charset,
                                    .title = reading.title,
                                    .links_found = reading.links_found,
                                    .location = reading.location,
                                    .parse_bounded = reading.bounded,
                                    .place = stored ? &place : nullptr}),
                         now);
  result.body = {};

  // Settled only when every link is in the frontier and every record on the disk.
  struct Waiting {
    Flight flight;
    Permit permit;
    std::string_view fate;
    web::Bytes received;
    std::uint64_t losses;  // so that links which one state of Redis has do not end their page in another
    bool lost = false;
    int open = 2;
  };
  auto waiting = std::make_shared<Waiting>(
      Waiting{std::move(flight), std::move(result.permit), fate, {result.wire_bytes}, p_.shared.trust.losses()});
  auto safe = [this, waiting] {
    if (--waiting->open > 0) return;
    if (waiting->lost || waiting->losses != p_.shared.trust.losses()) {
      if (waiting->flight.id != 0) p_.scheduler.page_undone(waiting->flight.host, boot_now());
      waiting->permit.release();
      return drop(waiting->flight);
    }
    p_.counters.processed.add();
    if (is_failed_fate(waiting->fate)) p_.counters.failed.add();
    tell_seed(waiting->flight.record, waiting->fate, "");
    if (waiting->flight.id != 0) p_.scheduler.page_settles(waiting->flight.host);
    std::vector<Settlement> settlements;
    settlements.push_back({.verb = Verb::done,
                           .url = waiting->flight.record.url,
                           .name = waiting->fate,
                           .asked = waiting->flight.id != 0,
                           .received = waiting->received});
    p_.settler.settle(waiting->flight.host, waiting->flight.partition, std::move(settlements),
                      std::move(waiting->permit), [this, waiting](bool ours) {
                        if (waiting->flight.id == 0) return;
                        const std::string& job = waiting->flight.record.job;
                        ours ? p_.shared.jobs.settled(job) : p_.shared.jobs.give_back(job);
                      });
  };
  p_.frontier.add(std::move(reading.discoveries), [this, waiting, safe](const frontier::AddCount& count) {
    waiting->lost = count.lost;
    p_.counters.filtered_links.add(static_cast<std::uint64_t>(count.filtered));
    p_.counters.known_in_host.add(static_cast<std::uint64_t>(count.known_in_host));
    p_.counters.filtered_in_host.add(static_cast<std::uint64_t>(count.filtered_in_host));
    p_.counters.added_links.add(
        static_cast<std::uint64_t>(count.fresh + count.known + count.upgraded - count.filtered));
    safe();
  });
  p_.committer.when_durable(safe);
  // Permits come back with settlements, and those wait for the disk: when they grow scarce, no group waits for its age.
  if (2 * p_.shared.permits.in_use() >= p_.shared.permits.count()) p_.committer.hurry();
}

// What somebody asked for leads into no trap, and says nothing of one; nor does a redirect: its target will.
void PagePipeline::teach_traps(const Flight& flight, const FetchResult& result, const std::string& digest) {
  if (result.outcome == Outcome::redirected) return;
  const auto via = web::parse_url(flight.record.via);
  if (!via) return;
  const bool content = result.outcome == Outcome::fetched && !result.body.empty();
  p_.traps.fetched({flight.url, *via, flight.record.depth}, content ? frontier::url_id(digest, 0) : 0);
}

void PagePipeline::end_unasked(const std::string& host, int partition, frontier::Record record, std::string_view reason,
                               const std::string& rule, web::Bytes received) {
  tell_seed(record, reason, rule);
  if (!is_fate(reason)) {
    log_refusal(host, record.url, reason, rule, record.via);
    std::vector<Settlement> settlements;
    settlements.push_back({.verb = Verb::refused,
                           .url = std::move(record.url),
                           .name = reason,
                           .job = std::move(record.job),
                           .received = received});
    return p_.settler.settle(host, partition, std::move(settlements));
  }
  Flight flight;
  flight.host = host;
  flight.partition = partition;
  flight.record = std::move(record);
  FetchResult nothing;
  nothing.sent_at = std::chrono::system_clock::now();
  nothing.error = rule;
  store(std::move(flight), std::move(nothing), reason, {});
}

void PagePipeline::log_refusal(const std::string& host, const std::string& url, std::string_view reason,
                               const std::string& rule, const std::string& via) {
  const std::uint64_t id = frontier::url_id(url, reason.size());
  if (logged_refusals_.knows(id)) return;
  logged_refusals_.remember(id);
  if (reason == "trap") p_.counters.traps[static_cast<std::size_t>(Traps::kind_of(rule))].add();
  if (!refusals_.tells(host, reason, rule)) return;
  const auto now = std::chrono::system_clock::now();
  const std::string line =
      refused_line(web::truncate_utf8(url, kLoggedUrl), reason, web::truncate_utf8(rule, kLoggedRule),
                   web::truncate_utf8(via, kLoggedUrl), now);
  p_.segment.append_refused(line, now);
  refusals_.told(line.size());
  p_.committer.when_durable([this, n = line.size()] { refusals_.durable(n); });  // it does not wait for a page to come
}

void PagePipeline::tell_seed(const frontier::Record& record, std::string_view fate, const std::string& rule) {
  if (p_.shared.finite && record.seed == record.url) p_.shared.seeds.tell(record.url, std::string(fate), rule);
}

}  // namespace crawler
