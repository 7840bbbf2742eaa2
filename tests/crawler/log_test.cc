#include "crawler/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spdlog/details/log_msg.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace crawler {
namespace {

using spdlog::level::level_enum;

std::string line(LogStyle style, level_enum level, std::string_view text) {
  const std::chrono::system_clock::time_point when(std::chrono::milliseconds(1'700'000'000'042));
  spdlog::details::log_msg message(when, {}, "decorum", level, spdlog::string_view_t(text.data(), text.size()));
  spdlog::memory_buf_t out;
  make_log_formatter(style)->format(message, out);
  return {out.data(), out.size()};
}

TEST(LogTest, TextHasTimeLevelMessage) {
  EXPECT_EQ(line(LogStyle::text, spdlog::level::info, "hello"), "2023-11-14T22:13:20.042Z info  hello\n");
  EXPECT_EQ(line(LogStyle::text, spdlog::level::warn, "hello"), "2023-11-14T22:13:20.042Z warn  hello\n");
  EXPECT_EQ(line(LogStyle::text, spdlog::level::err, "hello"), "2023-11-14T22:13:20.042Z error hello\n");
}

TEST(LogTest, AUrlCannotForgeALineOrDriveATerminal) {
  EXPECT_EQ(line(LogStyle::text, spdlog::level::info, "a\nb\r\t\x1b[2J\x7f"),
            "2023-11-14T22:13:20.042Z info  a\\nb\\x0d\\x09\\x1b[2J\\x7f\n");
  EXPECT_EQ(line(LogStyle::journal, spdlog::level::info, "a\n<2>b"), "<6>a\\n<2>b\n");
}

TEST(LogTest, JournalLinesCarryThePriority) {
  EXPECT_EQ(line(LogStyle::journal, spdlog::level::critical, "x"), "<2>x\n");
  EXPECT_EQ(line(LogStyle::journal, spdlog::level::err, "x"), "<3>x\n");
  EXPECT_EQ(line(LogStyle::journal, spdlog::level::warn, "x"), "<4>x\n");
  EXPECT_EQ(line(LogStyle::journal, spdlog::level::info, "x"), "<6>x\n");
  EXPECT_EQ(line(LogStyle::journal, spdlog::level::debug, "x"), "<7>x\n");
}

TEST(LogTest, JsonReadsBackWhateverTheMessage) {
  const std::string message = "say \"hi\" \\ to\n\x01 \xc3\xa9";
  const auto json = nlohmann::json::parse(line(LogStyle::json, spdlog::level::warn, message));
  EXPECT_EQ(json["message"], message);
  EXPECT_EQ(json["level"], "warn");
  EXPECT_EQ(json["time"], "2023-11-14T22:13:20.042Z");
  const std::string odd = line(LogStyle::json, spdlog::level::info, "\xff\xfe");
  EXPECT_EQ(nlohmann::json::parse(odd)["message"], "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(std::count(odd.begin(), odd.end(), '\n'), 1);
}

TEST(LogTest, TerminalLinesClearTheProgressFirst) {
  EXPECT_EQ(line(LogStyle::terminal, spdlog::level::info, "x"), "\r\x1b[K2023-11-14T22:13:20.042Z info  x\n");
}

TEST(PrintableTest, KeepsUtf8AndEscapesTheRest) {
  EXPECT_EQ(printable("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x99\x82"),
            "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x99\x82");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");  // CSI, a C1 control
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "cod.exe\xe2\x81\xa6"),
            "\\xe2\\x80\\xaecod.exe\\xe2\\x81\\xa6");  // turns the text
  EXPECT_EQ(printable("\xe2\x80\xa9\xe2\x81\xaa"), "\xe2\x80\xa9\xe2\x81\xaa");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
}

// Stderr replaced by a file for one test.
class StderrTest : public testing::Test {
 protected:
  StderrTest() {
    const int file = open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    dup2(file, STDERR_FILENO);
    close(file);
  }
  ~StderrTest() override {
    dup2(saved_, STDERR_FILENO);
    close(saved_);
    unlink(path_.c_str());
    unsetenv("JOURNAL_STREAM");
  }
  std::string written() {
    std::string text(4096, '\0');
    const ssize_t n = pread(STDERR_FILENO, text.data(), text.size(), 0);
    return text.substr(0, static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  }

  const std::string path_ = testing::TempDir() + "decorum-log-" + std::to_string(getpid());
  const int saved_ = dup(STDERR_FILENO);
};

TEST_F(StderrTest, TheJournalIsKnownByDeviceAndInode) {
  struct stat info {};
  fstat(STDERR_FILENO, &info);
  EXPECT_EQ(log_style_for_stderr("text"), LogStyle::text);
  setenv("JOURNAL_STREAM", "1:1", 1);
  EXPECT_EQ(log_style_for_stderr("text"), LogStyle::text);
  setenv("JOURNAL_STREAM", (std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino)).c_str(), 1);
  EXPECT_EQ(log_style_for_stderr("text"), LogStyle::journal);
  EXPECT_EQ(log_style_for_stderr("json"), LogStyle::json);
}

TEST_F(StderrTest, TheLevelHoldsBackWhatIsLess) {
  const auto before = spdlog::default_logger();
  init_logging("warn", "json");
  spdlog::info("quiet");
  spdlog::warn("loud {}", 1);
  spdlog::set_default_logger(before);
  EXPECT_EQ(nlohmann::json::parse(written())["message"], "loud 1");
}

}  // namespace
}  // namespace crawler
