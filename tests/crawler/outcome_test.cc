#include "crawler/outcome.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace crawler {
namespace {

template <typename Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class EveryOutcome : public ::testing::TestWithParam<int> {
 protected:
  Outcome outcome() const { return static_cast<Outcome>(GetParam()); }
  const OutcomePolicy& policy() const { return policy_of(outcome()); }
};

INSTANTIATE_TEST_SUITE_P(Outcome, EveryOutcome, ::testing::Range(0, static_cast<int>(kOutcomes)),
                         [](const auto& param) {
                           return std::string(outcome_name(static_cast<Outcome>(param.param)));
                         });

TEST_P(EveryOutcome, HasExactlyOneEndUnlessItIsNoEnd) {
  const bool fate = !policy().fate.empty(), refused = !policy().refused.empty();
  if (outcome() == Outcome::put_back)
    EXPECT_FALSE(fate || refused);
  else
    EXPECT_NE(fate, refused);
}

TEST_P(EveryOutcome, EndsInAWordOfTheContract) {
  if (!policy().fate.empty()) {
    EXPECT_TRUE(contains(kFates, policy().fate)) << policy().fate;
  }
  if (!policy().refused.empty()) {
    EXPECT_TRUE(contains(kRefusals, policy().refused)) << policy().refused;
  }
}

TEST_P(EveryOutcome, KeepsItsNameAsFateWhereTheContractHasThatWord) {
  if (contains(kFates, outcome_name(outcome()))) {
    EXPECT_EQ(policy().fate, outcome_name(outcome()));
  }
}

TEST_P(EveryOutcome, FailsExactlyWhereItsFateFails) {
  if (!policy().fate.empty()) {
    EXPECT_EQ(policy().failed, is_failed_fate(policy().fate));
  }
}

TEST_P(EveryOutcome, IsTriedAgainOnlyAfterAFailureAndInOneWay) {
  EXPECT_FALSE(policy().retry && policy().pushback);
  if (policy().retry || policy().pushback) {
    EXPECT_TRUE(policy().failed);
  }
}

TEST_P(EveryOutcome, BlamesTheHostExactlyWhereItAloneFailed) {  // tls is final, and still the host's
  EXPECT_EQ(policy().blames_host, policy().retry || outcome() == Outcome::tls);
}

TEST_P(EveryOutcome, WithoutAnAnswerHasNoResponseTimeToWaitFor) {
  const bool answered = outcome() <= Outcome::rate_limited;  // the first six are read from a status line
  EXPECT_EQ(policy().answered, answered);
}

TEST(Outcome, NamesAreDistinct) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kOutcomes; ++i) names.insert(outcome_name(static_cast<Outcome>(i)));
  EXPECT_EQ(names.size(), kOutcomes);
}

TEST(Outcome, WhatIsTransientIsTriedAgainAndWhatIsFinalIsNot) {
  for (const Outcome transient :
       {Outcome::http_5xx, Outcome::timeout, Outcome::dns, Outcome::connect, Outcome::protocol, Outcome::reset}) {
    EXPECT_TRUE(policy_of(transient).retry) << outcome_name(transient);
  }
  for (const Outcome final : {Outcome::fetched, Outcome::not_modified, Outcome::redirected, Outcome::http_4xx,
                              Outcome::tls, Outcome::forbidden_address, Outcome::put_back}) {
    EXPECT_FALSE(policy_of(final).retry || policy_of(final).pushback) << outcome_name(final);
  }
}

TEST(Outcome, OnlyARateLimitPushesTheHostBack) {
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    EXPECT_EQ(policy_of(outcome).pushback, outcome == Outcome::rate_limited) << outcome_name(outcome);
  }
}

TEST(Outcome, FatesAndRefusalsShareNoWord) {
  std::set<std::string_view> words(kFates.begin(), kFates.end());
  words.insert(kRefusals.begin(), kRefusals.end());
  EXPECT_EQ(words.size(), kFates.size() + kRefusals.size());
  EXPECT_FALSE(words.contains(""));
}

TEST(Outcome, EveryEndButFetchedHasACodeAndThoseOfOldKeepTheirs) {
  std::set<std::string_view> words(kFates.begin(), kFates.end());
  words.insert(kRefusals.begin(), kRefusals.end());
  words.erase(kFates[0]);
  EXPECT_EQ(kFates[0], "fetched");
  EXPECT_EQ(std::set<std::string_view>(kEndCodes.begin(), kEndCodes.end()), words);
  EXPECT_EQ(kEndCodes.size(), words.size());
  EXPECT_LE(kEndCodes.size(), 100u) << "two digits";
  EXPECT_EQ(kEndCodes[0], "out_of_scope");
  EXPECT_EQ(kEndCodes[13], "cancelled");
  EXPECT_EQ(kEndCodes[17], "http_4xx");
  EXPECT_EQ(kEndCodes[26], "retries_exhausted");
}

TEST(Outcome, FourFatesAreGood) {
  for (const std::string_view good : {"fetched", "not_modified", "duplicate", "redirected"}) {
    EXPECT_FALSE(is_failed_fate(good)) << good;
  }
  EXPECT_EQ(std::count_if(kFates.begin(), kFates.end(), is_failed_fate), 10);
}

}  // namespace
}  // namespace crawler
