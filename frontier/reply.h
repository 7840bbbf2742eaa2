// What Redis answered, as a view that is valid inside the callback only.
// Belongs to the connection's loop thread.
#pragma once

#include <cstdint>
#include <string_view>

struct redisReply;

namespace frontier {

class Reply {
 public:
  explicit Reply(const redisReply* reply) : reply_(reply) {}

  bool lost() const { return reply_ == nullptr; }  // the connection was closed for good: the outcome is unknown
  bool is_error() const;
  bool is_nil() const;
  std::string_view text() const;  // of a string, status or error; empty otherwise
  std::int64_t integer() const;   // of an integer, or of a string that holds one; 0 otherwise
  std::size_t size() const;       // of an array; 0 otherwise
  Reply at(std::size_t i) const;

 private:
  const redisReply* reply_;
};

}  // namespace frontier
