#include "crawler/page_pipeline.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "crawler/boot_clock.h"
#include "crawler/lines.h"
#include "limiter/backoff.h"

namespace crawler {
namespace {

using frontier::Settlement;
using frontier::Verb;

bool is_fate(std::string_view reason) {
  return std::find(kFates.begin(), kFates.end(), reason) != kFates.end();
}

}  // namespace

struct PagePipeline::Stored {
  Flight flight;
  Permit permit;
  std::string_view fate;
  web::Bytes received;
  std::uint64_t losses;
  bool lost = false;
  int open = 2;  // the links' confirmation, and the disk's
};

PagePipeline::PagePipeline(Parts parts)
    : p_(parts),
      reader_(parts.shared.config),
      random_(std::random_device{}()),
      refusals_(parts.segment, parts.committer, parts.counters),
      filer_({parts.shared, parts.scheduler, parts.frontier, parts.traps, parts.mailbox, reader_, refusals_,
              parts.counters}) {}

void PagePipeline::finish(Flight flight, FetchResult result, bool blamed) {
  if (p_.shared.trust.lost()) {
    keep(flight, result);
    return drop(flight);
  }
  const Config& config = p_.shared.config;
  const Next next = next_for_url({result.outcome, blamed, result.sent_anything}, flight.record,
                                 {.retries = config.fetch.retries, .max_pushbacks = config.backoff.max_pushbacks});
  if (next != Next::end) {
    p_.shared.pages.give_back();
    p_.shared.jobs.give_back(flight.record.job);
    return go_on(next, std::move(flight), std::move(result));
  }
  p_.scheduler.page_ended(flight.host, boot_now());
  // Sent, and not to be sent again: then that it was put back is how it ended.
  if (result.outcome == Outcome::put_back) result.outcome = Outcome::reset;
  // A good answer that was cut off each time is kept as far as it came, marked truncated.
  if (result.status / 100 == 2 && !result.truncated.empty()) result.outcome = Outcome::fetched;
  web::Headers headers = web::Headers::parse(result.response_head);
  read({std::move(flight), std::move(result), p_.shared.trust.losses(), std::move(headers)});
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
    p_.settler.let_go(flight.record.id());
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
        {.verb = Verb::back, .id = flight.record.id(), .record = std::move(flight.record), .received = received});
    return p_.settler.settle(flight.host, flight.partition, std::move(settlements));
  }
  const Config::Backoff& backoff = p_.shared.config.backoff;
  ++flight.record.attempts;
  const auto wait = limiter::backoff_wait(backoff.initial, backoff.max, flight.record.attempts, random());
  settlements.push_back({.verb = Verb::wait,
                         .id = flight.record.id(),
                         .wait = std::chrono::duration_cast<std::chrono::milliseconds>(wait),
                         .record = std::move(flight.record),
                         .received = received});
  p_.settler.settle(flight.host, flight.partition, std::move(settlements), std::move(result.permit));
}

void PagePipeline::read(Passage passage) {
  const PageAnswer answer = passage.answer();
  passage.lists = reader_.lists_urls(answer);
  passage.takes_long = passage.lists || reader_.is_long(answer);
  if (passage.takes_long) p_.scheduler.reading_begins(passage.flight.host, boot_now());
  if (passage.lists && std::exchange(list_under_way_, true)) return lists_.push_back(std::move(passage));
  begin_reading(std::move(passage));
}

void PagePipeline::begin_reading(Passage passage) {
  if (stopped_) return;
  if (!passage.takes_long) {
    PageReading reading = reader_.read(passage.answer());
    return finish_read(std::move(passage), std::move(reading));
  }
  struct Long {
    Passage passage;
    PageReading reading;
  };
  auto page = std::make_shared<Long>(Long{std::move(passage), {}});
  p_.off_loop.run([this, page] { page->reading = reader_.read(page->passage.answer()); },
                  [this, page] { finish_read(std::move(page->passage), std::move(page->reading)); });
}

// A sitemap has been read and filed, and its memory given back: the next one's turn.
void PagePipeline::end_list() {
  list_under_way_ = !lists_.empty();
  if (lists_.empty()) return;
  auto next = std::make_shared<Passage>(std::move(lists_.front()));
  lists_.pop_front();
  p_.mailbox.post([this, next] { begin_reading(std::move(*next)); });
}

void PagePipeline::stop() {
  stopped_ = true;
  lists_.clear();
  filer_.stop();
}

