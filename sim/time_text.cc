#include "sim/time_text.h"

#include <chrono>

#include "sim/check.h"

namespace sim {
namespace {

void AppendPadded(std::string& text, std::int64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  text.append(width > digits.size() ? width - digits.size() : 0, '0');
  text += digits;
}

// ".5" for half of a unit of 10^digits; nothing for none.
void AppendFraction(std::string& text, std::int64_t fraction, std::size_t digits) {
  if (fraction == 0) return;
  text += '.';
  AppendPadded(text, fraction, digits);
  while (text.back() == '0') text.pop_back();
}

}  // namespace

CivilTime CivilTimeOf(Time time) {
  const auto days = std::chrono::floor<std::chrono::days>(time.time_since_epoch());
  const std::chrono::year_month_day date{std::chrono::sys_days(days)};
  const std::chrono::hh_mm_ss<Duration> clock(time.time_since_epoch() - days);
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count()),
          static_cast<int>(clock.subseconds().count())};
}

Time TimeOf(const CivilTime& civil) {
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(civil.year)),
                                         std::chrono::month(static_cast<unsigned>(civil.month)),
                                         std::chrono::day(static_cast<unsigned>(civil.day))};
  SIM_CHECK(date.ok());
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  return Time(Duration(days) + std::chrono::hours(civil.hour) + std::chrono::minutes(civil.minute) +
              std::chrono::seconds(civil.second) + std::chrono::nanoseconds(civil.nanosecond));
}

std::string TimeText(Time time) {
  const CivilTime civil = CivilTimeOf(time);
  std::string text;
  AppendPadded(text, civil.year, 4);
  text += '-';
  AppendPadded(text, civil.month, 2);
  text += '-';
  AppendPadded(text, civil.day, 2);
  text += 'T';
  AppendPadded(text, civil.hour, 2);
  text += ':';
  AppendPadded(text, civil.minute, 2);
  text += ':';
  AppendPadded(text, civil.second, 2);
  AppendFraction(text, civil.nanosecond, 9);
  text += 'Z';
  return text;
}

std::string DurationText(Duration duration) {
  const bool is_negative = duration < Duration::zero();
  // Unsigned, for the smallest duration has no positive counterpart.
  std::uint64_t left = is_negative ? 0 - static_cast<std::uint64_t>(duration.count())
                                   : static_cast<std::uint64_t>(duration.count());
  std::string text = is_negative ? "-" : "";
  constexpr std::uint64_t kMicrosecond = 1000;
  constexpr std::uint64_t kMillisecond = 1000 * kMicrosecond;
  constexpr std::uint64_t kSecond = 1000 * kMillisecond;
  const auto append = [&text](std::uint64_t number, std::uint64_t unit, std::size_t digits,
                              const char* suffix) {
    text += std::to_string(number / unit);
    AppendFraction(text, static_cast<std::int64_t>(number % unit), digits);
    text += suffix;
  };
  if (left == 0) return "0s";
  if (left < kMicrosecond) {
    append(left, 1, 0, "ns");
  } else if (left < kMillisecond) {
    append(left, kMicrosecond, 3, "µs");
  } else if (left < kSecond) {
    append(left, kMillisecond, 6, "ms");
  } else {
    const std::uint64_t minutes = left / kSecond / 60;
    if (minutes >= 60) text += std::to_string(minutes / 60) + "h";
    if (minutes > 0) text += std::to_string(minutes % 60) + "m";
    left -= minutes * 60 * kSecond;
    append(left, kSecond, 9, "s");
  }
  return text;
}

}  // namespace sim
