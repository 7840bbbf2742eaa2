// /metrics in the Prometheus text format 0.0.4. No host and no URL ever becomes a label.
// Plain values and pure functions; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/process.h"
#include "crawler/counters.h"
#include "crawler/status.h"

namespace admin {

inline constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

// Histograms of several workers, added up.
struct HistogramSum {
  std::array<std::uint64_t, crawler::Histogram::kBounds.size() + 1> buckets{};
  double sum = 0;

  void add(const crawler::Histogram& histogram);
};

// Writes families one after the other: family(), then its samples.
class MetricsWriter {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help);
  void sample(const Labels& labels, double value);
  void sample(double value) { sample({}, value); }
  void histogram(const HistogramSum& sum);  // as the samples of a family of type histogram

  const std::string& text() const { return text_; }

 private:
  void line(std::string_view suffix, const Labels& labels, double value);

  std::string name_;
  std::string text_;
};

// The counters of every worker as they stood when added.
class WorkerFigures {
 public:
  void add(int worker, const crawler::WorkerCounters& counters);

 private:
  friend std::string metrics_text(const crawler::Status&, const WorkerFigures&, const ProcessFacts&);

  struct Worker {
    std::string id;
    std::array<std::uint64_t, crawler::kOutcomes> fetches{};
    double loop_lag = 0;
  };
  std::vector<Worker> workers_;
  std::uint64_t wire_ = 0, body_ = 0, stored_ = 0;
  std::uint64_t robots_ok_ = 0, robots_unavailable_ = 0, robots_unreachable_ = 0;
  std::uint64_t retry_after_ = 0, takeovers_ = 0, filtered_links_ = 0, added_links_ = 0, known_in_host_ = 0,
                filtered_in_host_ = 0;
  HistogramSum fetch_, wait_, redis_, ticks_late_;
};

std::string metrics_text(const crawler::Status& status, const WorkerFigures& figures, const ProcessFacts& process);

}  // namespace admin
