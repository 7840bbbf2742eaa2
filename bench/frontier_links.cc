// What a link costs in the frontier, here and in Redis: pages of many hosts are read breadth-first, each with ten links
// within its host and two to others, as the made-up web has them. bench/frontier.py starts the Redis.
//   frontier_links SOCKET HOSTS PAGES
#include <cstdint>
#include <cstdio>
#include <utility>

#include "bench/redis_bench.h"

namespace {

constexpr int kFanOut = 4, kInHost = 10, kAcross = 2;
constexpr int kPagesOfATurn = 8;  // whose links go to Redis together

std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

frontier::Discovery link(int host, int page, int from_host, int from_page) {
  char text[80];
  frontier::Discovery found;
  snprintf(text, sizeof text, "site-%04d.example", host);
  found.host = text;
  snprintf(text, sizeof text, "https://site-%04d.example/section-%d/item-%d.html", host, page % 7, page);
  found.record.url = text;
  snprintf(text, sizeof text, "https://site-%04d.example/section-%d/item-%d.html", from_host, from_page % 7, from_page);
  found.record.via = text;
  snprintf(text, sizeof text, "https://site-%04d.example/", host);
  found.record.seed = text;
  found.record.depth = 1;
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fprintf(stderr, "frontier_links SOCKET HOSTS PAGES\n");
    return 2;
  }
  bench::RedisBench bench(argv[1]);
  const int hosts = std::atoi(argv[2]), pages = std::atoi(argv[3]);
  frontier::RedisFrontier frontier(bench.redis(), {.hash_key = 42, .reasons = {"depth", "nofollow"}});
  long links = 0, fresh = 0, filtered = 0;
  std::vector<frontier::Discovery> of_page;
  double making = 0;  // seconds: not the frontier's
  const auto before = bench.cost();
  for (int page = 0; page < pages; ++page) {
    for (int host = 0; host < hosts; ++host) {
      const auto began = std::chrono::steady_clock::now();
      const auto seed = static_cast<std::uint64_t>(host) * 1'000'003 + static_cast<std::uint64_t>(page);
      for (int i = 0; i < kInHost; ++i) {
        const int child = page * kFanOut + 1 + i;
        const bool tree = i < kFanOut && child < pages;
        const int other =
            static_cast<int>(mixed(seed * 16 + static_cast<std::uint64_t>(i)) % static_cast<unsigned>(pages));
        of_page.push_back(link(host, tree ? child : other, host, page));
      }
      for (int i = 0; i < kAcross; ++i) {
        const auto there = mixed(seed * 16 + 14 + static_cast<std::uint64_t>(i));
        of_page.push_back(link(static_cast<int>(there % static_cast<unsigned>(hosts)),
                               static_cast<int>((there >> 32) % static_cast<unsigned>(pages)), host, page));
      }
      making += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
      links += kInHost + kAcross;
      bench.begin();
      frontier.add(std::exchange(of_page, {}), [&](const frontier::AddCount& count) {
        filtered += count.filtered;
        fresh += count.fresh;
        bench.end();
      });
      if (host % kPagesOfATurn == 0) bench.wait_all();
    }
  }
  bench.wait_all();
  const auto after = bench.cost();
  const auto micros = [links](double spent) { return spent * 1e6 / static_cast<double>(links); };
  printf("%10ld links, %ld of them new, %.1f %% of the rest settled here: %.2f us a link here, %.2f us in Redis\n",
         links, fresh, 100.0 * static_cast<double>(filtered) / static_cast<double>(links - fresh),
         micros(after.own - before.own - making), micros(after.redis - before.redis));
  fflush(stdout);
  _Exit(0);
}
