// Which records of a host's queues are packed into blocks, and which blocks are unpacked: pure decisions over what was
// read (docs/decisions/0013-packed-queues.md). What comes out holds exactly the records that went in.
// Plain values; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontier/record.h"

namespace frontier {

inline constexpr std::size_t kLongestHead = 12;  // records of a queue that are kept as they are
inline constexpr std::size_t kShortHead = 4;     // that stay when it is packed
inline constexpr std::size_t kUnpacked = 8;      // that come out of a block at a time, of a host that is slow
inline constexpr std::size_t kPackedAtOnce = 1024;
inline constexpr int kDeepest = 63;  // all that is deeper is of this class

// Records of one priority and one depth, which lie in one list of blocks.
struct QueueClass {
  Priority priority = Priority::normal;
  int depth = 0;       // up to kDeepest
  bool aside = false;  // blocks that cannot be read: nothing is taken of them, and nothing added
  auto operator<=>(const QueueClass&) const = default;

  static QueueClass of(const Record& record);
  std::string name() const;  // "n2", aside "n2!"
  static std::optional<QueueClass> parse(std::string_view name);
};

// How many records of a host are packed, by class; as text "h0:64 n2:131", the nearest of each priority first.
class ColdIndex {
 public:
  static std::optional<ColdIndex> parse(std::string_view text);
  std::string text() const;
  std::size_t of(QueueClass c) const;
  std::size_t total() const;
  void add(QueueClass c, std::ptrdiff_t records);  // below zero: takes away

 private:
  std::map<QueueClass, std::size_t> counts_;
};

using Heads = std::array<std::vector<std::string>, 3>;  // by priority, as read; empty: it is short

// Packs what is too long of the heads. First the classes of it, then the plan from their last blocks.
struct PackPlan {
  struct Head {
    std::vector<std::string> records;  // in the place of all that was read
    bool changed = false;
  };
  struct Tail {
    std::string gone;                 // the last block of the class; empty: none goes
    std::vector<std::string> blocks;  // that come in its place
  };
  std::array<Head, 3> heads;
  std::map<QueueClass, Tail> tails;
  ColdIndex index;
};

class Packing {
 public:
  // Nothing: a record cannot be read.
  static std::optional<Packing> begin(const Heads& heads, ColdIndex index);

  bool empty() const { return spilled_.empty(); }
  const ColdIndex& index() const { return index_; }  // as it was
  // Those of which the index knows blocks: the last of each is wanted.
  std::vector<QueueClass> extended() const;
  // `last` blocks of extended(), by class. Nothing: one cannot be read.
  std::optional<PackPlan> plan(const std::map<QueueClass, std::string>& last) const;

 private:
  std::array<PackPlan::Head, 3> heads_;
  std::map<QueueClass, std::vector<Record>> spilled_;
  ColdIndex index_;
};

struct UnpackPlan {
  std::vector<std::string> records;  // to the front of the head
  std::string rest;                  // the block that takes the place of the first; empty: none
  ColdIndex index;
};

// Takes `at_most` records out of the first block of a class. Nothing: it cannot be read, or holds more than there are.
std::optional<UnpackPlan> plan_unpack(QueueClass c, std::string_view first, std::size_t at_most, ColdIndex index);

// How a class counts when one of its `blocks` blocks is set aside, since it cannot be read: by the number it bears, as
// far as that can be.
ColdIndex without_block(QueueClass c, std::string_view block, std::size_t blocks, ColdIndex index);

}  // namespace frontier
