// A name server on 127.0.0.1 for tests: answers A and AAAA over UDP from a table, and counts what it is asked.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace crawler::testing {

class TinyDns {
 public:
  struct Name {
    std::vector<std::string> v4{}, v6{};
    std::uint32_t ttl = 300;
    int rcode = 0;  // 2 SERVFAIL, 3 NXDOMAIN
    bool silent = false;
    bool garbage = false;
    std::string cname{};  // the addresses are that name's
    std::uint32_t cname_ttl = 300;
  };

  explicit TinyDns(std::map<std::string, Name> names) : names_(std::move(names)) {
    socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 || pipe(stop_) != 0) std::abort();
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~TinyDns() {
    (void)!write(stop_[1], "x", 1);
    thread_.join();
    for (int fd : {socket_, stop_[0], stop_[1]}) close(fd);
  }

  const std::string& address() const { return address_; }
  std::vector<std::string> asked() const {  // "A name", "AAAA name", in order
    std::lock_guard lock(mutex_);
    return asked_;
  }
  std::size_t times(const std::string& question) const {
    std::size_t n = 0;
    for (const std::string& q : asked()) n += q == question;
    return n;
  }

 private:
  static void add16(std::string& to, unsigned n) {
    to += static_cast<char>(n >> 8);
    to += static_cast<char>(n & 0xff);
  }
  static std::string wire_name(const std::string& name) {
    std::string wire;
    for (std::size_t from = 0; from < name.size();) {
      const std::size_t dot = std::min(name.find('.', from), name.size());
      wire += static_cast<char>(dot - from);
      wire += name.substr(from, dot - from);
      from = dot + 1;
    }
    return wire + '\0';
  }
  static void add_record(std::string& to, const std::string& owner, unsigned type, std::uint32_t ttl,
                         const std::string& data) {
    to += owner;
    add16(to, type);
    add16(to, 1);
    add16(to, ttl >> 16);
    add16(to, ttl & 0xffff);
    add16(to, static_cast<unsigned>(data.size()));
    to += data;
  }

  void serve() {
    for (;;) {
      pollfd fds[2] = {{socket_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
      poll(fds, 2, -1);
      if (fds[1].revents != 0) return;
      char buffer[512];
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const ssize_t n = recvfrom(socket_, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (n < 17) continue;
      const std::string reply = answer(std::string(buffer, static_cast<std::size_t>(n)));
      if (!reply.empty()) sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  std::string answer(const std::string& query) {
    std::string name;
    std::size_t at = 12;
    while (at < query.size() && query[at] != 0) {
      const auto length = static_cast<std::size_t>(query[at]);
      name += (name.empty() ? "" : ".") + query.substr(at + 1, length);
      at += length + 1;
    }
    if (at + 5 > query.size()) return "";
    const bool v6 = query[at + 2] == 28;
    {
      std::lock_guard lock(mutex_);
      asked_.push_back((v6 ? "AAAA " : "A ") + name);
    }
    Name entry;
    entry.rcode = 3;
    if (const auto known = names_.find(name); known != names_.end()) entry = known->second;
    if (entry.silent) return "";
    if (entry.garbage) return query.substr(0, 2) + "\x81\x80 this is no answer";

    std::string records, owner = "\xc0\x0c";
    unsigned count = 0;
    if (!entry.cname.empty()) {
      add_record(records, owner, 5, entry.cname_ttl, wire_name(entry.cname));
      owner = wire_name(entry.cname);
      ++count;
    }
    for (const std::string& text : v6 ? entry.v6 : entry.v4) {
      char bytes[16];
      inet_pton(v6 ? AF_INET6 : AF_INET, text.c_str(), bytes);
      add_record(records, owner, v6 ? 28 : 1, entry.ttl, std::string(bytes, v6 ? 16 : 4));
      ++count;
    }
    std::string reply = query.substr(0, 2);
    add16(reply, 0x8180u | static_cast<unsigned>(entry.rcode));
    add16(reply, 1);
    add16(reply, count);
    add16(reply, 0);
    add16(reply, 0);
    return reply + query.substr(12, at + 5 - 12) + records;
  }

  const std::map<std::string, Name> names_;
  int socket_ = -1, stop_[2] = {-1, -1};
  std::string address_;
  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  std::thread thread_;
};

}  // namespace crawler::testing
