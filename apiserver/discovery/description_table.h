// Rows of names with what they mean, sorted so that they are found fast.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

namespace apiserver {

struct Description {
  std::string_view name;
  std::string_view text;
};

constexpr bool IsSorted(std::span<const Description> rows) {
  return std::is_sorted(rows.begin(), rows.end(),
                        [](const Description& a, const Description& b) { return a.name < b.name; });
}

// The text of `name`, or "". Requires: sorted.
inline std::string_view FindDescription(std::span<const Description> rows, std::string_view name) {
  const auto row =
      std::lower_bound(rows.begin(), rows.end(), name,
                       [](const Description& a, std::string_view b) { return a.name < b; });
  return row == rows.end() || row->name != name ? std::string_view() : row->text;
}

}  // namespace apiserver
