#include "apiserver/api/unified_diff.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "apiserver/api/json_write.h"

namespace apiserver {
namespace {

constexpr std::size_t kContext = 3;
// From this many lines on, lines that are repeated too often start no match.
constexpr std::size_t kPopularFrom = 200;

using Lines = std::vector<std::string>;

struct Match {
  std::size_t a = 0, b = 0, size = 0;
};

// A stretch of both texts that is equal or replaced.
struct Change {
  bool is_equal = false;
  std::size_t a_begin = 0, a_end = 0, b_begin = 0, b_end = 0;
};

// Go indents by one blank here, the pretty writer by two.
Lines LinesOf(const Value& value) {
  std::string text;
  AppendJsonPretty(value, text);
  Lines lines;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::size_t first = std::min(text.find_first_not_of(' ', start), end);
    lines.push_back(std::string((first - start) / 2, ' ') + text.substr(first, end - first));
    start = end + 1;
  }
  return lines;
}

class Matcher {
 public:
  Matcher(const Lines& a, const Lines& b) : a_(a), b_(b) {
    for (std::size_t i = 0; i < b.size(); ++i) places_[b[i]].push_back(i);
    if (b.size() < kPopularFrom) return;
    std::erase_if(places_,
                  [&](const auto& entry) { return entry.second.size() > b.size() / 100 + 1; });
  }

  std::vector<Change> Changes() {
    std::vector<Match> matches;
    Collect(0, a_.size(), 0, b_.size(), matches);
    matches.push_back({a_.size(), b_.size(), 0});
    std::vector<Change> changes;
    std::size_t a = 0, b = 0;
    for (const Match& match : matches) {
      if (a < match.a || b < match.b) changes.push_back({false, a, match.a, b, match.b});
      a = match.a + match.size;
      b = match.b + match.size;
      if (match.size == 0) continue;
      if (!changes.empty() && changes.back().is_equal) {
        changes.back().a_end = a;
        changes.back().b_end = b;
      } else {
        changes.push_back({true, match.a, a, match.b, b});
      }
    }
    return changes;
  }

 private:
  Match Longest(std::size_t a_begin, std::size_t a_end, std::size_t b_begin,
                std::size_t b_end) const {
    Match best{a_begin, b_begin, 0};
    std::map<std::size_t, std::size_t> lengths;  // of matches that end at a line of b
    for (std::size_t i = a_begin; i < a_end; ++i) {
      std::map<std::size_t, std::size_t> next;
      const auto found = places_.find(a_[i]);
      if (found != places_.end()) {
        for (const std::size_t j : found->second) {
          if (j < b_begin) continue;
          if (j >= b_end) break;
          const auto before = j == 0 ? lengths.end() : lengths.find(j - 1);
          const std::size_t length = (before == lengths.end() ? 0 : before->second) + 1;
          next[j] = length;
          if (length > best.size) best = {i + 1 - length, j + 1 - length, length};
        }
      }
      lengths = std::move(next);
    }
    while (best.a > a_begin && best.b > b_begin && a_[best.a - 1] == b_[best.b - 1]) {
      best = {best.a - 1, best.b - 1, best.size + 1};
    }
    while (best.a + best.size < a_end && best.b + best.size < b_end &&
           a_[best.a + best.size] == b_[best.b + best.size]) {
      ++best.size;
    }
    return best;
  }

  void Collect(std::size_t a_begin, std::size_t a_end, std::size_t b_begin, std::size_t b_end,
               std::vector<Match>& out) const {
    const Match match = Longest(a_begin, a_end, b_begin, b_end);
    if (match.size == 0) return;
    if (a_begin < match.a && b_begin < match.b) Collect(a_begin, match.a, b_begin, match.b, out);
    out.push_back(match);
    const std::size_t a = match.a + match.size, b = match.b + match.size;
    if (a < a_end && b < b_end) Collect(a, a_end, b, b_end, out);
  }

  const Lines& a_;
  const Lines& b_;
  std::map<std::string_view, std::vector<std::size_t>> places_;
};

// Changes with their context; equal stretches longer than twice the context part the groups.
std::vector<std::vector<Change>> Groups(std::vector<Change> changes) {
  if (!changes.empty() && changes.front().is_equal) {
    Change& first = changes.front();
    const std::size_t skip = first.a_end - std::min(first.a_end, first.a_begin + kContext);
    first.a_begin += skip;
    first.b_begin += skip;
  }
  if (!changes.empty() && changes.back().is_equal) {
    Change& last = changes.back();
    last.a_end = std::min(last.a_end, last.a_begin + kContext);
    last.b_end = std::min(last.b_end, last.b_begin + kContext);
  }
  std::vector<std::vector<Change>> groups(1);
  for (Change change : changes) {
    if (change.is_equal && change.a_end - change.a_begin > 2 * kContext) {
      groups.back().push_back({true, change.a_begin, change.a_begin + kContext, change.b_begin,
                               change.b_begin + kContext});
      groups.emplace_back();
      change.a_begin = change.a_end - kContext;
      change.b_begin = change.b_end - kContext;
    }
    groups.back().push_back(change);
  }
  const std::vector<Change>& last = groups.back();
  if (last.empty() || (last.size() == 1 && last.front().is_equal)) groups.pop_back();
  return groups;
}

std::string RangeText(std::size_t begin, std::size_t end) {
  const std::size_t length = end - begin;
  if (length == 1) return std::to_string(begin + 1);
  return std::to_string(length == 0 ? begin : begin + 1) + "," + std::to_string(length);
}

void AppendLines(const Lines& lines, std::size_t begin, std::size_t end, char mark,
                 std::string& out) {
  for (std::size_t i = begin; i < end; ++i) {
    out += mark;
    out += lines[i];
    out += '\n';
  }
}

}  // namespace

std::string UnifiedDiff(const Value& before, const Value& after) {
  const Lines a = LinesOf(before), b = LinesOf(after);
  std::string out;
  for (const std::vector<Change>& group : Groups(Matcher(a, b).Changes())) {
    out += "@@ -" + RangeText(group.front().a_begin, group.back().a_end) + " +" +
           RangeText(group.front().b_begin, group.back().b_end) + " @@\n";
    for (const Change& change : group) {
      if (change.is_equal) {
        AppendLines(a, change.a_begin, change.a_end, ' ', out);
        continue;
      }
      AppendLines(a, change.a_begin, change.a_end, '-', out);
      AppendLines(b, change.b_begin, change.b_end, '+', out);
    }
  }
  return out;
}

}  // namespace apiserver
