#include "controllers/job/index_set.h"

#include <algorithm>
#include <charconv>

namespace controllers {
namespace {

bool ReadNumber(std::string_view text, int& number) {
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && stopped == text.data() + text.size() && number >= 0;
}

}  // namespace

IndexSet IndexSet::Parse(std::string_view text, int limit) {
  IndexSet set;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    const std::size_t dash = part.find('-');
    Range range;
    if (!ReadNumber(part.substr(0, dash), range.first)) continue;
    range.last = range.first;
    if (dash != std::string_view::npos && !ReadNumber(part.substr(dash + 1), range.last)) continue;
    if (range.first >= limit) break;
    range.last = std::min(range.last, limit - 1);
    const bool joins = !set.ranges_.empty() && range.first <= set.ranges_.back().last + 1;
    if (joins) {
      set.ranges_.back().last = std::max(set.ranges_.back().last, range.last);
    } else {
      set.ranges_.push_back(range);
    }
  }
  return set;
}

void IndexSet::Add(int index) {
  auto next = std::lower_bound(ranges_.begin(), ranges_.end(), index,
                               [](const Range& range, int wanted) { return range.last < wanted; });
  if (next != ranges_.end() && next->first <= index) return;
  const bool joins_next = next != ranges_.end() && next->first == index + 1;
  const bool joins_previous = next != ranges_.begin() && std::prev(next)->last == index - 1;
  if (joins_previous && joins_next) {
    std::prev(next)->last = next->last;
    ranges_.erase(next);
  } else if (joins_previous) {
    std::prev(next)->last = index;
  } else if (joins_next) {
    next->first = index;
  } else {
    ranges_.insert(next, {index, index});
  }
}

bool IndexSet::Contains(int index) const {
  const auto found =
      std::lower_bound(ranges_.begin(), ranges_.end(), index,
                       [](const Range& range, int wanted) { return range.last < wanted; });
  return found != ranges_.end() && found->first <= index;
}

int IndexSet::count() const {
  int total = 0;
  for (const Range& range : ranges_) total += range.last - range.first + 1;
  return total;
}

std::string IndexSet::Text() const {
  std::string text;
  for (const Range& range : ranges_) {
    if (!text.empty()) text += ",";
    text += std::to_string(range.first);
    if (range.last == range.first) continue;
    text += range.last == range.first + 1 ? "," : "-";
    text += std::to_string(range.last);
  }
  return text;
}

}  // namespace controllers
