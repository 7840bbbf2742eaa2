#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "crawler/config_file.h"
#include "crawler/config_toml.h"
#include "crawler/duration_text.h"

namespace crawler {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() { std::filesystem::create_directory(dir_); }
  ~ConfigTest() override { std::filesystem::remove_all(dir_); }

  std::string file(const std::string& text) {
    const std::string path = dir_ + "/config.toml";
    std::ofstream(path) << text;
    return path;
  }
  // The error of a file with this text; empty if it is good.
  std::string error_of(const std::string& text) {
    ConfigLoader loader;
    return loader.read_file(file(text)) && loader.validate() ? "" : loader.error().message;
  }
  std::string error_of_set(const std::string& assignment) {
    ConfigLoader loader;
    return loader.set(assignment) && loader.validate() ? "" : loader.error().message;
  }

  const std::string dir_ = testing::TempDir() + "decorum-config-" + std::to_string(getpid());
};

std::string reference_path() {
  return DECORUM_SOURCE_DIR "/config.toml";
}

// config.toml with the commented settings of the commands' own defaults taken in.
std::string reference_text() {
  std::ifstream in(reference_path());
  std::string text, line;
  while (std::getline(in, line)) {
    const bool setting = line.size() > 1 && line[0] == '#' && std::islower(static_cast<unsigned char>(line[1]));
    if (line.starts_with("#[[host]]")) break;
    text += (setting ? line.substr(1) : line) + "\n";
  }
  return text;
}

TEST_F(ConfigTest, ReferenceFileChangesNothing) {
  ConfigLoader defaults, loaded;
  ASSERT_TRUE(loaded.read_file(file(reference_text()))) << loaded.error().message;
  ASSERT_TRUE(loaded.validate()) << loaded.error().message;
  const auto expected = defaults.values(), values = loaded.values();
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(values[i].value, expected[i].value) << values[i].key;
}

TEST_F(ConfigTest, ReferenceFileMentionsEveryKeyOnceWithItsMeaning) {
  std::multiset<std::string> mentioned;
  for (const TomlEntry& entry : read_toml(reference_text()).entries) mentioned.insert(entry.key);
  for (const Key& key : config_keys()) EXPECT_EQ(mentioned.count(std::string(key.name)), 1u) << key.name;
  std::istringstream lines(reference_text());
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" = ") != std::string::npos && line[0] != '#') {
      EXPECT_THAT(line, HasSubstr("  # "));
    }
  }
}

TEST_F(ConfigTest, ReferenceFileAsShippedLeavesTheCommandsTheirDefaults) {
  ConfigLoader loader;
  loader.set_default("redis.mode", "embedded");
  loader.set_default("scope.max_depth", "none");
  ASSERT_TRUE(loader.read_file(reference_path())) << loader.error().message;
  EXPECT_EQ(loader.config().redis.mode, "embedded");
  EXPECT_EQ(loader.config().scope.max_depth, std::nullopt);
}

TEST_F(ConfigTest, FileBeatsDefaultAndSetBeatsFile) {
  ConfigLoader loader;
  loader.set_default("politeness.delay", "3s");
  EXPECT_EQ(loader.config().politeness.delay, seconds(3));
  ASSERT_TRUE(loader.read_file(file("[politeness]\n\ndelay = \"2s\"\n")));
  EXPECT_EQ(loader.config().politeness.delay, seconds(2));
  EXPECT_THAT(loader.origin("politeness.delay"), testing::EndsWith("config.toml:3"));
  ASSERT_TRUE(loader.set("politeness.delay=0.2s"));
  EXPECT_EQ(loader.config().politeness.delay, milliseconds(200));
  EXPECT_EQ(loader.origin("politeness.delay"), "--set");
  loader.set_default("politeness.delay", "9s");
  EXPECT_EQ(loader.config().politeness.delay, milliseconds(200));
  EXPECT_EQ(loader.origin("politeness.factor"), "default");
}

