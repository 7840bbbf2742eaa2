#include "crawler/resolver.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "crawler/resolver_cache.h"
#include "tests/crawler/resolver_fixture.h"

namespace crawler {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::fake_time;
using testing::ResolverTest;
using testing::texts;
using testing::TinyDns;

TEST_F(ResolverTest, LiteralsAnswerInsideTheCall) {
  serve({});
  std::vector<std::string> got;
  std::uint16_t port = 0;
  for (const char* host : {"192.0.2.7", "[2001:db8::7]"}) {
    resolver().resolve(host, 8080, [&](const Resolved& resolved) {
      got.push_back(texts(resolved).at(0));
      port = ntohs(reinterpret_cast<const sockaddr_in*>(&resolved.addresses[0])->sin_port);
    });
  }
  EXPECT_EQ(got, (std::vector<std::string>{"192.0.2.7", "2001:db8::7"}));
  EXPECT_EQ(port, 8080);
  EXPECT_TRUE(dns->asked().empty());
}

TEST_F(ResolverTest, Rfc6761LocalhostAndAllUnderItAreLoopbackWithoutAsking) {
  serve({{"evil.localhost", {.v4 = {"192.0.2.1"}}}});
  for (const char* host : {"localhost", "localhost.", "evil.localhost", "a.b.localhost."}) {
    EXPECT_EQ(texts(resolve(host)), (std::vector<std::string>{"127.0.0.1", "::1"})) << host;
  }
  EXPECT_TRUE(dns->asked().empty());
  EXPECT_TRUE(resolve("notlocalhost").addresses.empty());
}

TEST_F(ResolverTest, BothFamiliesAreAskedAndIpv4ComesFirstWithThePortSet) {
  serve({{"both.test", {.v4 = {"192.0.2.1", "192.0.2.2"}, .v6 = {"2001:db8::1"}}},
         {"six.test", {.v6 = {"2001:db8::6"}}}});
  const Resolved both = resolve("both.test", 8443);
  EXPECT_EQ(texts(both), (std::vector<std::string>{"192.0.2.1", "192.0.2.2", "2001:db8::1"}));
  EXPECT_EQ(ntohs(reinterpret_cast<const sockaddr_in*>(&both.addresses[0])->sin_port), 8443);
  EXPECT_EQ(ntohs(reinterpret_cast<const sockaddr_in6*>(&both.addresses[2])->sin6_port), 8443);
  EXPECT_EQ(both.error, "");
  EXPECT_EQ(texts(resolve("six.test")), (std::vector<std::string>{"2001:db8::6"}));
}

TEST_F(ResolverTest, AskersOfOneNameShareOneLookup) {
  serve({{"a.test", {.v4 = {"192.0.2.1"}}}});
  int answers = 0;
  for (int i = 0; i < 5; ++i) resolver().resolve("a.test", 80, [&](const Resolved&) { ++answers; });
  EXPECT_EQ(answers, 0);
  ASSERT_TRUE(loop.run_until([&] { return answers == 5; }));
  EXPECT_EQ(dns->times("A a.test"), 1u);
  EXPECT_EQ(dns->times("AAAA a.test"), 1u);
}

TEST_F(ResolverTest, AnAnswerIsKeptForItsTimeWithinTheBounds) {
  options.min_ttl = seconds(30);
  options.max_ttl = seconds(600);
  serve({{"mid.test", {.v4 = {"192.0.2.1"}, .ttl = 100}},
         {"short.test", {.v4 = {"192.0.2.1"}, .ttl = 0}},
         {"long.test", {.v4 = {"192.0.2.1"}, .ttl = 86400}},
         {"alias.test", {.v4 = {"192.0.2.1"}, .ttl = 500, .cname = "real.test", .cname_ttl = 50}}});
  const std::pair<const char*, int> rows[] = {
      {"mid.test", 100}, {"short.test", 30}, {"long.test", 600}, {"alias.test", 50}};
  for (const auto& [host, kept] : rows) {
    const std::string question = std::string("A ") + host;
    const limiter::TimePoint start = fake_time;
    EXPECT_EQ(texts(resolve(host)), std::vector<std::string>{"192.0.2.1"});
    fake_time = start + seconds(kept) - milliseconds(1);
    bool at_once = false;
    resolver().resolve(host, 80, [&](const Resolved& resolved) { at_once = !resolved.addresses.empty(); });
    EXPECT_TRUE(at_once) << host;
    EXPECT_EQ(dns->times(question), 1u);
    fake_time = start + seconds(kept);
    resolve(host);
    EXPECT_EQ(dns->times(question), 2u) << host;
  }
}

TEST_F(ResolverTest, ThatThereIsNoAddressIsKeptToo) {
  options.negative_ttl = seconds(20);
  serve({{"empty.test", {}}});
  for (const char* host : {"none.test", "empty.test"}) {
    const Resolved first = resolve(host);
    EXPECT_TRUE(first.addresses.empty());
    EXPECT_FALSE(first.temporary) << host;
    EXPECT_NE(first.error, "");
    const std::size_t asked = dns->asked().size();
    EXPECT_EQ(resolve(host).error, first.error);
    EXPECT_EQ(dns->asked().size(), asked);
    fake_time += seconds(20);
    resolve(host);
    EXPECT_GT(dns->asked().size(), asked);
  }
}

TEST_F(ResolverTest, SilenceAndServerFailureAreTemporaryAndNotKept) {
  options.timeout = milliseconds(400);
  serve({{"silent.test", {.silent = true}}, {"broken.test", {.rcode = 2}}, {"garbage.test", {.garbage = true}}});
  for (const char* host : {"silent.test", "broken.test", "garbage.test"}) {
    fake_time += minutes(1);
    const auto start = std::chrono::steady_clock::now();
    const Resolved resolved = resolve(host);
    EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(5)) << host;
    EXPECT_TRUE(resolved.addresses.empty());
    EXPECT_TRUE(resolved.temporary) << host;
    EXPECT_NE(resolved.error, "");
    fake_time += minutes(1);
    bool answered = false;
    resolver().resolve(host, 80, [&](const Resolved&) { answered = true; });
    EXPECT_FALSE(answered) << host;
    ASSERT_TRUE(loop.run_until([&] { return answered; }));
  }
}

