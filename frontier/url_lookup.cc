#include "frontier/url_lookup.h"

#include <algorithm>
#include <utility>

#include "frontier/record_block.h"
#include "frontier/script_keys.h"
#include "lua_lookup.h"

namespace frontier {
namespace {

constexpr Script kLookup{lua_lookup, lua_lookup_sha1};
constexpr int kTries = 3;  // a URL that moves from one place to another may be seen in neither

UrlFacts::Place place_named(std::string_view name) {
  if (name == "flight") return UrlFacts::Place::flight;
  if (name == "wait") return UrlFacts::Place::wait;
  return name == "queue" ? UrlFacts::Place::queue : UrlFacts::Place::nowhere;
}

// The class names of an index "n2:131 n3:64", in its order.
std::vector<std::string> classes_of(std::string_view index) {
  std::vector<std::string> names;
  while (!index.empty()) {
    const std::string_view entry = index.substr(0, index.find(' '));
    index.remove_prefix(std::min(index.size(), entry.size() + 1));
    if (const auto c = QueueClass::parse(entry.substr(0, entry.find(':')))) names.push_back(c->name());
  }
  return names;
}

}  // namespace

struct UrlLookup::Search {
  std::string id, host, origin;
  std::function<void(UrlFacts)> done;
  UrlFacts facts;
  int tries = 0;
  std::vector<std::string> classes;  // whose blocks are still to be looked at
  std::size_t blocks = 0;            // that were
};

Script UrlLookup::script() {
  return kLookup;
}

UrlLookup::UrlLookup(RedisConnection& redis, FrontierOptions options)
    : redis_(redis), options_(std::move(options)), keys_(options_.ns), buckets_(kPartitions, 1) {
  for (const std::string_view reason : options_.reasons) codes_ += reason_code(options_.reasons, reason);
}

void UrlLookup::rekey(std::uint64_t hash_key) {
  if (hash_key == options_.hash_key) return;
  options_.hash_key = hash_key;
  buckets_.assign(kPartitions, 1);
}

void UrlLookup::find(const std::string& id, const std::string& host, const std::string& origin,
                     std::function<void(UrlFacts)> done) {
  ask(std::make_shared<Search>(Search{id, host, origin, std::move(done), {}, 0, {}, 0}));
}

bool UrlLookup::failed(const Reply& reply, Search& search) {
  if (!reply.lost() && !reply.is_error()) return false;
  search.facts = {};
  search.facts.error = reply.lost() ? "the connection was closed" : std::string(reply.text());
  search.done(std::move(search.facts));
  return true;
}

void UrlLookup::ask(const SearchPtr& search) {
  const int partition = partition_of(search->host);
  const std::uint32_t buckets = buckets_[static_cast<std::size_t>(partition)];
  const std::uint64_t hash = url_id(search->id, options_.hash_key);
  const std::uint32_t bucket = bucket_of(hash, buckets);
  const std::string count = std::to_string(buckets), id_text = std::to_string(hash);
  const std::string out_id = std::to_string(hash & kOutIdMask), most = std::to_string(kRecords);
  const std::vector<std::string> keys = {keys_.of(partition, "counts"),
                                         keys_.seen(partition, bucket),
                                         keys_.out(partition, bucket),
                                         keys_.of(partition, "flight"),
                                         keys_.of(partition, "wait"),
                                         keys_.of(partition, "cold"),
                                         keys_.of(partition, "robots"),
                                         keys_.queue(partition, search->host, Priority::high),
                                         keys_.queue(partition, search->host, Priority::normal),
                                         keys_.queue(partition, search->host, Priority::low)};
  const std::vector<std::string_view> args = {count,   search->id, search->host, search->origin,
                                              id_text, out_id,     codes_,       most};
  redis_.attempt_script(kLookup, keys, args, [this, search, partition](const Reply& reply) {
    if (failed(reply, *search)) return;
    buckets_[static_cast<std::size_t>(partition)] = static_cast<std::uint32_t>(reply.at(1).integer());
    if (reply.at(0).text() == "RETRY") return ask(search);
    UrlFacts facts;
    facts.seen = reply.at(2).integer() == 1;
    if (const std::string_view code = reply.at(3).text(); code.size() == 2) {
      facts.end = options_.reasons[static_cast<std::size_t>(10 * (code[0] - '0') + code[1] - '0')];
    }
    facts.place = place_named(reply.at(4).text());
    facts.record = Record::decode(reply.at(5).text());
    facts.due_in = std::chrono::milliseconds(reply.at(6).integer());
    facts.complete = reply.at(7).integer() == 1;
    facts.queued = reply.at(8).integer();
    facts.waiting = reply.at(9).integer();
    if (reply.at(12).integer() == 1) facts.robots_txt = reply.at(11).text();
    search->facts = std::move(facts);
    search->classes = classes_of(reply.at(10).text());
    search->blocks = 0;
    look_into_blocks(search);
  });
}

void UrlLookup::look_into_blocks(const SearchPtr& search) {
  UrlFacts& facts = search->facts;
  if (!facts.seen || facts.place != UrlFacts::Place::nowhere) return search->done(std::move(facts));
  if (search->classes.empty()) {
    // In `seen`, without a note and nowhere: it was fetched, or it has moved meanwhile.
    if (facts.complete && facts.end.empty() && ++search->tries < kTries) return ask(search);
    return search->done(std::move(facts));
  }
  if (search->blocks >= kBlocks) {
    facts.complete = false;
    return search->done(std::move(facts));
  }
  const std::string name = search->classes.front();
  search->classes.erase(search->classes.begin());
  const std::string key = keys_.cold(partition_of(search->host), search->host, name);
  const std::string last = std::to_string(kBlocks - search->blocks - 1);
  redis_.attempt({"LRANGE", key, "0", last}, [this, search](const Reply& reply) {
    if (failed(reply, *search)) return;
    search->blocks += reply.size();
    for (std::size_t i = 0; i < reply.size(); ++i) {
      for (Record& record : unpack_records(reply.at(i).text()).value_or(std::vector<Record>{})) {
        if (record.id() != search->id) continue;
        search->facts.place = UrlFacts::Place::queue;
        search->facts.complete = true;
        search->facts.record = std::move(record);
        return search->done(std::move(search->facts));
      }
    }
    // The last class may have been cut off: the bound is reached then, and this says so.
    if (search->blocks >= kBlocks) search->facts.complete = false;
    look_into_blocks(search);
  });
}

}  // namespace frontier
