#include "apiserver/pipeline/metric_text.h"

#include <array>
#include <charconv>

namespace apiserver {
namespace {

void AppendEscaped(std::string& text, std::string_view value) {
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
}

}  // namespace

std::string MetricNumber(double value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end.ptr};
}

void MetricText::Family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
  text_.append(name).append(" ").append(type).append("\n");
}

void MetricText::Sample(const MetricLabels& labels, double value, std::string_view suffix) {
  text_.append(name_).append(suffix);
  char separator = '{';
  for (const auto& [name, label] : labels) {
    text_ += separator;
    text_.append(name).append("=\"");
    AppendEscaped(text_, label);
    text_ += '"';
    separator = ',';
  }
  if (!labels.empty()) text_ += '}';
  text_.append(" ").append(MetricNumber(value)).append("\n");
}

void MetricText::Histogram(MetricLabels labels, const MetricHistogram& histogram) {
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < histogram.bounds.size(); ++i) {
    below += histogram.buckets[i];
    const std::string bound = MetricNumber(histogram.bounds[i]);
    labels.emplace_back("le", bound);
    Sample(labels, static_cast<double>(below), "_bucket");
    labels.pop_back();
  }
  labels.emplace_back("le", "+Inf");
  Sample(labels, static_cast<double>(histogram.count), "_bucket");
  labels.pop_back();
  Sample(labels, histogram.sum, "_sum");
  Sample(labels, static_cast<double>(histogram.count), "_count");
}

}  // namespace apiserver
