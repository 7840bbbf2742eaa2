#include "crawler/refusal_sampler.h"

#include <gtest/gtest.h>

#include <string>

namespace crawler {
namespace {

int told(RefusalSampler& sampler, const std::string& host, std::string_view reason, int refusals,
         std::string_view rule = "rule") {
  int n = 0;
  for (int i = 0; i < refusals; ++i) n += sampler.tells(host, reason, rule) ? 1 : 0;
  return n;
}

TEST(RefusalSamplerTest, TheFirstOfEachHostReasonAndRuleAreToldAndThenFew) {
  RefusalSampler sampler;
  EXPECT_EQ(told(sampler, "a.example", "trap", 100), 100);
  EXPECT_EQ(told(sampler, "a.example", "trap", 10'000), 100);
  EXPECT_EQ(told(sampler, "a.example", "depth", 100), 100) << "each reason by itself";
  EXPECT_EQ(told(sampler, "b.example", "trap", 100), 100) << "and each host";
  EXPECT_EQ(told(sampler, "a.example", "trap", 90, "another"), 3) << "a flood by one rule does not hide another";
}

TEST(RefusalSamplerTest, NothingIsToldWhileTooMuchWaitsForTheDisk) {
  RefusalSampler sampler;
  sampler.told(RefusalSampler::kWaiting.n - 1);
  EXPECT_TRUE(sampler.tells("a.example", "trap", "rule"));
  sampler.told(1);
  EXPECT_FALSE(sampler.tells("a.example", "trap", "rule"));
  sampler.durable(1);
  EXPECT_TRUE(sampler.tells("a.example", "trap", "rule"));
}

TEST(RefusalSamplerTest, ManyHostsDoNotSilenceOneAnotherAndTheFirstOfThemIsForgotten) {
  RefusalSampler sampler;
  EXPECT_EQ(told(sampler, "first.example", "out_of_scope", 150), 101);
  EXPECT_EQ(told(sampler, "first.example", "out_of_scope", 50), 0);
  int n = 0;
  const int many = 2 * RefusalSampler::kKinds;
  for (int i = 0; i < many; ++i) n += told(sampler, "h" + std::to_string(i), "out_of_scope", 1);
  EXPECT_EQ(n, many);
  EXPECT_EQ(told(sampler, "first.example", "out_of_scope", 50), 50) << "what is kept is bounded, so it begins anew";
}

}  // namespace
}  // namespace crawler
