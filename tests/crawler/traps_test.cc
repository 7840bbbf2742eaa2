#include "crawler/traps.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace crawler {
namespace {

class TrapsTest : public ::testing::Test {
 protected:
  static Config::Traps limits() {
    Config::Traps limits;
    limits.queries = 20;
    limits.calendar = 20;
    limits.duplicates_low = 5;
    limits.duplicates = 10;
    return limits;
  }

  Traps::Verdict judge(const std::string& url, const std::string& via = "http://a.example/", int depth = 1) {
    return traps_.judge({*web::parse_url(url), *web::parse_url(via), depth});
  }
  // Fetches what is no trap; the content is its own unless it is said, or there are no news_. False: it is one.
  bool fetch(const std::string& url, const std::string& via = "http://a.example/", int depth = 1,
             std::uint64_t content = 0) {
    if (!judge(url, via, depth).rule.empty()) return false;
    const web::Url parsed = *web::parse_url(url);
    traps_.fetched({parsed, *web::parse_url(via), depth}, content != 0 || !news_ ? content : ++contents_);
    return true;
  }
  // Goes from page to page, `page` naming the n-th, until one is a trap. Returns how many were fetched, at most `most`.
  int follow(const std::function<std::string(int)>& page, int most, int first = 1) {
    std::string via = "http://a.example/";
    for (int n = 0; n < most; ++n) {
      const std::string url = page(first + n);
      if (!fetch(url, via, n + 1)) return n;
      via = url;
    }
    return most;
  }
  static std::string month(int n) {  // since January of year 0
    return std::to_string(n / 12) + "/" + std::to_string(n % 12 + 1);
  }

