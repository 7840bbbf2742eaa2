#include "limiter/known_names.h"

#include <gtest/gtest.h>

#include <string>

namespace limiter {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1000s};

TEST(KnownNames, TheyTakeTurnsAndThoseInDoubtComeLast) {
  KnownNames names;
  EXPECT_FALSE(names.has_one_beside("x.test"));
  EXPECT_EQ(names.next_beside("x.test", kStart), "");
  for (const char* name : {"a.test", "b.test", "c.test"}) names.add(name, kStart, kStart);
  names.doubt("a.test");
  EXPECT_EQ(names.next_beside("x.test", kStart + 1s), "b.test");
  EXPECT_EQ(names.next_beside("x.test", kStart + 2s), "c.test");
  EXPECT_EQ(names.next_beside("x.test", kStart + 3s), "b.test");
  names.doubt("b.test");
  names.doubt("c.test");
  EXPECT_EQ(names.next_beside("x.test", kStart + 4s), "a.test") << "better than none";
  EXPECT_EQ(names.next_beside("x.test", kStart + 5s), "c.test");
  names.add("b.test", kStart + 5s, kStart + 5s);
  EXPECT_EQ(names.next_beside("x.test", kStart + 6s), "b.test") << "it answered";
  EXPECT_EQ(names.next_beside("x.test", kStart + 7s), "b.test");
}

TEST(KnownNames, ThoseThatACacheMayAnswerComeLast) {
  KnownNames names;
  names.add("fresh.test", kStart + 60s, kStart);
  names.add("old.test", kStart + 1s, kStart);
  for (int i = 1; i < 5; ++i) EXPECT_EQ(names.next_beside("x.test", kStart + i * 1s), "old.test");
  EXPECT_EQ(names.next_beside("x.test", kStart + 60s), "fresh.test");
}

TEST(KnownNames, OneOfEachDomainIsKept) {
  KnownNames names;
  names.add("www.a.test", kStart, kStart);
  for (int i = 0; i < 100; ++i) names.add("h" + std::to_string(i) + ".evil.test", kStart, kStart);
  EXPECT_EQ(names.next_beside("x.test", kStart), "www.a.test");
  EXPECT_EQ(names.next_beside("x.test", kStart + 1s), "h99.evil.test");
  EXPECT_EQ(names.next_beside("x.test", kStart + 2s), "www.a.test");
}

TEST(KnownNames, NoneSpeaksForItsOwnDomain) {
  KnownNames names;
  names.add("www.a.test", kStart, kStart);
  EXPECT_FALSE(names.has_one_beside("b.a.test"));
  EXPECT_EQ(names.next_beside("b.a.test", kStart), "");
  EXPECT_TRUE(names.has_one_beside("b.test"));
  names.add("b.test", kStart, kStart);
  names.doubt("b.test");
  EXPECT_EQ(names.next_beside("a.test", kStart), "b.test") << "though in doubt";
}

TEST(KnownNames, AFullListTakesANewOneForItsOldestAfterAnHour) {
  KnownNames names;
  for (int i = 0; i < 8; ++i) names.add("h" + std::to_string(i) + ".test", kStart, kStart + i * 1s);
  names.add("new.test", kStart, kStart + 30min);
  for (int i = 0; i < 8; ++i) EXPECT_NE(names.next_beside("x.test", kStart + 30min + i * 1s), "new.test");
  names.add("new.test", kStart, kStart + 1h);
  EXPECT_EQ(names.next_beside("x.test", kStart + 1h), "new.test");
  for (int i = 1; i < 8; ++i) EXPECT_NE(names.next_beside("x.test", kStart + 1h + i * 1s), "h0.test");
  names.doubt("h5.test");
  names.add("newer.test", kStart, kStart + 1h);
  EXPECT_EQ(names.next_beside("x.test", kStart + 2h), "newer.test") << "one in doubt goes at once";
}

}  // namespace
}  // namespace limiter