TEST_F(ResolverTest, ALookupWithoutAnswerKeepsNobodyWaitingPastTheDeadline) {
  options.timeout = milliseconds(100);  // below what c-ares itself takes with its shortest tries
  serve({{"silent.test", {.silent = true}}});
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(resolve("silent.test").temporary);
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(99));
  fake_time += seconds(5);
  EXPECT_EQ(resolve("silent.test").error, "no answer from the name servers in time");
}

TEST_F(ResolverTest, AnAddressIsTriedFirstOrLastAsItAnswered) {
  serve({{"a.test", {.v4 = {"192.0.2.1", "192.0.2.2"}, .v6 = {"2001:db8::1"}}}});
  resolve("a.test");
  resolver().avoid("a.test", "192.0.2.1");
  EXPECT_EQ(texts(resolve("a.test")), (std::vector<std::string>{"192.0.2.2", "2001:db8::1", "192.0.2.1"}));
  resolver().prefer("a.test", "2001:db8::1");
  EXPECT_EQ(texts(resolve("a.test")), (std::vector<std::string>{"2001:db8::1", "192.0.2.2", "192.0.2.1"}));
  resolver().prefer("a.test", "192.0.2.77");
  resolver().prefer("unknown.test", "192.0.2.1");
  EXPECT_EQ(texts(resolve("a.test")).at(0), "2001:db8::1");
}

TEST_F(ResolverTest, NoSearchDomainIsTried) {
  setenv("LOCALDOMAIN", "corp.test", 1);
  serve({{"intranet.corp.test", {.v4 = {"192.0.2.9"}}}});
  EXPECT_TRUE(resolve("intranet").addresses.empty());
  unsetenv("LOCALDOMAIN");
  EXPECT_EQ(dns->times("A intranet.corp.test"), 0u);
}

TEST_F(ResolverTest, OfManyAddressesOnlyAFewAreKept) {
  TinyDns::Name many;
  for (int i = 1; i <= 20; ++i) many.v4.push_back("192.0.2." + std::to_string(i));
  serve({{"many.test", many}});
  EXPECT_EQ(texts(resolve("many.test")),
            (std::vector<std::string>{"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"}));
}

TEST_F(ResolverTest, MoreLookupsThanAllowedAtOnceWaitInLine) {
  options.max_lookups = 1;
  options.timeout = milliseconds(1400);
  serve({{"silent.test", {.silent = true}}, {"good.test", {.v4 = {"192.0.2.1"}}}});
  bool ended = false;
  std::optional<Resolved> good;
  resolver().resolve("silent.test", 80, [&](const Resolved&) { ended = true; });
  ASSERT_TRUE(loop.run_until([&] { return dns->times("A silent.test") == 3; }));  // its last try
  resolver().resolve("good.test", 80, [&](const Resolved& resolved) {
    EXPECT_TRUE(ended);
    good = resolved;
  });
  ASSERT_TRUE(loop.run_until([&] { return good.has_value(); }));
  EXPECT_EQ(texts(*good), std::vector<std::string>{"192.0.2.1"});
}

