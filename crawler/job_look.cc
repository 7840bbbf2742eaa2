#include "crawler/job_look.h"

#include <string_view>

namespace crawler {
namespace {

constexpr std::string_view kDone = "done ";  // the books say "STATE JOB"

}  // namespace

void JobLook::look() {
  if (!budget_.limited() || open_ > 0 || !frontier_.redis().up()) return;
  open_ = frontier::kPartitions;
  done_.clear();
  budget_.look_begins();
  for (int partition = 0; partition < frontier::kPartitions; ++partition) {
    frontier_.job_counts(partition, [this](const frontier::RedisFrontier::Counts& counts) {
      for (const auto& [field, n] : counts) {
        if (field.starts_with(kDone)) done_[field.substr(kDone.size())] += n;
      }
      if (--open_ == 0) budget_.looked(done_);
    });
  }
}

}  // namespace crawler
