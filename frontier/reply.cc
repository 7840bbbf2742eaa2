#include "frontier/reply.h"

#include <hiredis/hiredis.h>

#include <charconv>

namespace frontier {

bool Reply::is_error() const {
  return reply_ != nullptr && reply_->type == REDIS_REPLY_ERROR;
}

bool Reply::is_nil() const {
  return reply_ == nullptr || reply_->type == REDIS_REPLY_NIL;
}

std::string_view Reply::text() const {
  if (reply_ == nullptr) return {};
  const int type = reply_->type;
  if (type != REDIS_REPLY_STRING && type != REDIS_REPLY_STATUS && type != REDIS_REPLY_ERROR) return {};
  return {reply_->str, static_cast<std::size_t>(reply_->len)};
}

std::int64_t Reply::integer() const {
  if (reply_ == nullptr) return 0;
  if (reply_->type == REDIS_REPLY_INTEGER) return reply_->integer;
  std::int64_t value = 0;
  const std::string_view digits = text();
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::size_t Reply::size() const {
  return reply_ != nullptr && reply_->type == REDIS_REPLY_ARRAY ? reply_->elements : 0;
}

Reply Reply::at(std::size_t i) const {
  return Reply(i < size() ? reply_->element[i] : nullptr);
}

}  // namespace frontier
