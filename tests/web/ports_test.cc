#include "web/ports.h"

#include <gtest/gtest.h>

namespace web {
namespace {

TEST(Ports, OtherProtocolsPortsAreKnown) {
  for (const int port : {0, 7, 21, 22, 25, 110, 143, 2049, 5060, 6000, 6667, 10080}) {
    EXPECT_TRUE(is_port_of_another_protocol(port)) << port;
  }
  for (const int port : {80, 81, 443, 591, 800, 1024, 3000, 8008, 8080, 8443, 10081, 65535}) {
    EXPECT_FALSE(is_port_of_another_protocol(port)) << port;
  }
}

}  // namespace
}  // namespace web