TEST_F(ConfigTest, UnknownKeyNamesFileLineAndKey) {
  const std::string error = error_of("[politeness]\nfactor = 2\ndealy = \"1s\"\n");
  EXPECT_THAT(error, StartsWith(dir_ + "/config.toml:3: politeness.dealy: unknown key"));
  EXPECT_THAT(error, HasSubstr("did you mean politeness.delay?"));
  EXPECT_THAT(error_of("[nosuch]\n"), HasSubstr("config.toml:1: nosuch: unknown section"));
  EXPECT_THAT(error_of("[nosuch]\na = 1\n"), HasSubstr("config.toml:2: nosuch.a: unknown key"));
  EXPECT_THAT(error_of("[redis.more]\na = 1\n"), HasSubstr(":2: redis.more.a: unknown key"));
  EXPECT_THAT(error_of("delay = \"1s\"\n"), HasSubstr("did you mean politeness.delay?"));
  EXPECT_EQ(error_of("[redis]\n"), "");
}

TEST_F(ConfigTest, WrongTypeNamesFileLineAndKey) {
  EXPECT_THAT(error_of("[politeness]\ndelay = 1\n"), HasSubstr("config.toml:2: politeness.delay: expected a duration"));
  EXPECT_THAT(error_of("[fetch]\nmax_bytes = 5000\n"), HasSubstr("fetch.max_bytes: expected a size"));
  EXPECT_THAT(error_of("[workers]\nthreads = 2.0\n"), HasSubstr("workers.threads: expected a whole number"));
  EXPECT_THAT(error_of("[workers]\nthreads = \"2\"\n"), HasSubstr("workers.threads: expected a whole number"));
  EXPECT_THAT(error_of("[politeness]\nfactor = true\n"), HasSubstr("politeness.factor: expected a number"));
  EXPECT_THAT(error_of("[parse]\nrequisites = 1\n"), HasSubstr("parse.requisites: expected true or false"));
  EXPECT_THAT(error_of("[fetch]\nallow_addresses = \"10.0.0.0/8\"\n"), HasSubstr("expected a list of strings"));
  EXPECT_THAT(error_of("[fetch]\nallow_addresses = [1]\n"),
              HasSubstr("config.toml:2: fetch.allow_addresses: wrong type"));
  EXPECT_THAT(error_of("[agent]\nname = 7\n"), HasSubstr("agent.name: expected a string"));
  EXPECT_THAT(error_of("[storage]\ndir = 2026-01-01\n"), HasSubstr("storage.dir: wrong type"));
  EXPECT_THAT(error_of("host = 3\n"), HasSubstr("config.toml:1: host: expected [[host]] blocks"));
}

TEST_F(ConfigTest, BrokenTomlNamesTheLine) {
  EXPECT_THAT(error_of("[agent]\nname = \"x\n"), StartsWith(dir_ + "/config.toml:2: "));
  EXPECT_THAT(error_of("[agent]\nname = \"a\"\nname = \"b\"\n"), StartsWith(dir_ + "/config.toml:3: "));
}

TEST_F(ConfigTest, MissingFileIsAnError) {
  ConfigLoader loader;
  EXPECT_FALSE(loader.read_file(dir_ + "/none.toml"));
  EXPECT_EQ(loader.error().message, dir_ + "/none.toml: cannot be read: No such file or directory");
  ConfigLoader folder;
  EXPECT_FALSE(folder.read_file(dir_));
}

TEST_F(ConfigTest, ValuesOutOfBoundsAreRefused) {
  EXPECT_THAT(error_of("[fetch]\nmax_in_flight = 0\n"), HasSubstr("fetch.max_in_flight: too small"));
  EXPECT_THAT(error_of("[workers]\nthreads = 9999999999\n"), HasSubstr("workers.threads: too large"));
  EXPECT_THAT(error_of("[politeness]\ndelay = \"-1s\"\n"), HasSubstr("is no duration"));
  EXPECT_THAT(error_of("[politeness]\nfactor = nan\n"), HasSubstr("politeness.factor: expected a number"));
  EXPECT_THAT(error_of("[redis]\nmode = \"both\"\n"), HasSubstr("\"both\" is none of external|embedded"));
  EXPECT_THAT(error_of("[redis]\nmode = \"external|embedded\"\n"), HasSubstr("is none of"));
  EXPECT_THAT(error_of("[agent]\ncontact = \"a@example.org\\nX: y\"\n"), HasSubstr("control characters"));
}

