#include "cli/seed_inbox.h"

#include <hiredis.h>
#include <sys/time.h>

#include "frontier/keys.h"
#include "frontier/redis_address.h"

namespace cli {
namespace {

using Reply = std::unique_ptr<redisReply, void (*)(void*)>;

timeval timeval_of(crawler::Duration duration) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  return {static_cast<time_t>(us / 1'000'000), static_cast<suseconds_t>(us % 1'000'000)};
}

}  // namespace

struct SeedInbox::Impl {
  std::unique_ptr<redisContext, void (*)(redisContext*)> context{nullptr, redisFree};
  std::string key, address;

  bool run(const std::vector<std::string>& words, std::string& error) {
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const std::string& word : words) texts.push_back(word.data()), lengths.push_back(word.size());
    void* raw = redisCommandArgv(context.get(), static_cast<int>(words.size()), texts.data(), lengths.data());
    const Reply reply(static_cast<redisReply*>(raw), freeReplyObject);
    if (reply && reply->type != REDIS_REPLY_ERROR) return true;
    error = "Redis at " + address + ": " + (reply ? std::string(reply->str, reply->len) : context->errstr);
    return false;
  }
};

SeedInbox::SeedInbox() : impl_(std::make_unique<Impl>()) {}
SeedInbox::~SeedInbox() = default;

bool SeedInbox::open(const crawler::Config::Redis& config, std::string& error) {
  const auto address = frontier::RedisAddress::parse(config.url);
  if (!address) return error = "redis.url cannot be read", false;
  impl_->address = address->text();
  impl_->key = frontier::Keys(config.ns).seeds();
  const timeval limit = timeval_of(config.connect_timeout);
  impl_->context.reset(address->unix_path.empty() ? redisConnectWithTimeout(address->host.c_str(), address->port, limit)
                                                  : redisConnectUnixWithTimeout(address->unix_path.c_str(), limit));
  if (!impl_->context || impl_->context->err) {
    error = "Redis at " + impl_->address + ": " + (impl_->context ? impl_->context->errstr : "no memory");
    return false;
  }
  redisSetTimeout(impl_->context.get(), timeval_of(config.command_timeout));
  if (!address->password.empty()) {
    std::vector<std::string> login = {"AUTH"};
    if (!address->user.empty()) login.push_back(address->user);
    login.push_back(address->password);
    if (!impl_->run(login, error)) return false;
  }
  return address->db == 0 || impl_->run({"SELECT", std::to_string(address->db)}, error);
}

bool SeedInbox::push(const std::vector<std::string>& entries, std::string& error) {
  std::vector<std::string> words = {"LPUSH", impl_->key};
  words.insert(words.end(), entries.begin(), entries.end());
  return impl_->run(words, error);
}

}  // namespace cli
