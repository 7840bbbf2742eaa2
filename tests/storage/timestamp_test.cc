#include "storage/timestamp.h"

#include <gtest/gtest.h>

#include "tests/storage/support.h"

namespace storage {
namespace {

TEST(Timestamp, WarcDateIsUtcInSeconds) {
  EXPECT_EQ(warc_date(storage_test::at_time()), "2026-11-20T23:04:05Z");
  EXPECT_EQ(warc_date(WallTime{}), "1970-01-01T00:00:00Z");
}

TEST(Timestamp, LeapDayAndEndOfYear) {
  using namespace std::chrono;
  EXPECT_EQ(warc_date(sys_days{2028y / February / 29} + 23h + 59min + 59s), "2028-02-29T23:59:59Z");
  EXPECT_EQ(warc_date(sys_days{2026y / December / 31} + 23h + 59min + 59s + 999ms), "2026-12-31T23:59:59Z");
}

TEST(Timestamp, FileStampHasMilliseconds) {
  EXPECT_EQ(file_stamp(storage_test::at_time()), "20261120230405678");
  EXPECT_EQ(file_stamp(storage_test::at_time(-677)), "20261120230405001");
}

TEST(Timestamp, IndexStampIsFourteenDigits) {
  EXPECT_EQ(index_stamp("2026-11-20T23:04:05Z"), "20261120230405");
  EXPECT_EQ(index_stamp("2026-11-20T23:04:05.678901Z"), "20261120230405");
  EXPECT_EQ(index_stamp("2026-11"), "202611");
}

}  // namespace
}  // namespace storage
