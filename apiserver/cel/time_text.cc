#include "apiserver/cel/time_text.h"

#include <charconv>
#include <cmath>

namespace apiserver::cel {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int64_t kNanosPerHour = 3600 * kNanosPerSecond;

// "+01:30" of an RFC 3339 text that was read already.
int ZoneMinutes(std::string_view text) {
  if (text.size() < 6 || text.back() == 'Z') return 0;
  const std::string_view zone = text.substr(text.size() - 6);
  const auto two = [&](std::size_t at) { return (zone[at] - '0') * 10 + (zone[at + 1] - '0'); };
  const int minutes = two(1) * 60 + two(4);
  return zone[0] == '-' ? -minutes : minutes;
}

bool IsLetter(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;  // µ
}

// Nanoseconds of strfmt's unit words; 0 for none. The last word of a unit is a prefix.
std::int64_t UnitNanos(std::string unit) {
  for (char& c : unit) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const auto is = [&](std::initializer_list<std::string_view> names, std::string_view prefix) {
    for (const std::string_view name : names) {
      if (unit == name) return true;
    }
    return unit.starts_with(prefix);
  };
  if (is({"ns"}, "nano")) return 1;
  if (is({"us", "\xC2\xB5s"}, "micro")) return 1000;
  if (is({"ms"}, "milli")) return 1'000'000;
  if (is({"s"}, "sec")) return kNanosPerSecond;
  if (is({"m"}, "min")) return 60 * kNanosPerSecond;
  if (is({"h", "hr"}, "hour")) return kNanosPerHour;
  if (is({"d"}, "day")) return 24 * kNanosPerHour;
  if (is({"w", "wk"}, "week")) return 7 * 24 * kNanosPerHour;
  return 0;
}

}  // namespace

sim::Result<ZonedTime> ParseZonedTime(std::string_view text) {
  const auto time = ParseTime(text);
  if (!time.ok()) return time.error();
  return ZonedTime{*time, ZoneMinutes(text)};
}

std::string FormatZonedTime(WallTime time, int zone_minutes) {
  std::string out = FormatTime(WallTime{time.seconds + zone_minutes * 60, time.nanos});
  out.pop_back();  // Z
  if (time.nanos != 0) {
    std::string digits = std::to_string(time.nanos + kNanosPerSecond).substr(1);
    while (digits.back() == '0') digits.pop_back();
    out += "." + digits;
  }
  if (zone_minutes == 0) return out + "Z";
  const int minutes = std::abs(zone_minutes);
  const auto two = [](int number) { return std::to_string(100 + number).substr(1); };
  return out + (zone_minutes < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60);
}

std::string FormatSeconds(std::int64_t nanos) {
  // Go adds whole seconds and the rest as doubles.
  const double seconds = static_cast<double>(nanos / kNanosPerSecond) +
                         static_cast<double>(nanos % kNanosPerSecond) / 1e9;
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, seconds, std::chars_format::fixed);
  return std::string(text, end.ptr) + "s";
}

std::optional<std::int64_t> ParseDurationNanos(std::string_view text) {
  const auto duration = ParseGoDuration(text);
  if (!duration.ok()) return std::nullopt;
  return duration->count();
}

std::optional<std::int64_t> ParseSchemaDuration(std::string_view text) {
  if (const auto go = ParseDurationNanos(text)) return go;
  std::int64_t total = 0;
  bool is_found = false;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] < '0' || text[at] > '9') {
      ++at;
      continue;
    }
    std::int64_t factor = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), factor);
    at = static_cast<std::size_t>(end - text.data());
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
    const std::size_t unit_start = at;
    while (at < text.size() && IsLetter(static_cast<unsigned char>(text[at]))) ++at;
    if (at == unit_start) continue;
    if (error != std::errc()) return std::nullopt;
    const std::int64_t unit = UnitNanos(std::string(text.substr(unit_start, at - unit_start)));
    if (unit == 0) continue;
    is_found = true;
    std::int64_t part = 0;
    if (__builtin_mul_overflow(factor, unit, &part)) return std::nullopt;
    if (__builtin_add_overflow(total, part, &total)) return std::nullopt;
  }
  if (!is_found) return std::nullopt;
  return total;
}

}  // namespace apiserver::cel
