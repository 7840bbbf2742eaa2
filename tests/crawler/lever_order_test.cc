#include "crawler/lever_order.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace crawler {
namespace {

using namespace std::chrono_literals;
using limiter::LeverKind;

std::string host(std::string_view text, const std::string& key = "host") {
  Config config;
  config.politeness.key = key;
  std::string error;
  const auto host = host_of_text(config, text, error);
  EXPECT_EQ(host.has_value(), error.empty()) << text;
  return host.value_or("");
}

TEST(LeverOrderTest, AHostHasOneSpelling) {
  EXPECT_EQ(host("Example.ORG."), "example.org");
  EXPECT_EQ(host("b\xc3\xbc"
                 "cher.example"),
            "xn--bcher-kva.example");
  EXPECT_EQ(host("0x7f.1"), "127.0.0.1");
  EXPECT_EQ(host("2130706433"), "127.0.0.1");
  EXPECT_EQ(host("[0:0::1]"), "[::1]");
  EXPECT_EQ(host("ex%61mple.org"), "example.org");
  EXPECT_EQ(host("www.Example.co.uk", "domain"), "example.co.uk");
  EXPECT_EQ(host("127.1", "domain"), "127.0.0.1");
}

TEST(LeverOrderTest, WhatIsNoHostIsRefused) {
  const std::string long_name(2000, 'a');
  for (const std::string& text :
       {std::string(), std::string("http://example.org/"), std::string("example.org/"), std::string("example.org:80"),
        std::string("a@example.org"), std::string("[::1]:80"), std::string("::1"), std::string("a b"),
        std::string("exa\nmple.org"), std::string("256.1.1.1"), std::string("[::1"), std::string("a#b"),
        std::string("\xff.org"), long_name}) {
    EXPECT_EQ(host(text), "") << text;
  }
}

std::optional<HostOrder> order(const LeverWords& words, std::string* error = nullptr) {
  std::string why;
  auto made = order_of_words("example.org", words, "id1", why);
  EXPECT_EQ(made.has_value(), why.empty());
  if (error != nullptr) *error = why;
  return made;
}

TEST(LeverOrderTest, WordsBecomeAnOrder) {
  const auto slow = order({"slow", "2s", "1h30m", "they asked for it", "joe"});
  ASSERT_TRUE(slow);
  EXPECT_EQ(slow->kind, LeverKind::slow);
  EXPECT_EQ(slow->lever.delay, 2s);
  EXPECT_EQ(slow->lever.length, 90min);
  EXPECT_EQ(slow->for_frontier().terms, "5400000 2000 they asked for it");
  EXPECT_EQ(slow->for_frontier().verb, "slow");
  EXPECT_EQ(slow->text(), "example.org is slowed to 2s for 90m by joe: they asked for it");
  EXPECT_EQ(order({.action = "resume"})->for_frontier().verb, "resume");
}

TEST(LeverOrderTest, WhatMakesNoSenseIsRefusedWithAReason) {
  const std::vector<LeverWords> bad = {{.action = "explode"},
                                       {.action = "drop"},
                                       {.action = ""},
                                       {.action = "slow"},
                                       {.action = "slow", .delay = "0s"},
                                       {.action = "slow", .delay = "25h"},
                                       {.action = "slow", .delay = "fast"},
                                       {.action = "slow", .delay = "-1s"},
                                       {.action = "pause", .delay = "1s"},
                                       {.action = "pause", .length = "0s"},
                                       {.action = "pause", .length = "500us"},
                                       {.action = "pause", .length = "10"},
                                       {.action = "pause", .length = "99999d"},
                                       {.action = "resume", .length = "1h"},
                                       {.action = "block", .why = std::string(limiter::kMaxWhy + 1, 'x')},
                                       {.action = "block", .why = "two\nlines"},
                                       {.action = "block", .why = "esc\x1b[31m"},
                                       {.action = "block", .why = "csi\xc2\x9b"},
                                       {.action = "block", .by = std::string(65, 'x')}};
  for (const LeverWords& words : bad) {
    std::string error;
    EXPECT_FALSE(order(words, &error)) << words.action << " " << words.delay << " " << words.length;
    EXPECT_TRUE(error.ends_with('.')) << error;
  }
}

TEST(LeverOrderTest, LinesOfTheLogTellWhoAndWhenAndWhy) {
  const auto at = std::chrono::system_clock::time_point(1'800'000'000'123ms);
  const auto line = nlohmann::json::parse(order_line(*order({"block", "", "10m", "spam", "joe"}), "d1", at));
  EXPECT_EQ(line["at"], "2027-01-15T08:00:00.123Z");
  EXPECT_EQ(line["host"], "example.org");
  EXPECT_EQ(line["lever"], "block");
  EXPECT_EQ(line["event"], "ordered");
  EXPECT_EQ(line["for_s"], 600);
  EXPECT_EQ(line["why"], "spam");
  EXPECT_EQ(line["by"], "joe");
  EXPECT_EQ(line["daemon"], "d1");
  const auto ended =
      nlohmann::json::parse(ended_line("example.org", {LeverKind::pause, {.id = "x", .length = 5s}, {}}, "d1", at));
  EXPECT_EQ(ended["event"], "ended");
  EXPECT_EQ(ended["lever"], "pause");
  EXPECT_TRUE(ended["why"].is_null());
}

}  // namespace
}  // namespace crawler
