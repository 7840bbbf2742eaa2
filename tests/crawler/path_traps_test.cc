#include "crawler/path_traps.h"

#include <gtest/gtest.h>

#include <string>

namespace crawler {
namespace {

TEST(PathTrapsTest, SegmentsAreCounted) {
  EXPECT_EQ(segments_of("/"), 0);
  EXPECT_EQ(segments_of("/a"), 1);
  EXPECT_EQ(segments_of("/a/b/"), 2);
  EXPECT_EQ(segments_of("//a///b"), 2);
}

TEST(PathTrapsTest, AGroupThatStandsThreeTimesInARowIsFound) {
  EXPECT_EQ(repeated_segments("/a/b/a/b/a/b", 3), "a/b");
  EXPECT_EQ(repeated_segments("/x/about/about/about/", 3), "about");
  EXPECT_EQ(repeated_segments("/x/one/two/three/one/two/three/one/two/three/y", 3), "one/two/three");
  EXPECT_EQ(repeated_segments("/a/b/a/b", 3), std::nullopt);
  EXPECT_EQ(repeated_segments("/a/b/a/b", 2), "a/b");
}

TEST(PathTrapsTest, NumbersAndShortFoldersMayRepeatTwiceAsOften) {
  EXPECT_EQ(repeated_segments("/11/11/11", 3), std::nullopt);
  EXPECT_EQ(repeated_segments("/1/2/1/2/1/2", 3), std::nullopt);
  EXPECT_EQ(repeated_segments("/a/a/a/x.jpg", 3), std::nullopt);
  EXPECT_EQ(repeated_segments("/7/7/7/7/7/7", 3), "7");
  EXPECT_EQ(repeated_segments("/a/a/a/a/a/a", 3), "a");
}

TEST(PathTrapsTest, ASegmentThatComesAgainAndAgainIsFoundWhereverItStands) {
  EXPECT_EQ(repeated_segments("/cal/a/cal/b/cal/c/cal/d/cal/e/cal", 3), "cal");
  EXPECT_EQ(repeated_segments("/cal/a/cal/b/cal/c/cal/d/cal/e", 3), std::nullopt);
}

// As they stand on real sites.
TEST(PathTrapsTest, OrdinaryPathsAreNone) {
  for (const char* path : {
           "/javase/8/docs/api/java/util/concurrent/atomic/AtomicInteger.html",
           "/org/app/blob/main/modules/core/src/main/java/org/app/core/app/App.java",
           "/org/app/tree/main/test/test262/test/built-ins/Array",
           "/news/2011/11/11/11-things-about-11-11-11",
           "/tiles/12/12/12.png",
           "/tiles/3/3/3/3",
           "/wikipedia/commons/thumb/5/5d/Picture.jpg/220px-Picture.jpg",
           "/pool/main/l/linux/linux_6.1.0.dsc",
           "/en/products/shoes/products/12/reviews",
           "/a/a/a/aardvark",
           "/blog/blog/",
           "/archive/2019/05/17/archive/",
           "/r/wiki/wiki/index",
           "/docs/en/docs/en/intro",
       }) {
    EXPECT_EQ(repeated_segments(path, 3), std::nullopt) << path;
    EXPECT_LE(segments_of(path), 32) << path;
  }
}

TEST(PathTrapsTest, TheLongestPathIsJudgedInBoundedSteps) {
  std::string path;
  for (int i = 0; i < 4000; ++i) path += "/" + std::to_string(i) + "x";
  EXPECT_EQ(repeated_segments(path, 3), std::nullopt);
  EXPECT_EQ(segments_of(path), 4000);
}

}  // namespace
}  // namespace crawler
