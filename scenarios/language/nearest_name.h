// Which known name somebody probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace scenarios {

// Inserted, left out, changed and swapped letters, each counting one.
int EditDistance(std::string_view a, std::string_view b);

// The known name nearest to `name` (the first of equal ones), or "" when none is near: at most a
// third of its letters, and at least one, may differ.
std::string NearestName(std::string_view name, std::span<const std::string_view> known);

// `; did you mean "NAME"?`, or "".
std::string DidYouMean(std::string_view name, std::span<const std::string_view> known);

}  // namespace scenarios
