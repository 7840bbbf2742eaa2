// A host with several addresses (RFC 8305): one that does not answer costs little, and the one used is told.
#include "tests/crawler/fetcher_fixture.h"

namespace crawler {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::FetcherTest;
using testing::TinyServer;

// An address that answers nobody: its queue of connections is full, so that the kernel drops what comes.
class DeadAddress {
 public:
  DeadAddress(const std::string& host, std::uint16_t port) {
    const sockaddr_storage address = *web::parse_address(host, port);
    const auto* where = reinterpret_cast<const sockaddr*>(&address);
    listener_ = socket(address.ss_family, SOCK_STREAM, 0);
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    usable_ = bind(listener_, where, sizeof address) == 0 && listen(listener_, 0) == 0;
    for (int& client : clients_) {
      client = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
      (void)!connect(client, where, sizeof address);
    }
  }
  ~DeadAddress() {
    for (const int client : clients_) close(client);
    close(listener_);
  }
  bool usable() const { return usable_; }

 private:
  int listener_ = -1, clients_[3] = {-1, -1, -1};
  bool usable_ = false;
};

class FetcherAddressesTest : public FetcherTest {
 protected:
  FetcherAddressesTest() {
    options.addresses = web::AddressPolicy({*web::Cidr::parse("127.0.0.0/8"), *web::Cidr::parse("::1")});
    options.connect_timeout = seconds(4);
  }

  FetchResult fetch_from(std::uint16_t port, const std::vector<std::string>& hosts) {
    FetchRequest request;
    request.id = ++last_id;
    request.url = url_of(port);
    for (const std::string& host : hosts) request.more.push_back(*web::parse_address(host, port));
    request.address = request.more.front();
    request.more.erase(request.more.begin());
    request.permit = std::move(*permits->try_acquire());
    fetcher().start(std::move(request));
    EXPECT_TRUE(loop.run_until([&] { return !results.empty(); }));
    FetchResult result = std::move(results.back());
    results.pop_back();
    return result;
  }

  static bool answer(TinyServer::Peer& peer) { return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); }
};

TEST_F(FetcherAddressesTest, ASilentFamilyCostsAFractionOfASecond) {
  TinyServer server(answer);
  const DeadAddress dead("[::1]", server.port());
  if (!dead.usable()) GTEST_SKIP() << "no IPv6 here";
  const auto start = std::chrono::steady_clock::now();
  const FetchResult result = fetch_from(server.port(), {"[::1]", "127.0.0.1"});
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(2));
  EXPECT_EQ(result.outcome, Outcome::fetched) << result.error;
  EXPECT_EQ(result.ip, "127.0.0.1");
  EXPECT_EQ(asked.size(), 1u) << "one request left";
}

TEST_F(FetcherAddressesTest, SoDoesADeadAddressBesideAnotherOfItsFamily) {
  TinyServer server(answer);
  const auto start = std::chrono::steady_clock::now();
  const DeadAddress dead("127.0.0.77", server.port());
  ASSERT_TRUE(dead.usable());
  const FetchResult result = fetch_from(server.port(), {"127.0.0.77", "127.0.0.1"});
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(2));
  EXPECT_EQ(result.outcome, Outcome::fetched) << result.error;
  EXPECT_EQ(result.ip, "127.0.0.1");
}

TEST_F(FetcherAddressesTest, WhereAllAreDeadItIsATimeoutOfThisHost) {
  options.connect_timeout = milliseconds(600);
  TinyServer server(answer);
  const DeadAddress one("127.0.0.77", server.port()), two("127.0.0.78", server.port());
  const FetchResult result = fetch_from(server.port(), {"127.0.0.77", "127.0.0.78"});
  EXPECT_EQ(outcome_name(result.outcome), "timeout");
  EXPECT_EQ(result.ip, "127.0.0.77");
  EXPECT_FALSE(result.sent_anything);
}

TEST_F(FetcherAddressesTest, AKeptConnectionIsUsedAndItsAddressTold) {
  TinyServer server(answer);
  EXPECT_EQ(fetch_from(server.port(), {"127.0.0.77", "127.0.0.1"}).ip, "127.0.0.1");
  EXPECT_EQ(fetch_from(server.port(), {"127.0.0.77", "127.0.0.1"}).ip, "127.0.0.1");
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(fetch_from(server.port(), {"127.0.0.1"}).ip, "127.0.0.1") << "of one address alone: by that address";
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(FetcherAddressesTest, AnAddressThatIsNotPermittedIsPassedOver) {
  options.addresses = web::AddressPolicy({*web::Cidr::parse("127.0.0.1/32")});
  TinyServer server(answer);
  const FetchResult result = fetch_from(server.port(), {"127.0.0.2", "[::1]", "127.0.0.1"});
  EXPECT_EQ(result.outcome, Outcome::fetched) << result.error;
  EXPECT_EQ(result.ip, "127.0.0.1");
}

TEST_F(FetcherAddressesTest, WhereNoneIsPermittedNothingIsAsked) {
  options.addresses = {};
  TinyServer server(answer);
  EXPECT_EQ(fetch_from(server.port(), {"127.0.0.1", "[::1]"}).outcome, Outcome::forbidden_address);
  EXPECT_EQ(server.connections(), 0);
}

}  // namespace
}  // namespace crawler
