#include "apiserver/registry/kinds/cron_schedule.h"

#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <vector>

namespace apiserver {
namespace {

struct FieldBounds {
  int low;
  int high;
  std::span<const std::string_view> names;  // the first one means first_name
  int first_name;
};

constexpr std::string_view kMonths[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::string_view kDays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

const std::array<FieldBounds, 5> kFields = {
    {{0, 59, {}, 0}, {0, 23, {}, 0}, {1, 31, {}, 0}, {1, 12, kMonths, 1}, {0, 6, kDays, 0}}};

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t\n\r", at)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(" \t\n\r", at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

// Reads a number; `problem` is set when it is none.
int ReadNumber(std::string_view text, std::string& problem) {
  int number = 0;
  const char* first = text.data();
  if (!text.empty() && text.front() == '+') ++first;
  const auto [end, error] = std::from_chars(first, text.data() + text.size(), number);
  const std::string shown(text);
  if (error == std::errc::result_out_of_range) {
    problem = "failed to parse int from " + shown + ": strconv.Atoi: parsing \"" + shown +
              "\": value out of range";
  } else if (error != std::errc() || end != text.data() + text.size()) {
    problem = "failed to parse int from " + shown + ": strconv.Atoi: parsing \"" + shown +
              "\": invalid syntax";
  } else if (number < 0) {
    problem = "negative number (" + std::to_string(number) + ") not allowed: " + shown;
  }
  return number;
}

int ReadNumberOrName(std::string_view text, const FieldBounds& bounds, std::string& problem) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (std::size_t i = 0; i < bounds.names.size(); ++i) {
    if (lower == bounds.names[i]) return bounds.first_name + static_cast<int>(i);
  }
  return ReadNumber(text, problem);
}

std::string RangeProblem(std::string_view expression, const FieldBounds& bounds) {
  const auto range_and_step = Split(expression, '/');
  const auto low_and_high = Split(range_and_step[0], '-');
  const std::string shown(expression);
  std::string problem;
  int start = bounds.low;
  int end = bounds.high;
  if (low_and_high[0] != "*" && low_and_high[0] != "?") {
    start = end = ReadNumberOrName(low_and_high[0], bounds, problem);
    if (!problem.empty()) return problem;
    if (low_and_high.size() > 2) return "too many hyphens: " + shown;
    if (low_and_high.size() == 2) end = ReadNumberOrName(low_and_high[1], bounds, problem);
    if (!problem.empty()) return problem;
  }
  int step = 1;
  if (range_and_step.size() > 2) return "too many slashes: " + shown;
  if (range_and_step.size() == 2) {
    step = ReadNumber(range_and_step[1], problem);
    if (!problem.empty()) return problem;
    if (low_and_high.size() == 1) end = bounds.high;
  }
  const auto number = [](int n) { return "(" + std::to_string(n) + ")"; };
  if (start < bounds.low) {
    return "beginning of range " + number(start) + " below minimum " + number(bounds.low) + ": " +
           shown;
  }
  if (end > bounds.high) {
    return "end of range " + number(end) + " above maximum " + number(bounds.high) + ": " + shown;
  }
  if (start > end) {
    return "beginning of range " + number(start) + " beyond end of range " + number(end) + ": " +
           shown;
  }
  if (step == 0) return "step of range should be a positive number: " + shown;
  return {};
}

std::string DescriptorProblem(std::string_view descriptor) {
  for (std::string_view known :
       {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}) {
    if (descriptor == known) return {};
  }
  constexpr std::string_view kEvery = "@every ";
  if (descriptor.starts_with(kEvery)) {
    const std::string_view duration = descriptor.substr(kEvery.size());
    const bool plausible =
        !duration.empty() &&
        duration.find_first_not_of("0123456789.hmnsuµ+-") == std::string_view::npos &&
        duration.find_first_of("hms") != std::string_view::npos;
    if (plausible) return {};
    return "failed to parse duration " + std::string(descriptor) + ": time: invalid duration \"" +
           std::string(duration) + "\"";
  }
  return "unrecognized descriptor: " + std::string(descriptor);
}

}  // namespace

std::string CronScheduleProblem(std::string_view schedule) {
  if (schedule.empty()) return "empty spec string";
  if (schedule.starts_with("TZ=") || schedule.starts_with("CRON_TZ=")) {
    const std::size_t space = schedule.find(' ');
    const std::size_t equals = schedule.find('=');
    if (space == std::string_view::npos) return "expected a schedule after the time zone";
    const std::string zone(schedule.substr(equals + 1, space - equals - 1));
    if (!zone.empty() && zone != "Local" && !IsTimeZoneName(zone)) {
      return "provided bad location " + zone + ": unknown time zone " + zone;
    }
    schedule.remove_prefix(space);
    const std::size_t start = schedule.find_first_not_of(' ');
    schedule.remove_prefix(std::min(start, schedule.size()));
  }
  if (schedule.starts_with('@')) return DescriptorProblem(schedule);
  const auto words = Words(schedule);
  if (words.size() != kFields.size()) {
    std::string shown;
    for (std::string_view word : words) {
      if (!shown.empty()) shown += ' ';
      shown += word;
    }
    return "expected exactly 5 fields, found " + std::to_string(words.size()) + ": [" + shown + "]";
  }
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    for (std::string_view expression : Split(words[i], ',')) {
      if (expression.empty()) continue;
      std::string problem = RangeProblem(expression, kFields[i]);
      if (!problem.empty()) return problem;
    }
  }
  return {};
}

}  // namespace apiserver