TEST_F(ConfigTest, ZeroDelayIsLegalAndWarnedAbout) {
  ConfigLoader loader;
  ASSERT_TRUE(loader.set("politeness.delay=0s") && loader.validate());
  ASSERT_EQ(loader.warnings().size(), 1u);
  EXPECT_THAT(loader.warnings()[0], HasSubstr("politeness.delay is 0s"));
  EXPECT_TRUE(ConfigLoader().warnings().empty());
}

TEST_F(ConfigTest, NoneLiftsWhatMayBeLiftedOnly) {
  ConfigLoader loader;
  ASSERT_TRUE(loader.set("scope.max_depth=none"));
  EXPECT_EQ(loader.config().scope.max_depth, std::nullopt);
  ASSERT_TRUE(loader.set("scope.max_depth=3"));
  EXPECT_EQ(loader.config().scope.max_depth, 3);
  ASSERT_TRUE(loader.set("budget.patience=10m"));
  EXPECT_EQ(loader.config().budget.patience, minutes(10));
  ASSERT_TRUE(loader.set("budget.patience=none"));
  EXPECT_EQ(loader.config().budget.patience, std::nullopt);
  ASSERT_TRUE(loader.set("budget.bytes=1GiB"));
  EXPECT_EQ(loader.config().budget.bytes, web::gib(1));
  EXPECT_THAT(error_of_set("fetch.timeout=none"), HasSubstr("is no duration"));
  EXPECT_THAT(error_of_set("fetch.retries=none"), HasSubstr("expected a whole number"));
}

TEST_F(ConfigTest, SetTakesTomlAndElseTheText) {
  ConfigLoader loader;
  ASSERT_TRUE(loader.set("agent.name=my-bot"));
  EXPECT_EQ(loader.config().agent.name, "my-bot");
  ASSERT_TRUE(loader.set("agent.name=\"quoted\""));
  EXPECT_EQ(loader.config().agent.name, "quoted");
  ASSERT_TRUE(loader.set("agent.contact=https://example.org/?a=b"));
  EXPECT_EQ(loader.config().agent.contact, "https://example.org/?a=b");
  ASSERT_TRUE(loader.set("storage.dir=2026-01-01"));  // a TOML date, but the key is a string
  EXPECT_EQ(loader.config().storage.dir, "2026-01-01");
  ASSERT_TRUE(loader.set("fetch.max_bytes=1000000"));
  EXPECT_EQ(loader.config().fetch.max_bytes.n, 1000000u);
  ASSERT_TRUE(loader.set("politeness.factor=2"));  // an integer where a number is expected
  EXPECT_EQ(loader.config().politeness.factor, 2.0);
  ASSERT_TRUE(loader.set("parse.requisites=true"));
  EXPECT_TRUE(loader.config().parse.requisites);
  ASSERT_TRUE(loader.set("fetch.allow_addresses=[\"127.0.0.0/8\", \"::1\"]"));
  EXPECT_THAT(loader.config().fetch.allow_addresses, testing::ElementsAre("127.0.0.0/8", "::1"));
  ASSERT_TRUE(loader.validate()) << loader.error().message;
}

TEST_F(ConfigTest, SetNamesTheKeyItFailsOn) {
  EXPECT_EQ(error_of_set("politeness.delay=soon"),
            "--set: politeness.delay: \"soon\" is no duration; write \"250ms\", \"1s\", \"5m\" or \"24h\"");
  EXPECT_THAT(error_of_set("redis.ns=x"), StartsWith("--set: redis.ns: unknown key"));
  EXPECT_EQ(error_of_set("workers.threads"), "--set: workers.threads: write KEY=VALUE");
  EXPECT_THAT(error_of_set("workers.threads=1\n[redis]"), HasSubstr("workers.threads: expected a whole number"));
  EXPECT_THAT(error_of_set("fetch.allow_addresses=[\"10.0.0/8\"]"), HasSubstr("\"10.0.0/8\" is no CIDR"));
  EXPECT_THAT(error_of_set("politeness.ip_exempt=[\"shared\"]"), HasSubstr("\"shared\" is no CIDR"));
}

