// What hostile sitemaps cannot do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <time.h>

#include <string>

#include "tests/support/sanitized.h"
#include "tests/web/compressed.h"
#include "web/bounded_heap.h"
#include "web/sitemap.h"

namespace web {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const Url kUrl = *parse_url("https://h.example/sitemap.xml");
const std::string kFirst = "<url><loc>/first</loc></url>";

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Reads `body` without a clock, and holds it to little CPU.
Sitemap read(const std::string& body) {
  const double before = cpu_seconds();
  Sitemap map = read_sitemap(body, "", kUrl, SitemapLimits{});
  EXPECT_LT(cpu_seconds() - before, kSanitized ? 20 : 2) << body.substr(0, 100);
  return map;
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(SitemapLimits, ABillionLaughsAreNotTold) {
  std::string dtd = "<!DOCTYPE urlset [<!ENTITY a0 'ha'>";
  for (int i = 1; i < 10; ++i)
    dtd += "<!ENTITY a" + std::to_string(i) + " '" + repeated("&a" + std::to_string(i - 1) + ";", 10) + "'>";
  const Sitemap map = read(dtd + "]><urlset><url><loc>/&a9;</loc></url></urlset>");
  EXPECT_THAT(map.error, HasSubstr("declares entities"));
  EXPECT_THAT(map.entries, IsEmpty());
  const Sitemap in_attribute = read(dtd + "]><urlset><url x='&a9;'><loc>/a</loc></url></urlset>");
  EXPECT_THAT(in_attribute.error, HasSubstr("declares entities"));
}

TEST(SitemapLimits, NoEntityIsExpandedHoweverOften) {  // the quadratic blowup
  const Sitemap map = read("<!DOCTYPE urlset [<!ENTITY a '" + std::string(100'000, 'a') + "'>]><urlset><url><loc>/" +
                           repeated("&a;", 100'000) + "</loc></url></urlset>");
  EXPECT_THAT(map.error, HasSubstr("declares entities"));
  EXPECT_THAT(read("<!DOCTYPE urlset [<!ENTITY % p SYSTEM 'http://h.example/p'> %p;]><urlset>" + kFirst).error,
              HasSubstr("declares entities"));
}

TEST(SitemapLimits, DefaultsOfAttributesAreNotSupplied) {
  std::string dtd = "<!DOCTYPE urlset [<!ATTLIST url ";
  for (int i = 0; i < 10'000; ++i) dtd += "a" + std::to_string(i) + " CDATA 'value' ";
  EXPECT_THAT(read(dtd + ">]><urlset>" + repeated("<url/>", 100'000) + "</urlset>").error,
              HasSubstr("declares attributes"));
}

TEST(SitemapLimits, ExternalEntitiesAreReadAsNothing) {
  const std::string dtd =
      "<!DOCTYPE urlset PUBLIC 'x' 'file:///etc/hosts' [<!ENTITY file SYSTEM 'file:///etc/hosts'>]>";
  const Sitemap part = read(dtd + "<urlset><url><loc>/a&file;</loc></url></urlset>");
  ASSERT_EQ(part.entries.size(), 1U);
  EXPECT_EQ(part.entries[0].url, "https://h.example/a");
  const Sitemap whole = read(dtd + "<urlset>" + kFirst + "<url><loc>&file;</loc></url></urlset>");
  EXPECT_EQ(whole.error, "the URL of an entry is an external entity");
  EXPECT_THAT(whole.entries, IsEmpty());
}

// Expat goes through all that is declared at each reference.
TEST(SitemapLimits, EntitiesAndReferencesAreCounted) {
  const auto declared = [](int entities) {
    std::string dtd = "<!DOCTYPE urlset [<!ENTITY e SYSTEM 'e'>";
    for (int i = 1; i < entities; ++i) dtd += "<!ENTITY e" + std::to_string(i) + " SYSTEM 'e'>";
    return dtd + "]><urlset>" + kFirst;
  };
  EXPECT_EQ(read(declared(80'000) + repeated("&e;", 15'000) + "</urlset>").error, "its DTD declares too many entities");
  EXPECT_EQ(read(declared(33) + "</urlset>").error, "its DTD declares too many entities");
  EXPECT_EQ(read(declared(32) + repeated("&e;", 15'000) + "</urlset>").error, "");
  const Sitemap map = read(declared(32) + repeated("&e;", 2'000'001) + "</urlset>");
  EXPECT_EQ(map.error, "more than 2000000 elements");
  EXPECT_EQ(map.entries.size(), 1U);
}

std::chrono::nanoseconds hurried_clock() {
  static thread_local std::chrono::nanoseconds now{};
  return now += std::chrono::seconds(1);
}

TEST(SitemapLimits, CpuIsCappedByTheClockThatIsPassedIn) {
  const SitemapLimits limits{.cpu_now = hurried_clock};
  for (const std::string& filler : {std::string(1'000'000, ' '), repeated("x\n", 500'000)}) {
    const bool xml = filler[0] == ' ';
    const std::string first = xml ? "<urlset>" + kFirst : "http://h.example/first\n";
    const Sitemap map = read_sitemap(first + filler, "", kUrl, limits);
    EXPECT_EQ(map.error, "takes too long to read");
    EXPECT_TRUE(map.cut);
    EXPECT_EQ(map.entries.size(), 1U);
    EXPECT_EQ(read_sitemap(first + (xml ? "</urlset>" : ""), "", kUrl, limits).error, "");
  }
}

TEST(SitemapLimits, NestingIsBoundedByMemory) {
  for (const auto* tag : {"<a>", "<url>", "<loc>"}) {
    const Sitemap map = read("<urlset>" + kFirst + repeated(tag, 1'000'000));
    EXPECT_THAT(map.error, StartsWith("nested too deep")) << tag;
    EXPECT_EQ(map.entries.size(), 1U);
  }
}

TEST(SitemapLimits, NamesAreBoundedByMemory) {
  std::string attributes, elements;
  for (int i = 0; i < 1'000'000; ++i) elements += "<e" + std::to_string(i) + "/>";
  EXPECT_THAT(read("<urlset>" + kFirst + elements + "</urlset>").error, StartsWith("nested too deep"));
  for (int tag = 0; tag < 200; ++tag) {
    attributes += "<url";
    for (int i = 0; i < 5'000; ++i) attributes += " a" + std::to_string(tag * 5'000 + i) + "=''";
    attributes += "/>";
  }
  EXPECT_THAT(read("<urlset>" + kFirst + attributes + "</urlset>").error, StartsWith("nested too deep"));
}

TEST(SitemapLimits, OneTagIsBounded) {
  for (const auto* start : {"<url a='", "<!--", "<?pi ", "<url"}) {
    const Sitemap map = read("<urlset>" + kFirst + start + std::string(40'000'000, 'x'));
    EXPECT_EQ(map.error, "a tag or comment longer than 262144 bytes") << start;
    EXPECT_EQ(map.entries.size(), 1U);
  }
  const Sitemap text =
      read("<urlset>" + kFirst + "<url><loc>/" + std::string(40'000'000, 'x') + "</loc></url></urlset>");
  EXPECT_EQ(text.error, "");
  EXPECT_EQ(text.entries.size(), 1U);
}

TEST(SitemapLimits, FiftyThousandEntriesAreRead) {
  std::string inside;
  for (int i = 0; i <= 50'000; ++i) inside += "<url><loc>/" + std::to_string(i) + "</loc></url>";
  const Sitemap map = read("<urlset>" + inside + "</urlset>");
  EXPECT_EQ(map.error, "more than 50000 entries");
  EXPECT_EQ(map.entries.size(), 50'000U);
  EXPECT_EQ(map.entries.back().url, "https://h.example/49999");
  EXPECT_EQ(read("<urlset>" + repeated(kFirst, 50'001) + "</urlset>").error, "more than 50000 entries");
  EXPECT_EQ(read(repeated("http://h.example/\n", 50'001)).error, "more than 50000 entries");
}

TEST(SitemapLimits, FiveHundredChildrenOfAnIndexAreRead) {
  std::string inside;
  for (int i = 0; i <= 500; ++i) inside += "<sitemap><loc>/" + std::to_string(i) + "</loc></sitemap>";
  const Sitemap map = read("<sitemapindex>" + inside + "</sitemapindex>");
  EXPECT_EQ(map.error, "more than 500 sitemaps");
  EXPECT_EQ(map.entries.size(), 500U);
}

TEST(SitemapLimits, FiftyMegabytesAreRead) {
  const std::string spaces(51'000'000, ' ');
  const Sitemap map = read("<urlset>" + kFirst + spaces + kFirst + "</urlset>");
  EXPECT_THAT(map.error, HasSubstr("more than is read"));
  EXPECT_EQ(map.entries.size(), 1U);
  SitemapReader reader(kUrl, SitemapLimits{});
  bool wanted = reader.feed("<urlset>" + kFirst);
  for (int i = 0; i < 51 && wanted; ++i) wanted = reader.feed(std::string_view(spaces).substr(0, 1'000'000));
  EXPECT_FALSE(wanted);
  const Sitemap long_one = reader.finish();
  EXPECT_EQ(long_one.error, "longer than 50000000 bytes");
  EXPECT_TRUE(long_one.cut);
  EXPECT_FALSE(read("<urlset>" + kFirst + "</urlset>").cut);
}

TEST(SitemapLimits, AGzipBombIsStopped) {
  const std::string bomb = gzipped("<urlset>" + kFirst + std::string(64 << 20, ' '));
  EXPECT_LT(bomb.size(), 100'000U);
  const Sitemap map = read(bomb);
  EXPECT_THAT(map.error, HasSubstr("more than is read"));
  EXPECT_EQ(map.entries.size(), 1U);
  EXPECT_TRUE(map.cut);
  EXPECT_THAT(read(gzipped(bomb)).error, HasSubstr("neither"));  // packed twice without saying so: not unpacked twice
}

TEST(SitemapLimits, ElementsAndLinesAreCounted) {
  EXPECT_EQ(read("<urlset>" + repeated("<a/>", 2'000'001) + "</urlset>").error, "more than 2000000 elements");
  EXPECT_EQ(read(repeated("x\n", 2'000'001)).error, "more than 2000000 lines");
}

TEST(SitemapLimits, UrlsAreBoundedTogether) {
  std::string inside;
  for (int i = 0; i < 6'000; ++i)
    inside += "<url><loc>/" + std::to_string(i) + std::string(8'000, 'x') + "</loc></url>";
  const Sitemap map = read("<urlset>" + inside + "</urlset>");
  EXPECT_THAT(map.error, HasSubstr("URLs are longer"));
  EXPECT_GT(map.entries.size(), 3'000U);
  EXPECT_THAT(
      read("<urlset>" + kFirst + "<url><loc>/" + std::string(9'000, 'x') + "</loc></url></urlset>").entries.size(), 1U);
}

TEST(BoundedHeap, GivesNoMoreThanItHas) {
  BoundedHeap heap{1'000};
  const BoundedHeapUse use(heap);
  void* block = bounded_malloc(500);
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(bounded_malloc(500), nullptr);
  EXPECT_EQ(bounded_malloc(static_cast<std::size_t>(-1)), nullptr);
  EXPECT_EQ(bounded_realloc(block, 2'000), nullptr);
  block = bounded_realloc(block, 900);
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(bounded_malloc(100), nullptr);
  block = bounded_realloc(block, 100);
  bounded_free(block);
  EXPECT_EQ(heap.left, 1'000U);
}

}  // namespace
}  // namespace web
