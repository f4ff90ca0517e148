#include "scenarios/seed_range.h"

#include <charconv>
#include <optional>

namespace scenarios {
namespace {

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

sim::Result<SeedRange> ParseSeedRange(const std::string& text) {
  const std::size_t dots = text.find("..");
  const auto first = ParseNumber(std::string_view(text).substr(0, dots));
  const auto last =
      dots == std::string::npos ? first : ParseNumber(std::string_view(text).substr(dots + 2));
  if (!first || !last) return sim::Error{"--seed " + text + ": want N or A..B"};
  if (*last < *first) return sim::Error{"--seed " + text + ": the first is greater than the last"};
  if (*last - *first >= kSeedsMax) {
    return sim::Error{"--seed " + text + ": at most " + std::to_string(kSeedsMax) + " seeds"};
  }
  return SeedRange{*first, *last};
}

}  // namespace scenarios
