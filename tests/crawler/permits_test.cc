#include "crawler/permits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace crawler {
namespace {

using web::kib;
using web::mib;

TEST(Permits, AsManyAsCountAreGivenAndOneReturnsWithItsDestructor) {
  Permits permits(2, mib(1), kib(64));
  auto a = permits.try_acquire();
  {
    auto b = permits.try_acquire();
    ASSERT_TRUE(a && b);
    EXPECT_FALSE(permits.try_acquire());
    EXPECT_EQ(permits.in_use(), 2);
    EXPECT_EQ(permits.weight(), kib(128));
  }
  EXPECT_EQ(permits.in_use(), 1);
  EXPECT_EQ(permits.weight(), kib(64));
  EXPECT_TRUE(permits.try_acquire());
}

TEST(Permits, AMovedPermitIsGivenBackOnce) {
  Permits permits(4, mib(1), kib(64));
  auto first = permits.try_acquire();
  Permit moved = std::move(*first);
  EXPECT_FALSE(first->held());
  EXPECT_TRUE(moved.held());
  first.reset();
  EXPECT_EQ(permits.in_use(), 1);
  auto second = permits.try_acquire();
  moved = std::move(*second);  // what it held is given back
  EXPECT_EQ(permits.in_use(), 1);
  moved.release();
  moved.release();
  EXPECT_EQ(permits.in_use(), 0);
  EXPECT_EQ(permits.weight(), web::Bytes{});
}

TEST(Permits, BytesAreRefusedWhereTheMemoryIsFull) {
  Permits permits(8, kib(64 * 3 + 256), kib(256));  // 192 KiB for all, 256 KiB for the one that overdraws
  auto a = permits.try_acquire();
  auto b = permits.try_acquire();
  EXPECT_TRUE(a->grow(kib(128)));
  EXPECT_EQ(permits.weight(), kib(192));
  EXPECT_FALSE(permits.try_acquire());  // a place is free, the bytes are not
  EXPECT_EQ(permits.in_use(), 2);
  EXPECT_TRUE(a->grow(kib(100)));  // it already weighs more
  EXPECT_EQ(a->weight(), kib(128));
}

TEST(Permits, OneAtATimeOverdrawsUpToTheReserveSoThatAFullSemaphoreDrains) {
  Permits permits(8, kib(64 * 2 + 256), kib(256));
  auto a = permits.try_acquire();
  auto b = permits.try_acquire();
  EXPECT_TRUE(a->grow(kib(128)));
  EXPECT_TRUE(a->grow(kib(256)));   // the same one goes on
  EXPECT_FALSE(a->grow(kib(257)));  // but not past the reserve
  EXPECT_FALSE(b->grow(kib(65)));
  EXPECT_EQ(permits.weight(), kib(64 + 256));
  a->release();
  EXPECT_TRUE(b->grow(kib(256)));  // its turn
  EXPECT_LE(permits.weight(), kib(64 * 2 + 256));
}

TEST(Permits, MemoryBelowOneBodyStillLetsOneBodyThrough) {
  Permits permits(8, kib(1), mib(5));
  auto a = permits.try_acquire();
  ASSERT_TRUE(a);
  EXPECT_TRUE(a->grow(mib(5)));
  EXPECT_FALSE(permits.try_acquire());
}

TEST(Permits, OnlyAReleaseAfterARefusalWakes) {
  Permits permits(2, mib(1), kib(64));
  int woken = 0;
  permits.on_free([&] { ++woken; });
  auto a = permits.try_acquire();
  auto b = permits.try_acquire();
  a->release();
  EXPECT_EQ(woken, 0);
  a = permits.try_acquire();
  EXPECT_FALSE(permits.try_acquire());
  a->release();
  EXPECT_EQ(woken, 1);
  b->release();  // nobody was refused since
  EXPECT_EQ(woken, 1);
}

TEST(Permits, WhoWaitsBelowItsShareIsServedBeforeWhoHasItsShare) {
  Permits permits(4, mib(1), kib(64), 2);
  std::vector<Permit> first;
  while (auto permit = permits.try_acquire(0)) first.push_back(std::move(*permit));
  ASSERT_EQ(first.size(), 4u) << "what nobody else wants is there for one";
  EXPECT_FALSE(permits.try_acquire(1));
  first.pop_back();
  EXPECT_FALSE(permits.try_acquire(0)) << "it has its share, and another waits";
  auto second = permits.try_acquire(1);
  EXPECT_TRUE(second);
  EXPECT_FALSE(permits.try_acquire(1));
  first.pop_back();
  EXPECT_FALSE(permits.try_acquire(0));
  auto third = permits.try_acquire(1);
  EXPECT_TRUE(third) << "two and two";
}

TEST(Permits, OneAloneGoesByTurns) {
  Permits permits(1, mib(1), kib(64), 3);
  std::vector<int> served;
  auto held = permits.try_acquire(0);
  EXPECT_FALSE(permits.try_acquire(2));
  EXPECT_FALSE(permits.try_acquire(1));
  for (int round = 0; round < 6; ++round) {
    held.reset();
    for (int sharer = 0; sharer < 3 && !held; ++sharer) {
      held = permits.try_acquire(sharer);
      if (held) served.push_back(sharer);
    }
    ASSERT_TRUE(held);
    for (int sharer = 0; sharer < 3; ++sharer) EXPECT_FALSE(permits.try_acquire(sharer));
  }
  EXPECT_EQ(served, (std::vector{2, 1, 0, 2, 1, 0}));
}

TEST(Permits, WhoWaitsNoLongerHoldsNobodyUp) {
  Permits permits(2, mib(1), kib(64), 2);
  int woken = 0;
  permits.on_free([&] { ++woken; });
  auto a = permits.try_acquire(0), b = permits.try_acquire(0);
  EXPECT_FALSE(permits.try_acquire(1));
  a.reset();
  EXPECT_FALSE(permits.try_acquire(0));
  const int before = woken;
  permits.wants_none(1);
  EXPECT_EQ(woken, before + 1);
  EXPECT_TRUE(permits.try_acquire(0));
}

// Threads that ask, are refused and sleep until on_free: with a lost wake-up this would stand still.
TEST(Permits, NoWakeIsLostBetweenThreads) {
  constexpr int kThreads = 4, kRounds = 2000;
  Permits permits(2, kib(64 * 2 + 256), kib(256), kThreads);
  std::mutex mutex;
  std::condition_variable condition;
  std::uint64_t wakes = 0;
  permits.on_free([&] {
    std::lock_guard lock(mutex);
    ++wakes;
    condition.notify_all();
  });
  std::atomic<int> most{0}, stuck{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      // Asks until it is granted; between two askings a wake must come.
      auto until = [&](auto ask) {
        for (;;) {
          std::unique_lock lock(mutex);
          const auto seen = wakes;
          lock.unlock();
          if (ask()) return true;
          lock.lock();
          if (!condition.wait_for(lock, std::chrono::seconds(20), [&] { return wakes != seen; })) return false;
        }
      };
      for (int i = 0; i < kRounds; ++i) {
        std::optional<Permit> permit;
        if (!until([&] { return (permit = permits.try_acquire(t)).has_value(); }) ||
            (i % 3 == 0 && !until([&] { return permit->grow(kib(200)); }))) {
          ++stuck;
          return;
        }
        std::this_thread::yield();  // holds it while others ask
        int seen = most;
        while (seen < permits.in_use() && !most.compare_exchange_weak(seen, permits.in_use())) {
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(stuck, 0);
  EXPECT_LE(most, 2);
  EXPECT_EQ(permits.in_use(), 0);
  EXPECT_EQ(permits.weight(), web::Bytes{});
}

}  // namespace
}  // namespace crawler
