// The text that Prometheus reads (exposition format 0.0.4).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace apiserver {

// As Go prints it: 0.005, 1, 60.
std::string MetricNumber(double value);

using MetricLabels = std::vector<std::pair<std::string_view, std::string_view>>;

// What was observed, counted by size.
struct MetricHistogram {
  std::span<const double> bounds;          // the buckets' upper ones, ascending
  std::span<const std::uint64_t> buckets;  // one for each bound, not cumulative
  std::uint64_t count = 0;                 // with what is beyond the last bound
  double sum = 0;
};

class MetricText {
 public:
  // Begins a family; `type` is counter, gauge or histogram.
  void Family(std::string_view name, std::string_view type, std::string_view help);
  // A sample of the family begun last; `suffix` is empty or _bucket, _sum, _count.
  void Sample(const MetricLabels& labels, double value, std::string_view suffix = "");

  // The samples of one histogram of the family begun last.
  void Histogram(MetricLabels labels, const MetricHistogram& histogram);

  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
  std::string name_;
};

}  // namespace apiserver