TEST_F(ConfigTest, HostBlocksAreReadInOrder) {
  ConfigLoader loader;
  ASSERT_TRUE(loader.read_file(file("[[host]]\nmatch = \"*.example.org\"\ndelay = \"5s\"\n\n[[host]]\n"
                                    "match = \"fast.example\"\nrate = 2\nburst = 3\nreason = \"ours\"\n")) &&
              loader.validate())
      << loader.error().message;
  const auto& hosts = loader.config().hosts;
  ASSERT_EQ(hosts.size(), 2u);
  EXPECT_EQ(hosts[0].match, "*.example.org");
  EXPECT_EQ(hosts[0].delay, seconds(5));
  EXPECT_EQ(hosts[0].burst, 1);
  EXPECT_EQ(hosts[1].rate, 2.0);
  EXPECT_EQ(hosts[1].burst, 3);
  EXPECT_EQ(loader.values().back().value, R"({ match = "fast.example", rate = 2.0, burst = 3, reason = "ours" })");
  EXPECT_THAT(loader.values().back().origin, testing::EndsWith("config.toml:5"));
}

TEST_F(ConfigTest, HostBlocksAreChecked) {
  EXPECT_THAT(error_of("[[host]]\nmatch = \"a\"\ndelay = 3\n"), HasSubstr("config.toml:3: host.delay: expected"));
  EXPECT_THAT(error_of("[[host]]\nmatch = \"a\"\nspeed = 3\n"), HasSubstr("config.toml:3: host.speed: unknown key"));
  EXPECT_THAT(error_of("\n[[host]]\ndelay = \"1s\"\n"), HasSubstr("config.toml:2: host[0]: match: expected"));
  EXPECT_THAT(error_of("[[host]]\nmatch = \"a\"\nburst = 2\n"), HasSubstr("needs a written reason"));
  EXPECT_THAT(error_of("[[host]]\nmatch = \"a\"\ndelay = \"1s\"\nrate = 1.0\n"), HasSubstr("give one"));
  ConfigLoader loader;
  ASSERT_TRUE(loader.set("host=[{match=\"a\", delay=\"7s\"}]") && loader.validate()) << loader.error().message;
  EXPECT_EQ(loader.config().hosts.at(0).delay, seconds(7));
}

TEST_F(ConfigTest, ConnectedSettingsAreChecked) {
  EXPECT_THAT(error_of_set("agent.name=my bot"), StartsWith("--set: agent.name: "));
  EXPECT_THAT(error_of_set("agent.contact=nobody"), HasSubstr("expected an e-mail address"));
  EXPECT_EQ(error_of_set("agent.contact=me@example.org"), "");
  EXPECT_EQ(error_of_set("agent.contact=https://example.org/bot"), "");
  EXPECT_THAT(error_of_set("redis.namespace=a{b}"), HasSubstr("redis.namespace"));
  EXPECT_THAT(error_of_set("redis.url=localhost"), HasSubstr("redis.url"));
  EXPECT_THAT(error_of_set("admin.listen=0.0.0.0:80"), HasSubstr("needs admin.token"));
  EXPECT_THAT(error_of_set("admin.listen=8321"), HasSubstr("expected ADDR:PORT"));
  EXPECT_EQ(error_of_set("admin.listen=[::1]:0"), "");
  EXPECT_EQ(error_of_set("admin.listen=off"), "");
  EXPECT_THAT(error_of_set("backoff.max=1ms"), HasSubstr("backoff.max"));
  EXPECT_THAT(error_of_set("fetch.dns_max_ttl=1s"), HasSubstr("fetch.dns_min_ttl"));
  for (const char* server : {"ns.example", "192.0.2.1:", "192.0.2.1:99999", "2001:db8::1", "[2001:db8::1"}) {
    EXPECT_THAT(error_of_set("fetch.name_servers=[\"" + std::string(server) + "\"]"), HasSubstr("is no ADDR"))
        << server;
  }
  EXPECT_EQ(error_of_set("fetch.name_servers=[\"192.0.2.1\", \"192.0.2.1:53\", \"[::1]:5353\", \"[::1]\"]"), "");
  EXPECT_THAT(error_of_set("fetch.max_bytes=1GiB"), HasSubstr("fetch.max_body_memory"));
}

