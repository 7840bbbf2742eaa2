// What the files of a daemon tell of one URL: the newest lines that are about it, and only those.
#include "crawler/url_story.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace crawler {
namespace {

namespace fs = std::filesystem;

const std::string kUrl = "http://example.org/a?\"b";

class UrlStoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "/story-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    dir_ = name;
  }
  void TearDown() override { fs::remove_all(dir_); }
  void write(const std::string& name, const std::string& text) {
    fs::create_directories((dir_ / name).parent_path());
    std::ofstream(dir_ / name, std::ios::binary) << text;
  }
  UrlStory read(bool go_on = true) {
    return read_url_story(dir_, kUrl, "", false, [go_on](double) { return go_on; });
  }
  static std::string line(const std::string& rest) { return "{\"url\":\"http://example.org/a?\\\"b\"," + rest + "}\n"; }
  fs::path dir_;
};

TEST_F(UrlStoryTest, NothingIsToldWhereThereAreNoFiles) {
  const UrlStory story = read();
  EXPECT_FALSE(story.page);
  EXPECT_FALSE(story.refusal);
  EXPECT_FALSE(story.stored);
  EXPECT_TRUE(story.requests.empty());
  EXPECT_TRUE(story.complete);
}

TEST_F(UrlStoryTest, TheNewestLinesOfEachFileAreTold) {
  write("feed/pages-1-1.jsonl",
        line(R"("fate":"timeout","status":null,"fetched_at":"T1")") +
            line(R"("fate":"fetched","status":200,"fetched_at":"T2","depth":3,"via":"v","seed":"s","job":null,)"
                 R"("warc":{"file":"f.warc.gz","offset":7,"length":9},"truncated":"length")"));
  write("log/fetches-1-1.jsonl",
        line(R"("kind":"page","sent_at":"T1","outcome":"timeout","status":null,"error":"late")") +
            line(R"("kind":"page","sent_at":"T2","outcome":"fetched","status":200,"error":null)") +
            "{\"url\":\"http://example.org/a\",\"sent_at\":\"T3\",\"outcome\":\"dns\"}\n");
  write("log/refused-1-1.jsonl", line(R"("reason":"depth","rule":"scope.max_depth","via":"w","at":"T0")"));
  const UrlStory story = read();
  ASSERT_TRUE(story.page);
  EXPECT_EQ(story.page->fate, "fetched");
  EXPECT_EQ(story.page->status, 200);
  EXPECT_EQ(story.page->depth, 3);
  EXPECT_EQ(story.page->job, "");
  EXPECT_EQ(story.page->truncated, "length");
  ASSERT_TRUE(story.stored);
  EXPECT_EQ(story.stored->file, "f.warc.gz");
  EXPECT_EQ(story.stored->offset, 7u);
  ASSERT_EQ(story.requests.size(), 2u);
  EXPECT_EQ(story.requests[0].sent_at, "T2");
  EXPECT_EQ(story.requests[1].error, "late");
  EXPECT_FALSE(story.requests[1].status);
  ASSERT_TRUE(story.refusal);
  EXPECT_EQ(story.refusal->rule, "scope.max_depth");
  EXPECT_EQ(story.refusal->via, "w");
  EXPECT_TRUE(story.complete);
}

TEST_F(UrlStoryTest, LinesOfWrongTypesTellNothingAndHarmNothing) {
  write("feed/pages-1-1.jsonl", line(R"("fate":7,"status":"x","depth":-1,"warc":[1])"));
  write("log/refused-1-1.jsonl", line(R"("reason")"));
  const UrlStory story = read();
  ASSERT_TRUE(story.page);
  EXPECT_EQ(story.page->fate, "");
  EXPECT_FALSE(story.page->status);
  EXPECT_FALSE(story.stored);
  EXPECT_FALSE(story.refusal);
}

TEST_F(UrlStoryTest, WhatIsTooLongTakesNoTimeFromTheOthers) {
  const std::string filler = "{\"url\":\"http://example.org/other\"}\n";
  std::string long_file;
  while (long_file.size() < (3u << 20)) long_file += filler;
  write("feed/pages-1-1.jsonl", line(R"("fate":"fetched")") + long_file);
  write("log/fetches-1-1.jsonl", line(R"("kind":"page","sent_at":"T1","outcome":"fetched")"));
  write("log/refused-1-1.jsonl", line(R"("reason":"depth","rule":"scope.max_depth","via":"w","at":"T0")"));
  for (const bool refused : {false, true}) {
    double passed = 0;
    const UrlStory story = read_url_story(dir_, kUrl, "", refused, [&](double share) {
      const bool in_time = passed < share;
      passed = std::max(passed, share);  // each piece takes all the time that its kind has
      return in_time;
    });
    EXPECT_FALSE(story.page);
    EXPECT_EQ(story.requests.size(), 1u);
    EXPECT_TRUE(story.refusal);
    EXPECT_FALSE(story.complete);
  }
}

TEST_F(UrlStoryTest, WhatIsRefusedHasItsRefusalLookedForFirst) {
  write("log/refused-1-1.jsonl", line(R"("reason":"depth","rule":"scope.max_depth","via":"w","at":"T0")"));
  write("feed/pages-1-1.jsonl", line(R"("fate":"fetched")"));
  int asked = 0;
  const auto once = [&asked](double) { return ++asked == 1; };
  EXPECT_TRUE(read_url_story(dir_, kUrl, "", true, once).refusal);
  asked = 0;
  EXPECT_TRUE(read_url_story(dir_, kUrl, "", false, once).page);
}

TEST_F(UrlStoryTest, WhatWasNotLookedAtIsOwnedUpTo) {
  write("feed/pages-1-1.jsonl", line(R"("fate":"fetched")"));
  const UrlStory story = read(false);
  EXPECT_FALSE(story.page);
  EXPECT_FALSE(story.complete);
}

}  // namespace
}  // namespace crawler