  Traps traps_{limits(), 7};
  std::uint64_t contents_ = 1000;
  bool news_ = true;
};

TEST_F(TrapsTest, WhatAPathShowsByItselfIsRefusedAtOnce) {
  std::string deep = "http://a.example";
  for (int i = 0; i < 33; ++i) deep += "/s" + std::string(1, static_cast<char>('a' + i % 26)) + std::to_string(i);
  EXPECT_EQ(judge(deep).rule, "traps.segments = 32");
  EXPECT_EQ(judge(deep.substr(0, deep.rfind('/'))).rule, "");
  EXPECT_EQ(judge("http://a.example/a/b/a/b/a/b").rule, "traps.repeated = 3 of /a/b");
  EXPECT_EQ(Traps::kind_of("traps.repeated = 3 of /a/b"), Trap::repeated);
}

TEST_F(TrapsTest, EndlessQueriesOfOnePathEndExactlyAtTheLimit) {
  news_ = false;
  int fetched = 0;
  for (int i = 0; i < 100; ++i) fetched += fetch("http://a.example/search?q=w" + std::to_string(i)) ? 1 : 0;
  EXPECT_EQ(fetched, 20);
  EXPECT_EQ(judge("http://a.example/search?q=more").rule, "traps.queries = 20 of /search");
  EXPECT_EQ(judge("http://a.example/search").rule, "") << "the path itself is a page";
  EXPECT_EQ(judge("http://a.example/other?q=more").rule, "");
  EXPECT_EQ(judge("http://b.example/search?q=more").rule, "");
}

TEST_F(TrapsTest, PagesNamedByNumbersMayBeTenTimesAsMany) {
  news_ = false;
  int fetched = 0;
  for (int i = 0; i < 300; ++i) fetched += fetch("http://a.example/topic?f=2&t=" + std::to_string(i * 17 % 301));
  EXPECT_EQ(fetched, 200);
  EXPECT_TRUE(judge("http://a.example/topic?f=2&t=3&view=print").rule.empty()) << "others are counted by themselves";
}

TEST_F(TrapsTest, QueriesThatShowSomethingNewMayBeTenTimesAsMany) {
  int titles = 0, topics = 0;
  for (int i = 0; i < 300; ++i) titles += fetch("http://a.example/index.php?title=T" + std::to_string(i)) ? 1 : 0;
  EXPECT_EQ(titles, 200);
  for (int i = 0; i < 3000; ++i) {
    topics += fetch("http://a.example/viewtopic.php?f=2&t=" + std::to_string(i) + "&start=25") ? 1 : 0;
  }
  EXPECT_EQ(topics, 2000);
  int mixed = 0;
  for (int i = 0; i < 300; ++i) {
    news_ = i % 2 == 0;
    mixed += fetch("http://a.example/search?q=w" + std::to_string(i)) ? 1 : 0;
  }
  EXPECT_EQ(mixed, 38) << "what is new weighs a tenth";
}

TEST_F(TrapsTest, DatesThatShowSomethingNewMayBeTwiceAsMany) {
  EXPECT_EQ(follow([](int n) { return "http://a.example/cal/" + month(n); }, 1000, 2026 * 12), 41);
  EXPECT_EQ(follow([](int n) { return "http://a.example/old/" + month(-n); }, 1000, -2026 * 12), 201);
}

TEST_F(TrapsTest, ArticlesUnderADateAreNoCalendarHoweverFarBackTheyLead) {
  news_ = false;
  const auto article = [](int n) {
    return "http://a.example/" + month(2024 * 12 - n / 30) + "/" + std::to_string(30 - n % 30) + "/" +
           std::to_string(900'000 - n) + ".html";
  };
  EXPECT_EQ(follow(article, 5000), 5000);
}

TEST_F(TrapsTest, NumbersThatOnlyLookLikeAYearAreNoCalendar) {
  news_ = false;
  for (int i = 0; i < 3000; ++i) {  // listed from the latest to the first
    const std::string number = std::to_string(30'000 - i).substr(1), before = std::to_string(30'001 - i).substr(1);
    ASSERT_TRUE(fetch("http://a.example/abs/2301." + number, "http://a.example/abs/2301." + before));
  }
}

TEST_F(TrapsTest, ACalendarThatLeadsOnForEverEnds) {
  news_ = false;
  EXPECT_EQ(follow([](int n) { return "http://a.example/cal/" + month(n); }, 1000, 2026 * 12), 21);
  EXPECT_EQ(
      follow(
          [](int n) { return "http://a.example/c?m=" + std::to_string(n % 12 + 1) + "&y=" + std::to_string(n / 12); },
          1000, 2026 * 12),
      21);
  EXPECT_EQ(judge("http://a.example/cal/2100/1", "http://a.example/cal/2099/12").rule,
            "traps.calendar = 20 of /cal/#/#");
  EXPECT_EQ(judge("http://a.example/cal/2100/1", "http://a.example/events").rule, "") << "found elsewhere";
}

TEST_F(TrapsTest, BackwardsACalendarMayGoFiveTimesAsFar) {
  news_ = false;
  EXPECT_EQ(follow([](int n) { return "http://a.example/cal/" + month(-n); }, 1000, -2026 * 12), 101);
}

TEST_F(TrapsTest, ACalendarInTwoFormsEndsToo) {
  news_ = false;
  const auto page = [](int n) {
    const std::string date = month(2026 * 12 + n / 2);
    return n % 2 == 0 ? "http://a.example/month/" + date : "http://a.example/day/" + date + "/28";
  };
  EXPECT_LE(follow(page, 1000), 50);
}

TEST_F(TrapsTest, NumbersThatGrowFromPageToPageEnd) {
  EXPECT_EQ(follow([](int n) { return "http://a.example/page/" + std::to_string(n); }, 1000), 20);
  EXPECT_EQ(follow([](int n) { return "http://a.example/x?offset=" + std::to_string(n * 10); }, 1000), 20);
}

TEST_F(TrapsTest, NumbersThatFallEndByThemselves) {
  EXPECT_EQ(follow([](int n) { return "http://a.example/page/" + std::to_string(1000 - n); }, 900), 900);
}

TEST_F(TrapsTest, AnArchiveThatIsReachedInFewStepsIsNoCalendarHoweverManyPagesItHas) {
  for (int page = 1; page <= 5000; ++page) {
    const std::string before = "http://a.example/archive?page=" + std::to_string(std::max(1, page - 10));
    ASSERT_TRUE(fetch("http://a.example/news/" + std::to_string(page), before, 3));
  }
  for (int category = 1; category <= 500; ++category) {  // each with a short chain of its own
    std::string via = "http://a.example/";
    for (int page = 1; page <= 15; ++page) {
      const std::string url = "http://a.example/cat/" + std::to_string(category) + "/page/" + std::to_string(page);
      ASSERT_TRUE(fetch(url, via, 1 + page)) << url;
      via = url;
    }
  }
}

TEST_F(TrapsTest, ABlogByDaysIsNoCalendar) {
  for (int n = 0; n < 240; ++n) {  // twenty years
    const std::string in_month = "http://a.example/" + month(2006 * 12 + n);
    ASSERT_TRUE(fetch(in_month, "http://a.example/archive", 2));
    for (int day = 1; day <= 28; ++day) ASSERT_TRUE(fetch(in_month + "/" + std::to_string(day), in_month, 3));
  }
}

TEST_F(TrapsTest, CopiesOfOneContentAreLowAndThenRefused) {
  for (int i = 0; i < 11; ++i) {
    const std::string url = "http://a.example/p/" + std::to_string(i) + "?s=x";
    EXPECT_EQ(judge(url).low, i > 5) << i;
    ASSERT_TRUE(fetch(url, "http://a.example/", 1, 5));
  }
  EXPECT_EQ(judge("http://a.example/p/99?s=y").rule, "traps.duplicates = 10 of /p/#?s");
  EXPECT_EQ(judge("http://a.example/p/99").rule, "") << "without that name in its query it is another pattern";
  EXPECT_EQ(judge("http://a.example/q/99?s=y").rule, "");
}

TEST_F(TrapsTest, APatternWithNewContentTooGoesOn) {
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(fetch("http://a.example/p/" + std::to_string(i), "http://a.example/", 1, i % 10 == 0 ? 100 + i : 5))
        << i;
  }
}

TEST_F(TrapsTest, ALimitThatIsNoneIsNotLookedFor) {
  Config::Traps none;
  none.segments = none.repeated = none.queries = none.calendar = none.duplicates = none.duplicates_low = std::nullopt;
  traps_ = Traps(none, 7);
  EXPECT_EQ(follow([](int n) { return "http://a.example/a/b/a/b/a/b/cal/" + month(n) + "?q=x"; }, 3000, 2000 * 12),
            3000);
}

TEST_F(TrapsTest, MemoryIsBoundedAndTheLatestPatternsAreKept) {
  news_ = false;
  traps_ = Traps(limits(), 7, 100);
  for (int i = 0; i < 10'000; ++i)
    fetch("http://a.example/" + std::string(1 + i % 1000, 'x') + "?q=a", "http://a.example/");
  int fetched = 0;
  for (int i = 0; i < 40; ++i) fetched += fetch("http://a.example/last?q=w" + std::to_string(i)) ? 1 : 0;
  EXPECT_EQ(fetched, 20);
}

TEST(GenerationsTest, WhatIsUsedStaysAndTheRestGoes) {
  Generations<int> map(10);
  map.use(1) = 7;
  for (std::uint64_t id = 100; id < 1000; ++id) {
    map.use(id) = 1;
    ASSERT_EQ(map.use(1), 7);
    ASSERT_LE(map.size(), 12u);
  }
  EXPECT_EQ(map.find(100), nullptr);
  EXPECT_NE(map.find(999), nullptr);
}

}  // namespace
}  // namespace crawler