TEST_F(ConfigTest, SecretsAreMasked) {
  ConfigLoader loader;
  ASSERT_TRUE(loader.set("redis.url=redis://me:secret@127.0.0.1:6379/1") && loader.set("admin.token=secret"));
  for (const ConfigValue& value : loader.values()) EXPECT_THAT(value.value, testing::Not(HasSubstr("secret")));
  EXPECT_EQ(loader.config().admin.token, "secret");
}

TEST_F(ConfigTest, UserAgentNamesTheContact) {
  Config config;
  EXPECT_EQ(config.user_agent(), "decorum/" DECORUM_VERSION);
  config.agent.contact = "me@example.org";
  EXPECT_EQ(config.user_agent(), "decorum/" DECORUM_VERSION " (+me@example.org)");
}

TEST(DurationTextTest, ReadsNumbersWithUnits) {
  using std::chrono::nanoseconds;
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("0.2s"), milliseconds(200));
  EXPECT_EQ(parse_duration("1h30m"), minutes(90));
  EXPECT_EQ(parse_duration("24h"), hours(24));
  EXPECT_EQ(parse_duration("2d"), hours(48));
  EXPECT_EQ(parse_duration("0s"), nanoseconds(0));
  EXPECT_EQ(parse_duration("0"), nanoseconds(0));
  for (const char* bad : {"", "1", "s", "-1s", "1 s", "1x", "1s1h", "1s1s", "inf", "nan", "0x10s", "1e3s", ".", "1.s2",
                          "999999999d", "1sec"})
    EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
}

TEST(DurationTextTest, TextReadsBackExactly) {
  for (const Duration value : {Duration(0), Duration(1), Duration(1'500), Duration(milliseconds(250)),
                               Duration(seconds(90)), Duration(minutes(5)), Duration(hours(24))})
    EXPECT_EQ(parse_duration(duration_text(value)), value);
  EXPECT_EQ(duration_text(hours(24)), "24h");
  EXPECT_EQ(duration_text(seconds(60)), "60s");
  EXPECT_EQ(duration_text(minutes(5)), "5m");
  EXPECT_EQ(duration_text(milliseconds(1500)), "1500ms");
}

TEST(SizeTextTest, ReadsNumbersWithUnits) {
  EXPECT_EQ(parse_size("5MiB"), web::mib(5));
  EXPECT_EQ(parse_size("64KiB"), web::kib(64));
  EXPECT_EQ(parse_size("1.5GiB"), web::mib(1536));
  EXPECT_EQ(parse_size("5MB"), web::Bytes{5'000'000});
  EXPECT_EQ(parse_size("1000"), web::Bytes{1000});
  EXPECT_EQ(parse_size("0"), web::Bytes{0});
  for (const char* bad : {"", "MiB", "-1", "1 MiB", "1mib", "1.5", "1e3", "99999999TiB", "5MiBs", "nan"})
    EXPECT_EQ(parse_size(bad), std::nullopt) << bad;
}

TEST(SizeTextTest, TextReadsBackExactly) {
  for (const web::Bytes value : {web::Bytes{0}, web::Bytes{1500}, web::kib(64), web::mib(5), web::gib(1)})
    EXPECT_EQ(parse_size(size_text(value)), value);
  EXPECT_EQ(size_text(web::mib(5)), "5MiB");
  EXPECT_EQ(size_text({1500}), "1500B");
}

}  // namespace
}  // namespace crawler