void PagePipeline::finish_read(Passage passage, PageReading reading) {
  if (stopped_) return;
  if (passage.takes_long) p_.scheduler.reading_ends(passage.flight.host, boot_now());
  std::string_view fate = policy_of(passage.result.outcome).fate;
  if (reading.location && passage.flight.record.hops >= p_.shared.config.fetch.max_redirects) {
    fate = "too_many_redirects";
  }
  store(std::move(passage), fate, std::move(reading));
}

void PagePipeline::store(Passage passage, std::string_view fate, PageReading reading) {
  const auto now = std::chrono::system_clock::now();
  Flight& flight = passage.flight;
  FetchResult& result = passage.result;
  storage::RecordPlace place;
  const bool stored = !result.response_head.empty();
  if (stored) place = archive(flight, result);
  if (flight.id != 0) teach_traps(flight, result, place.payload_digest);
  p_.segment.append_page(page_line({.record = flight.record,
                                    .result = result,
                                    .fate = fate,
                                    .reading = reading,
                                    .place = stored ? &place : nullptr}),
                         now);
  result.body = {};

  // Settled only when every link is in the frontier and every record on the disk.
  auto waiting = std::make_shared<Stored>(
      Stored{std::move(flight), std::move(result.permit), fate, {result.wire_bytes}, passage.losses});
  auto safe = [this, waiting] {
    if (--waiting->open == 0) settle(*waiting);
  };
  if (fate == "too_many_redirects") reading.location.reset();
  filer_.file(waiting->flight, result.status, std::move(reading),
              [this, waiting, safe, lists = passage.lists](bool lost) {
                waiting->lost = lost;
                waiting->flight.place_of_list.reset();
                if (lists) end_list();
                safe();
              });
  p_.committer.when_durable(safe);
  // Permits come back with settlements, and those wait for the disk: when they grow scarce, no group waits for its age.
  if (2 * p_.shared.permits.in_use() >= p_.shared.permits.count()) p_.committer.hurry();
}

void PagePipeline::settle(Stored& stored) {
  const bool asked = stored.flight.id != 0;
  if (stored.lost || stored.losses != p_.shared.trust.losses()) {
    if (asked) p_.scheduler.page_undone(stored.flight.host, boot_now());
    stored.permit.release();
    return drop(stored.flight);
  }
  p_.counters.processed.add();
  if (is_failed_fate(stored.fate)) p_.counters.failed.add();
  tell_seed(stored.flight.record, stored.fate, "");
  if (asked) p_.scheduler.page_settles(stored.flight.host);
  std::vector<Settlement> settlements;
  settlements.push_back({.verb = Verb::done,
                         .id = stored.flight.record.id(),
                         .name = stored.fate,
                         .asked = asked,
                         .received = stored.received});
  p_.settler.settle(stored.flight.host, stored.flight.partition, std::move(settlements), std::move(stored.permit),
                    [this, asked, job = stored.flight.record.job](bool ours) {
                      if (!asked) return;
                      ours ? p_.shared.jobs.settled(job) : p_.shared.jobs.give_back(job);
                    });
}

// What somebody asked for leads into no trap, and says nothing of one; nor does a redirect, whose target will, nor a
// sitemap.
void PagePipeline::teach_traps(const Flight& flight, const FetchResult& result, const std::string& digest) {
  if (result.outcome == Outcome::redirected || flight.record.role != frontier::Role::page) return;
  const auto via = web::parse_url(flight.record.via);
  if (!via) return;
  const bool content = result.outcome == Outcome::fetched && !result.body.empty();
  p_.traps.fetched({flight.url, *via, flight.record.depth}, content ? frontier::url_id(digest, 0) : 0);
}

void PagePipeline::end_unasked(const std::string& host, int partition, frontier::Record record, std::string_view reason,
                               const std::string& rule, web::Bytes received) {
  tell_seed(record, reason, rule);
  if (!is_fate(reason)) {
    refusals_.tell({host, record, reason, rule});
    std::vector<Settlement> settlements;
    settlements.push_back(
        {.verb = Verb::refused, .id = record.id(), .name = reason, .job = std::move(record.job), .received = received});
    return p_.settler.settle(host, partition, std::move(settlements));
  }
  Flight flight;
  flight.host = host;
  flight.partition = partition;
  flight.record = std::move(record);
  FetchResult nothing;
  nothing.sent_at = std::chrono::system_clock::now();
  nothing.error = rule;
  store({std::move(flight), std::move(nothing), p_.shared.trust.losses(), {}}, reason, {});
}

void PagePipeline::tell_seed(const frontier::Record& record, std::string_view fate, const std::string& rule) {
  if (p_.shared.finite && record.seed == record.url) p_.shared.seeds.tell(record.id(), std::string(fate), rule);
}

}  // namespace crawler
