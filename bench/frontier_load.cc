// Files made-up URLs into a Redis as a crawl would, and packs them as their owner would. `measure` files and takes some
// more then, and prints what each of those cost. bench/frontier.py starts the Redis, and weighs what is in it.
//   frontier_load fill|measure SOCKET HOSTS URLS
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/redis_bench.h"

namespace {

using frontier::Record;

constexpr int kAtOnce = 64;        // calls under way
constexpr int kNewOfPage = 5;      // URLs that a page adds to its host
constexpr long kMeasured = 5'000;  // URLs added and taken by measure()
constexpr long kTakenFrom = 100;   // hosts: so that as much must be unpacked for them however many there are
constexpr char kFence[] = "bench 1";

long own_rss_kib() {
  long pages = 0, resident = 0;
  if (FILE* statm = fopen("/proc/self/statm", "r")) {
    if (fscanf(statm, "%ld %ld", &pages, &resident) != 2) resident = 0;
    fclose(statm);
  }
  return resident * 4;
}

class Load {
 public:
  Load(const std::string& socket, long hosts)
      : hosts_(hosts),
        calls_per_poll_(std::clamp(hosts, 100L, 2000L)),
        pages_(static_cast<std::size_t>(hosts), 0),
        known_(static_cast<std::size_t>(hosts), false),
        bench_(socket),
        frontier_(bench_.redis(), {.fence = kFence, .hash_key = 42, .reasons = {"depth", "nofollow"}}) {
    for (int partition = 0; partition < frontier::kPartitions; ++partition) {
      bench_.begin();
      frontier_.lease(partition, "", kFence, [this](bool) { bench_.end(); });
    }
    bench_.wait_all();
  }

  void fill(long urls) {
    while (urls_ < urls) add_page();
    settle_news();
  }

  void measure() {
    settle_news();
    const auto before_add = bench_.cost();
    fill(urls_ + kMeasured);
    const auto before_take = bench_.cost();
    const long taken = take_some();
    const auto after = bench_.cost();
    const auto micros = [](double from, double to, long n) { return (to - from) * 1e6 / static_cast<double>(n); };
    printf(
        "%10ld URLs, %7ld hosts: add %5.2f us here, %5.2f us in Redis; take %5.2f us here, %5.2f us in Redis; %ld KiB "
        "here\n",
        urls_, hosts_, micros(before_add.own, before_take.own, kMeasured),
        micros(before_add.redis, before_take.redis, kMeasured), micros(before_take.own, after.own, taken),
        micros(before_take.redis, after.redis, taken), own_rss_kib());
    fflush(stdout);
  }

 private:
  static std::string host(long h) {
    char text[40];
    snprintf(text, sizeof text, "www.site-%06ld.example", h);
    return text;
  }
  // 66 bytes.
  static std::string url(long h, long i) {
    char text[100];
    const unsigned long mixed = static_cast<unsigned long>(h * 1'000'003 + i) * 0x9E3779B97F4A7C15ul;
    snprintf(text, sizeof text, "https://www.site-%06ld.example/news/%02ld/%07ld-article-%08lx", h, i % 12, i,
             mixed >> 32);
    return text;
  }

  // The links of one page of a host: the children of its page n are n * kNewOfPage + 1 and so on.
  void add_page() {
    const long h = next_host_++ % hosts_;
    const long page = pages_[static_cast<std::size_t>(h)]++;
    std::vector<frontier::Discovery> links;
    for (long i = page * kNewOfPage + 1; i <= (page + 1) * kNewOfPage; ++i) {
      frontier::Discovery link;
      link.host = host(h);
      link.record.url = url(h, i);
      link.record.via = url(h, page);
      link.record.seed = "https://" + link.host + "/";
      link.record.job = "nightly";
      link.record.depth =
          1 + static_cast<int>(std::log(static_cast<double>(i) * (kNewOfPage - 1)) / std::log(kNewOfPage));
      links.push_back(std::move(link));
    }
    urls_ += kNewOfPage;
    bench_.begin();
    frontier_.add(std::move(links), [this](const frontier::AddCount&) { bench_.end(); });
    bench_.run_until([this] { return bench_.open() < kAtOnce; });
    if (++calls_ % calls_per_poll_ != 0) return;
    poll();
    bench_.wait_all();  // packed before the next page of these hosts, as it is where each host waits its turn
  }

  void poll() {
    for (int partition = 0; partition < frontier::kPartitions; ++partition) {
      bench_.begin();
      frontier_.poll_news(partition, [this, partition](const frontier::News& news) {
        for (const std::string& name : news.hosts) heard(partition, name);
        bench_.end();
      });
    }
  }
  void settle_news() {
    for (int i = 0; i < 20; ++i) {
      poll();
      bench_.wait_all();
    }
  }
  void heard(int partition, const std::string& name) {
    const auto h = static_cast<std::size_t>(std::strtol(name.c_str() + 9, nullptr, 10));
    if (!known_[h]) {  // its first URL: there is nothing to pack yet
      known_[h] = true;
      return;
    }
    if (!packing_.insert(name).second) return;
    bench_.begin();
    pack(partition, name);
  }
  void pack(int partition, const std::string& name) {
    frontier_.cold().pack(partition, name, [this, name](frontier::Repacked) {
      packing_.erase(name);
      bench_.end();
    });
  }

  // As an owner does it: two at a time, and what is packed is unpacked.
  long take_some() {
    long taken = 0;
    for (long turn = 0; taken < kMeasured && turn < 20 * kMeasured; ++turn) {
      const std::string name = host(turn % std::min(hosts_, kTakenFrom));
      const int partition = frontier::partition_of(name);
      bench_.begin();
      frontier_.take(partition, name, 2, [this, partition, name, &taken](frontier::Taken got) {
        taken += static_cast<long>(got.records.size());
        const auto done = [this](frontier::Repacked) { bench_.end(); };
        if (!got.unpack.empty()) return frontier_.cold().unpack(partition, name, got.unpack, frontier::kUnpacked, done);
        bench_.end();
      });
      // One host: one thing at a time.
      bench_.run_until([this] { return bench_.open() < (hosts_ > kAtOnce ? kAtOnce : 1); });
    }
    bench_.wait_all();
    return std::max(taken, 1L);
  }

  const long hosts_;
  const long calls_per_poll_;  // pages between two looks at the news: about one of a host, as politeness has it
  long urls_ = 0, next_host_ = 0, calls_ = 0;
  std::vector<long> pages_;
  std::vector<bool> known_;
  std::set<std::string> packing_;
  bench::RedisBench bench_;
  frontier::RedisFrontier frontier_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 5 ? argv[1] : "";
  if (what != "fill" && what != "measure") {
    fprintf(stderr, "frontier_load fill|measure SOCKET HOSTS URLS\n");
    return 2;
  }
  Load load(argv[2], std::strtol(argv[3], nullptr, 10));
  load.fill(std::strtol(argv[4], nullptr, 10));
  if (what == "measure") load.measure();
  fflush(stdout);
  _Exit(0);
}
