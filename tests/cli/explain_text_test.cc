// What explain says of the reasons and fates which no crawl of the tests comes to, from facts; the others are in
// tests/integration/explain.golden. And that what outsiders wrote comes out harmless.
#include "cli/explain_text.h"

#include <gtest/gtest.h>

namespace cli {
namespace {

using Json = nlohmann::ordered_json;

// A URL of which nothing special is known.
Json facts(const std::string& state, const std::string& reason) {
  return {{"daemon", "d1"},
          {"given", "http://h/a"},
          {"url", "http://h/a"},
          {"state", state},
          {"reason", reason},
          {"rule", nullptr},
          {"host", "h"},
          {"queued_of_host", 0},
          {"waiting_of_partition", 0},
          {"record", nullptr},
          {"now", {{"action", "queue"}, {"as", "seed"}, {"seed", "http://h/a"}, {"depth", 0}}},
          {"robots", {{"url", "http://h/robots.txt"}, {"verdict", "unknown"}, {"phase", "unknown"}, {"attempts", 0}}},
          {"host_state", nullptr},
          {"requests", Json::array()},
          {"page", nullptr},
          {"refusal", nullptr},
          {"stored", nullptr},
          {"files_complete", true}};
}

const std::string kRest =
    "By the rules of now it would be queued, as a seed.\n"
    "http://h/robots.txt was not read yet.\n"
    "Host h: nothing is known of it.\n";

TEST(ExplainText, AReasonThatNothingIsKnownOfIsNamed) {
  for (const char* reason : {"mime", "cancelled", "operator_dropped"}) {
    EXPECT_EQ(explain_text(facts("refused", reason)), "refused: " + std::string(reason) + "\n" + kRest);
  }
}

TEST(ExplainText, WhatOthersWroteCannotTurnOrHideTheText) {
  Json answer = facts("refused", "robots_disallowed");
  answer["rule"] = "Disallow: /\xe2\x80\xaex\x1b[2K";
  const std::string text = explain_text(answer);
  EXPECT_EQ(text.find('\x1b'), text.npos);
  EXPECT_EQ(text.find("\xe2\x80\xae"), text.npos);
}

TEST(ExplainText, WhatIsKnownIsAskedForByForceAlone) {
  Json answer = facts("done", "fetched");
  answer["now"]["known"] = true;
  EXPECT_NE(explain_text(answer).find("as a seed; but it is known: only force asks for it again.\n"),
            std::string::npos);
}

TEST(ExplainText, ADuplicateIsGood) {
  EXPECT_EQ(explain_text(facts("done", "duplicate")), "done: duplicate\n" + kRest);
}

TEST(ExplainText, RobotsThatCannotBeHadAreSaidSo) {
  Json answer = facts("refused", "robots_unreachable");
  answer["rule"] = "robots.txt of http://h could not be had in 4 attempts";
  answer["robots"]["attempts"] = 4;
  answer["robots"]["phase"] = "unreachable";
  EXPECT_EQ(explain_text(answer),
            "refused: robots_unreachable: robots.txt of http://h could not be had in 4 attempts\n"
            "By the rules of now it would be queued, as a seed.\n"
            "http://h/robots.txt could not be had, 4 attempts failed since.\n"
            "Host h: nothing is known of it.\n");
}

TEST(ExplainText, ARecordTellsHowItWasFoundAndTried) {
  Json answer = facts("waiting", "");
  answer["due_in_ms"] = 1500;
  answer["record"] = {{"depth", 1},         {"attempts", 2},       {"pushbacks", 1},
                      {"via", "http://h/"}, {"seed", "http://h/"}, {"job", "j"}};
  answer["now"] = {{"action", "queue"}, {"as", "link"}, {"seed", "http://h/"}, {"depth", 1}};
  answer["host_state"] = {{"state", "waiting"},     {"next_due_in_ms", 2000}, {"delay_ms", 1000},
                          {"delay_from", "config"}, {"owner", "d2"},          {"levers", Json::array()}};
  answer["queued_of_host"] = 4;
  EXPECT_EQ(explain_text(answer),
            "waiting for its next attempt, due in 1.5s\n"
            "Found on http://h/, 1 link from the seed http://h/, of job j.\n"
            "2 of its attempts failed; its host pushed it back 1 times.\n"
            "By the rules of now it would be queued, as a link of the seed http://h/, at depth 1.\n"
            "http://h/robots.txt was not read yet.\n"
            "Host h: waiting, 4 queued, asked next in 2s, delay 1s (config), kept by daemon d2.\n");
}

TEST(ExplainText, ABoundThatWasReachedIsOwnedUpTo) {
  Json answer = facts("queued_or_done", "");
  answer["queued_of_host"] = 50000;
  answer["waiting_of_partition"] = 7;
  answer["files_complete"] = false;
  EXPECT_EQ(explain_text(answer),
            "queued among 50000 of its host, waiting among 7, or done: there are more than are looked at\n" + kRest +
                "Older lines of the logs were not looked at.\n");
}

TEST(ExplainText, WhatOutsidersWroteComesOutHarmless) {
  Json answer = facts("refused", "robots_disallowed");
  answer["rule"] = "line 1 of http://h/robots.txt (Disallow: /\x1b[2J)";
  answer["given"] = 7;
  answer["requests"] = "none";
  const std::string text = explain_text(answer);
  EXPECT_EQ(text.find('\x1b'), text.npos);
}

TEST(ExplainText, AnAnswerOfAnotherVersionIsNoCrash) {
  explain_text(Json::object());
  explain_text(Json::parse(R"({"url":"u","state":[],"now":7,"robots":null,"host_state":{"levers":[1,{}]}})"));
}

}  // namespace
}  // namespace cli
