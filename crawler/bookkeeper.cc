#include "crawler/bookkeeper.h"

#include <cstdlib>
#include <memory>
#include <utility>

namespace crawler {

struct Bookkeeper::Look {
  Books books;
  std::map<std::string, std::int64_t> fates, refusals;
  std::int64_t imbalance = 0, pages = 0, entered = 0, left = 0, inbox = 0;
  int open = frontier::kPartitions + 2;
  bool known = false;
  std::uint64_t round = 0;

  void add(const frontier::RedisFrontier::Counts& counts) {
    const auto of = [&](std::string_view name) {
      const auto entry = counts.find(name);
      return entry == counts.end() ? std::int64_t{0} : entry->second;
    };
    const Books b{of("discovered"), of("queued"), of("in_flight"), of("waiting"), of("done"), of("refused")};
    books.discovered += b.discovered;
    books.queued += b.queued;
    books.in_flight += b.in_flight;
    books.waiting += b.waiting;
    books.done += b.done;
    books.refused += b.refused;
    imbalance += std::llabs(b.discovered - b.queued - b.in_flight - b.waiting - b.done - b.refused);
    // A refusal that a better discovery overruled enters a second time.
    entered += b.discovered + of("upgraded");
    left += b.done + b.refused + of("upgraded");
    // A duplicate is done beside another of its kind, which had the request.
    pages += b.done - of("f:duplicate") - of("unasked");
    std::int64_t fated = 0, reasoned = 0;
    for (const auto& [name, n] : counts) {
      if (name.starts_with("f:")) {
        fates[name.substr(2)] += n;
        fated += n;
      } else if (name.starts_with("r:") && n != 0) {
        refusals[name.substr(2)] += n;
        reasoned += n;
      }
    }
    imbalance += std::llabs(b.done - fated) + std::llabs(b.refused - reasoned);
  }
};

void Bookkeeper::read(std::function<void()> done) {
  if (!reading_ && frontier_.redis().up()) begin(std::move(done));
}

void Bookkeeper::read_last(std::function<void()> done) {
  begin(std::move(done));
}

void Bookkeeper::start_over() {
  ++round_;
  reading_ = finished_ = last_inbox_empty_ = false;
  last_left_ = -1;
}

void Bookkeeper::begin(std::function<void()> done) {
  reading_ = true;
  auto look = std::make_shared<Look>();
  if (done) waiting_.push_back(std::move(done));
  look->round = ++round_;
  frontier_.inbox([this, look](std::int64_t waiting) {
    look->inbox = waiting;
    if (--look->open == 0) close(*look);
  });
  for (int partition = 0; partition < frontier::kPartitions; ++partition) {
    frontier_.counts(partition, [this, look](const frontier::RedisFrontier::Counts& counts) {
      look->add(counts);
      if (--look->open == 0) close(*look);
    });
  }
  // After everything else, so that what was read before is of the Redis that we know.
  frontier_.witness([this, look](const std::string& epoch, std::uint64_t beats) {
    look->known = trust_.see(epoch, beats);
    if (--look->open == 0) close(*look);
  });
}

void Bookkeeper::close(const Look& look) {
  if (look.round != round_) return;
  reading_ = false;
  if (!look.known) return start_over();
  books_ = look.books;
  fates_ = look.fates;
  refusals_ = look.refusals;
  imbalance_ = look.imbalance;
  pages_ = look.pages;
  finished_ = last_inbox_empty_ && look.inbox == 0 && last_left_ == look.entered;
  last_left_ = look.left;
  last_inbox_empty_ = look.inbox == 0;
  for (const auto& done : std::exchange(waiting_, {})) done();
}

}  // namespace crawler