TEST_F(ResolverTest, NamesOfTheHostsFileCount) {
  std::ifstream hosts("/etc/hosts");
  std::string line, address, name;
  while (std::getline(hosts, line)) {
    std::istringstream words(line);
    std::string a, n;
    if (words >> a >> n && a[0] != '#' && a.find(':') == std::string::npos &&
        n.find("localhost") == std::string::npos) {
      address = a;
      name = n;
    }
  }
  if (name.empty()) GTEST_SKIP() << "no name but localhost in /etc/hosts";
  options.timeout = milliseconds(200);
  serve({{"silent.test", {.silent = true}}});
  EXPECT_EQ(texts(resolve(name)).at(0), address);
  EXPECT_TRUE(dns->asked().empty());
  EXPECT_FALSE(network.knows_names_beside("x.test")) << "it says nothing of the name servers";
  network.name_answered(name, fake_time, fake_time);
  resolve("silent.test");  // does not wait for ever for a name that came into the file meanwhile
}

TEST_F(ResolverTest, CancelAnswersEveryAskerNow) {
  options.max_lookups = 1;
  serve({{"silent.test", {.silent = true}}});
  std::vector<std::string> errors;
  auto note = [&](const Resolved& resolved) {
    EXPECT_TRUE(resolved.temporary);
    errors.push_back(resolved.error);
  };
  resolver().resolve("silent.test", 80, note);
  resolver().resolve("silent.test", 81, note);
  resolver().resolve("in-line.test", 80, note);
  resolver().cancel_all();
  EXPECT_EQ(errors, (std::vector<std::string>(3, "cancelled")));
}

TEST_F(ResolverTest, CloseMayBeCalledFromAnAnswer) {
  serve({{"silent.test", {.silent = true}}, {"a.test", {.v4 = {"192.0.2.1"}}}});
  bool closed = false, cancelled = false;
  Resolver own(loop.get(), options);
  own.resolve("silent.test", 80, [&](const Resolved& resolved) { cancelled = resolved.temporary; });
  own.resolve("a.test", 80, [&](const Resolved&) { own.close([&] { closed = true; }); });
  EXPECT_TRUE(loop.run_until([&] { return closed; }));
  EXPECT_TRUE(cancelled);
}

TEST_F(ResolverTest, AnAnswerMayAskForMore) {
  serve({{"a.test", {.v4 = {"192.0.2.1"}}}, {"b.test", {.v4 = {"192.0.2.2"}}}});
  std::vector<std::string> got;
  resolver().resolve("a.test", 80, [&](const Resolved&) {
    resolver().resolve("b.test", 80, [&](const Resolved& resolved) { got = texts(resolved); });
  });
  ASSERT_TRUE(loop.run_until([&] { return !got.empty(); }));
  EXPECT_EQ(got.at(0), "192.0.2.2");
}

TEST_F(ResolverTest, ServersThatCannotBeSetAreATemporaryFailureAndNotAnEnd) {
  options.servers = {"not a server"};
  const Resolved resolved = resolve("a.test");
  EXPECT_TRUE(resolved.temporary);
  EXPECT_NE(resolved.error, "");
}

TEST(ResolverCache, TheLeastRecentlyUsedGoesWhereItIsFull) {
  ResolverCache cache(2);
  const limiter::TimePoint now(seconds(1)), later(seconds(100));
  cache.put("a.test", {{}, "a", false}, later);
  cache.put("b.test", {{}, "b", false}, later);
  ASSERT_NE(cache.find("a.test", now), nullptr);
  cache.put("c.test", {{}, "c", false}, later);
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_EQ(cache.find("b.test", now), nullptr);
  EXPECT_EQ(cache.find("a.test", now)->error, "a");
  EXPECT_EQ(cache.find("c.test", now)->error, "c");
}

TEST(ResolverCache, AnEntryIsReplacedAndGoesAtItsTime) {
  ResolverCache cache(10);
  cache.put("a.test", {{}, "old", false}, limiter::TimePoint(seconds(100)));
  cache.put("a.test", {{}, "new", false}, limiter::TimePoint(seconds(10)));
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_EQ(cache.find("a.test", limiter::TimePoint(seconds(9)))->error, "new");
  EXPECT_EQ(cache.find("a.test", limiter::TimePoint(seconds(10))), nullptr);
  EXPECT_EQ(cache.size(), 0u);
}

}  // namespace
}  // namespace crawler
