// The text that Prometheus reads (exposition format 0.0.4).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace apiserver {

// As Go prints it: 0.005, 1, 60.
std::string MetricNumber(double value);

using MetricLabels = std::vector<std::pair<std::string_view, std::string_view>>;

class MetricText {
 public:
  // Begins a family; `type` is counter, gauge or histogram.
  void Family(std::string_view name, std::string_view type, std::string_view help);
  // A sample of the family begun last; `suffix` is empty or _bucket, _sum, _count.
  void Sample(const MetricLabels& labels, double value, std::string_view suffix = "");

  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
  std::string name_;
};

}  // namespace apiserver
