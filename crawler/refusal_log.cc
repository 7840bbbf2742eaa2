#include "crawler/refusal_log.h"

#include <chrono>
#include <string>

#include "crawler/lines.h"
#include "crawler/traps.h"
#include "frontier/keys.h"
#include "web/charset_utf8.h"

namespace crawler {
namespace {

constexpr std::size_t kUrl = 4096, kRule = 300;  // bytes: enough to know it by

}  // namespace

void RefusalLog::tell(const Refusal& refusal) {
  const std::uint64_t id = frontier::url_id(refusal.record.id(), refusal.reason.size());
  if (told_.knows(id)) return;
  told_.remember(id);
  if (refusal.reason == "trap") counters_.traps[static_cast<std::size_t>(Traps::kind_of(refusal.rule))].add();
  if (!sampler_.tells(refusal.host, refusal.reason, refusal.rule)) return;
  const auto now = std::chrono::system_clock::now();
  const std::string line = refused_line({.url = web::truncate_utf8(refusal.record.url, kUrl),
                                         .request = refusal.record.request.tag(),
                                         .reason = refusal.reason,
                                         .rule = web::truncate_utf8(refusal.rule, kRule),
                                         .via = web::truncate_utf8(refusal.record.via, kUrl),
                                         .at = now});
  segment_.append_refused(line, now);
  sampler_.told(line.size());
  committer_.when_durable([this, n = line.size()] { sampler_.durable(n); });  // it does not wait for a page to come
}

}  // namespace crawler
