// Takes seeds in from the inbox `NS:seeds`: each becomes a URL of the frontier or an entry of `NS:seeds:rejected`.
// An entry leaves the inbox for a list of its own first, and that list only when its URL is in the frontier.
// Lives on the control loop; owned by the daemon. Active only while this daemon owns partition 0.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "crawler/scope.h"
#include "crawler/shared.h"
#include "frontier/frontier.h"
#include "frontier/job_names.h"

namespace crawler {

class Intake {
 public:
  Intake(Shared& shared, frontier::RedisFrontier& frontier)
      : shared_(shared), frontier_(frontier), scope_(shared.config.scope), jobs_(frontier.redis(), frontier.keys()) {}

  void activate(bool active);
  void poll();  // moves and takes in what is there; returns at once

  void start_over() { jobs_.forget(); }  // the namespace may have been made anew

  // Seeds of the command line, put into the inbox in order. Answers when Redis has them.
  void offer(const std::vector<std::string>& entries, std::function<void(const std::string& why_not)> done);

  // With the inbox, a sentence without its end; or empty, as where another daemon takes it in and tells.
  std::string trouble() const { return trouble_of(wrong_type_); }

  using Totals = frontier::RedisFrontier::IntakeCounts;  // of the namespace, durable
  const Totals& totals() const { return totals_; }

 private:
  void read_taking();
  void note_type(const std::string& wrong);
  std::string trouble_of(const std::string& wrong_type) const;
  struct Batch;
  using BatchPtr = std::shared_ptr<Batch>;
  void take_in(const std::string& name, const std::vector<std::string>& entries);
  void file(const BatchPtr& batch, const std::set<std::string>& refused_jobs);
  void reject(Batch& batch, const std::string& entry, const std::string& reason);
  void close_batch(const BatchPtr& batch, const frontier::AddCount& count);
  void read_totals();  // and the poll is over

  Shared& shared_;
  frontier::RedisFrontier& frontier_;
  Scope scope_;
  frontier::JobNames jobs_;
  Totals totals_;
  std::string wrong_type_;
  bool active_ = false, busy_ = false;
};

}  // namespace crawler
