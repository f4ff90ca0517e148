#include "apiserver/cel/source.h"

#include <algorithm>

#include "apiserver/cel/code_points.h"

namespace apiserver::cel {
namespace {

// Longer lines are not shown.
constexpr std::size_t kSnippetBytesMax = 16384;
constexpr char kWideDot[] = "\xEF\xBC\x8E";
constexpr char kWideCaret[] = "\xEF\xBC\xBE";

std::string Snippet(const Source& source, Source::Location location) {
  std::string line = source.Line(location.line);
  if (line.size() > kSnippetBytesMax) return {};
  std::replace(line.begin(), line.end(), '\t', ' ');
  std::string text = "\n | " + line + "\n | ";
  const Source shown(line);
  for (int column = 0; column < location.column && column < shown.size(); ++column) {
    text += shown.at(column) < 0x80 ? "." : kWideDot;
  }
  const char32_t marked = shown.at(location.column);
  return text + (marked < 0x80 || marked == Source::kEnd ? "^" : kWideCaret);
}

}  // namespace

Source::Source(std::string_view text) {
  points_.reserve(text.size());
  line_starts_.push_back(0);
  for (std::size_t index = 0; index < text.size();) {
    const CodePoint point = CodePointAt(text, index);
    index += point.length;
    points_.push_back(point.value);
    if (points_.back() == U'\n') line_starts_.push_back(size());
  }
}

std::string Source::Slice(std::int32_t start, std::int32_t end) const {
  std::string text;
  for (std::int32_t offset = start; offset < end; ++offset) AppendCodePoint(at(offset), text);
  return text;
}

Source::Location Source::LocationOf(std::int32_t offset) const {
  if (offset < 0) return {};
  if (points_.empty()) return {1, -1};
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = next - line_starts_.begin();
  return {static_cast<int>(line), static_cast<int>(offset - *(next - 1))};
}

std::string Source::Line(int line) const {
  const auto index = static_cast<std::size_t>(line);
  const std::int32_t end = index < line_starts_.size() ? line_starts_[index] - 1 : size();
  return Slice(line_starts_[index - 1], end);
}

void Issues::Report(std::int32_t position, std::string message) {
  if (++count_ <= kIssueCountMax) issues_.push_back({position, std::move(message)});
}

void Issues::Append(const Issues& other) {
  for (const Issue& issue : other.issues_) {
    if (issues_.size() < kIssueCountMax) issues_.push_back(issue);
  }
  count_ += other.count_;
}

std::string Issues::Text(const Source& source) const {
  std::vector<Issue> sorted = issues_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Issue& a, const Issue& b) { return a.position < b.position; });
  std::string text;
  for (const Issue& issue : sorted) {
    const Source::Location location = source.LocationOf(issue.position);
    if (!text.empty()) text += '\n';
    text += "ERROR: <input>:" + std::to_string(location.line) + ":" +
            std::to_string(location.column + 1) + ": " + issue.message;
    if (location.line > 0 && source.size() > 0) text += Snippet(source, location);
  }
  if (count_ > kIssueCountMax) {
    text += "\n" + std::to_string(count_ - kIssueCountMax) + " more errors were truncated";
  }
  return text;
}

}  // namespace apiserver::cel
