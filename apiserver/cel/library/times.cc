// What timestamps and durations consist of (cel-go common/stdlib).
#include <charconv>
#include <chrono>

#include "apiserver/api/go_text.h"
#include "apiserver/cel/library/implementation.h"
#include "apiserver/cel/library/time_zone.h"

namespace apiserver::cel {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kNanosPerMilli = 1'000'000;
constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

// A wall clock's reading.
struct Reading {
  std::int64_t seconds;  // since 1970, as if in UTC
  std::int32_t nanos;

  std::int64_t day() const { return (seconds - second_of_day()) / kSecondsPerDay; }
  std::int64_t second_of_day() const {
    return ((seconds % kSecondsPerDay) + kSecondsPerDay) % kSecondsPerDay;
  }
  std::chrono::year_month_day date() const {
    return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(day())));
  }
};

std::int64_t Year(const Reading& r) { return static_cast<int>(r.date().year()); }
std::int64_t Month(const Reading& r) { return static_cast<unsigned>(r.date().month()) - 1; }
std::int64_t Date(const Reading& r) { return static_cast<unsigned>(r.date().day()); }
std::int64_t DayOfMonth(const Reading& r) { return Date(r) - 1; }
std::int64_t DayOfYear(const Reading& r) {
  const auto first = std::chrono::sys_days(r.date().year() / std::chrono::January / 1);
  return r.day() - first.time_since_epoch().count();
}
std::int64_t DayOfWeek(const Reading& r) { return ((r.day() + 4) % 7 + 7) % 7; }
std::int64_t Hours(const Reading& r) { return r.second_of_day() / 3600; }
std::int64_t Minutes(const Reading& r) { return r.second_of_day() / 60 % 60; }
std::int64_t Seconds(const Reading& r) { return r.second_of_day() % 60; }
std::int64_t Milliseconds(const Reading& r) { return r.nanos / kNanosPerMilli; }

using Accessor = std::int64_t (*)(const Reading& reading);

template <Accessor accessor>
Value InUtc(Arena&, const Value* a) {
  const WallTime time = a[0].as_timestamp();
  return Value::Int(accessor({time.seconds, time.nanos}));
}

// Go's strconv.Atoi, whose complaint is shown.
std::optional<std::int64_t> ParseNumber(std::string_view text, std::string& error) {
  std::string_view digits = text;
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (code == std::errc() && end == digits.data() + digits.size() && !digits.empty()) {
    return number;
  }
  const bool is_large = code == std::errc::result_out_of_range;
  error = "strconv.Atoi: parsing " + GoQuote(text) +
          (is_large ? ": value out of range" : ": invalid syntax");
  return std::nullopt;
}

// "America/New_York", or hours and minutes from UTC ("-08:00").
std::optional<std::int64_t> OffsetOf(std::string_view zone, std::int64_t at, std::string& error) {
  const std::size_t colon = zone.find(':');
  if (colon == std::string_view::npos) {
    const auto offset = ZoneOffset(zone, at);
    if (!offset) error = "unknown time zone " + std::string(zone);
    return offset;
  }
  const auto hours = ParseNumber(zone.substr(0, colon), error);
  if (!hours) return std::nullopt;
  const auto minutes = ParseNumber(zone.substr(colon + 1), error);
  if (!minutes) return std::nullopt;
  constexpr std::int64_t kHoursMax = 1'000'000;
  if (std::abs(*hours) > kHoursMax || std::abs(*minutes) > kHoursMax) {
    error = "time zone out of range";
    return std::nullopt;
  }
  const std::int64_t total = zone[0] == '-' ? *hours * 60 - *minutes : *hours * 60 + *minutes;
  return total * 60;
}

template <Accessor accessor>
Value InZone(Arena& arena, const Value* a) {
  const WallTime time = a[0].as_timestamp();
  std::string error;
  const auto offset = OffsetOf(a[1].as_text(), time.seconds, error);
  if (!offset) return NewError(arena, error);
  return Value::Int(accessor({time.seconds + *offset, time.nanos}));
}

template <std::int64_t unit>
Value WholeUnits(Arena&, const Value* a) {
  return Value::Int(a[0].as_duration() / unit);
}

constexpr Implementation kRows[] = {
    {"timestamp_to_year", InUtc<Year>},
    {"timestamp_to_year_with_tz", InZone<Year>},
    {"timestamp_to_month", InUtc<Month>},
    {"timestamp_to_month_with_tz", InZone<Month>},
    {"timestamp_to_day_of_year", InUtc<DayOfYear>},
    {"timestamp_to_day_of_year_with_tz", InZone<DayOfYear>},
    {"timestamp_to_day_of_month", InUtc<DayOfMonth>},
    {"timestamp_to_day_of_month_with_tz", InZone<DayOfMonth>},
    {"timestamp_to_day_of_month_1_based", InUtc<Date>},
    {"timestamp_to_day_of_month_1_based_with_tz", InZone<Date>},
    {"timestamp_to_day_of_week", InUtc<DayOfWeek>},
    {"timestamp_to_day_of_week_with_tz", InZone<DayOfWeek>},
    {"timestamp_to_hours", InUtc<Hours>},
    {"timestamp_to_hours_with_tz", InZone<Hours>},
    {"timestamp_to_minutes", InUtc<Minutes>},
    {"timestamp_to_minutes_with_tz", InZone<Minutes>},
    {"timestamp_to_seconds", InUtc<Seconds>},
    {"timestamp_to_seconds_tz", InZone<Seconds>},
    {"timestamp_to_milliseconds", InUtc<Milliseconds>},
    {"timestamp_to_milliseconds_with_tz", InZone<Milliseconds>},
    {"duration_to_hours", WholeUnits<3600 * kNanosPerSecond>},
    {"duration_to_minutes", WholeUnits<60 * kNanosPerSecond>},
    {"duration_to_seconds", WholeUnits<kNanosPerSecond>},
    {"duration_to_milliseconds", WholeUnits<kNanosPerMilli>},
};

}  // namespace

std::span<const Implementation> TimeImplementations() { return kRows; }

}  // namespace apiserver::cel
