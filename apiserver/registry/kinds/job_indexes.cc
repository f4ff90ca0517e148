#include <charconv>
#include <optional>
#include <vector>

#include "apiserver/registry/kinds/job_spec.h"

namespace apiserver {
namespace {

struct Interval {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::string problem;
};

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string ReadIndex(std::string_view text, std::int64_t completions, std::int64_t& index) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) {
    return "cannot convert string to integer for index: " + Quoted(text);
  }
  return index >= completions ? "too large index: " + Quoted(text) : std::string();
}

std::string OrderProblem(std::int64_t previous, std::int64_t current) {
  return "non-increasing order, previous: " + std::to_string(previous) +
         ", current: " + std::to_string(current);
}

Interval ReadInterval(std::string_view text, std::int64_t completions) {
  Interval interval;
  const std::vector<std::string_view> limits = Split(text, '-');
  if (limits.size() > 2) {
    interval.problem = "the fragment " + Quoted(text) +
                       " violates the requirement that an index interval can have at most two "
                       "parts separated by '-'";
    return interval;
  }
  interval.problem = ReadIndex(limits[0], completions, interval.first);
  interval.last = interval.first;
  if (!interval.problem.empty() || limits.size() == 1) return interval;
  interval.problem = ReadIndex(limits[1], completions, interval.last);
  if (interval.problem.empty() && interval.first >= interval.last) {
    interval.problem = OrderProblem(interval.first, interval.last);
  }
  return interval;
}

}  // namespace

JobIndexes ReadJobIndexes(std::string_view text, std::int64_t completions) {
  JobIndexes indexes;
  if (text.empty()) return indexes;
  std::optional<std::int64_t> last;
  for (std::string_view part : Split(text, ',')) {
    Interval interval = ReadInterval(part, completions);
    if (interval.problem.empty() && last && *last >= interval.first) {
      interval.problem = OrderProblem(*last, interval.first);
    }
    if (!interval.problem.empty()) return {0, std::move(interval.problem)};
    indexes.count += interval.last - interval.first + 1;
    last = interval.last;
  }
  return indexes;
}

std::string FindIndexOverlap(std::string_view completed, std::string_view failed,
                             std::int64_t completions) {
  if (completed.empty() || failed.empty()) return {};
  for (std::string_view completed_part : Split(completed, ',')) {
    const Interval a = ReadInterval(completed_part, completions);
    if (!a.problem.empty()) continue;
    for (std::string_view failed_part : Split(failed, ',')) {
      const Interval b = ReadInterval(failed_part, completions);
      if (!b.problem.empty() || a.first > b.last || b.first > a.last) continue;
      return "failedIndexes and completedIndexes overlap at index: " +
             std::to_string(std::max(a.first, b.first));
    }
  }
  return {};
}

}  // namespace apiserver
