#include "apiserver/api/time_format.h"

#include <limits>

#include "apiserver/api/go_text.h"

namespace apiserver {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::string_view kLayout = "2006-01-02T15:04:05Z07:00";
constexpr std::string_view kMicroLayout = "2006-01-02T15:04:05.000000Z07:00";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Days since 1970-01-01 of a date in the proleptic Gregorian calendar, and back.
std::int64_t DaysFromCivil(std::int64_t year, int month, int day) {
  return std::chrono::sys_days(std::chrono::year(static_cast<int>(year)) / month / day)
      .time_since_epoch()
      .count();
}

int DaysInMonth(int year, int month) {
  const auto last = std::chrono::year(year) / month / std::chrono::last;
  return static_cast<int>(static_cast<unsigned>(last.day()));
}

// Reads one time text element by element, as Go walks its layout.
class TimeReader {
 public:
  TimeReader(std::string_view text, bool is_micro)
      : text_(text), rest_(text), is_micro_(is_micro) {}

  sim::Result<WallTime> Run() {
    const int year = Number(4, "2006");
    Literal("-");
    const int month = Ranged("01", 1, 12, "month");
    Literal("-");
    const int day = Number(2, "02");
    Literal("T");
    const int hour = Ranged("15", 0, 23, "hour");
    Literal(":");
    const int minute = Ranged("04", 0, 59, "minute");
    Literal(":");
    const int second = Ranged("05", 0, 59, "second");
    const std::int32_t nanos = Fraction();
    const std::int64_t offset = Zone();
    if (error_.empty() && !rest_.empty()) Refuse(": extra text: " + GoTimeQuote(rest_));
    if (error_.empty() && (day < 1 || day > DaysInMonth(year, month))) {
      Refuse(": day out of range");
    }
    if (!error_.empty()) return sim::Error{error_};
    return WallTime{DaysFromCivil(year, month, day) * kSecondsPerDay + hour * 3600 + minute * 60 +
                        second - offset,
                    nanos};
  }

 private:
  void Refuse(std::string message) {
    if (error_.empty()) error_ = "parsing time " + GoTimeQuote(text_) + message;
  }
  void Unreadable(std::string_view element) {
    Refuse(" as " + GoTimeQuote(is_micro_ ? kMicroLayout : kLayout) + ": cannot parse " +
           GoTimeQuote(rest_) + " as " + GoTimeQuote(element));
  }
  void Literal(std::string_view text) {
    if (!rest_.starts_with(text)) return Unreadable(text);
    rest_.remove_prefix(text.size());
  }
  int Number(std::size_t width, std::string_view element) {
    if (!error_.empty()) return 0;
    int number = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (i >= rest_.size() || !IsDigit(rest_[i])) {
        Unreadable(element);
        return 0;
      }
      number = number * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(width);
    return number;
  }
  int Ranged(std::string_view element, int low, int high, const std::string& name) {
    const int number = Number(2, element);
    if (error_.empty() && (number < low || number > high)) Refuse(": " + name + " out of range");
    return number;
  }
  std::int32_t Fraction() {
    const bool is_there = rest_.size() >= 2 && rest_[0] == '.' && IsDigit(rest_[1]);
    std::size_t end = 1;
    while (is_there && end < rest_.size() && IsDigit(rest_[end])) ++end;
    if (is_micro_ && (!is_there || end < 7)) {
      Unreadable(".000000");
      return 0;
    }
    if (!is_there) return 0;
    if (is_micro_) end = 7;  // The zone is expected right after the sixth decimal.
    std::int32_t nanos = 0;
    for (std::size_t i = 1; i < 10; ++i) nanos = nanos * 10 + (i < end ? rest_[i] - '0' : 0);
    rest_.remove_prefix(end);
    return nanos;
  }
  std::int64_t Zone() {
    if (!error_.empty()) return 0;
    if (rest_.starts_with('Z')) {
      rest_.remove_prefix(1);
      return 0;
    }
    const bool is_offset = rest_.size() >= 6 && (rest_[0] == '+' || rest_[0] == '-') &&
                           IsDigit(rest_[1]) && IsDigit(rest_[2]) && rest_[3] == ':' &&
                           IsDigit(rest_[4]) && IsDigit(rest_[5]);
    if (!is_offset) {
      Unreadable("Z07:00");
      return 0;
    }
    const int hours = (rest_[1] - '0') * 10 + (rest_[2] - '0');
    const int minutes = (rest_[4] - '0') * 10 + (rest_[5] - '0');
    if (hours > 24) Refuse(": time zone offset hour out of range");
    if (minutes > 60) Refuse(": time zone offset minute out of range");
    const std::int64_t offset = (hours * 60 + minutes) * 60;
    const bool is_west = rest_[0] == '-';
    rest_.remove_prefix(6);
    return is_west ? -offset : offset;
  }

  std::string_view text_;
  std::string_view rest_;
  bool is_micro_;
  std::string error_;
};

std::string Format(WallTime time, bool with_micros) {
  std::int64_t days = time.seconds / kSecondsPerDay;
  std::int64_t second = time.seconds % kSecondsPerDay;
  if (second < 0) {
    second += kSecondsPerDay;
    --days;
  }
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  std::string out;
  out.reserve(32);
  const auto append = [&out](int number, int digits, char after) {
    int scale = 1;
    for (int i = 1; i < digits; ++i) scale *= 10;
    for (; scale > 0; scale /= 10) out += static_cast<char>('0' + number / scale % 10);
    out += after;
  };
  append(static_cast<int>(date.year()), 4, '-');
  append(static_cast<int>(static_cast<unsigned>(date.month())), 2, '-');
  append(static_cast<int>(static_cast<unsigned>(date.day())), 2, 'T');
  append(static_cast<int>(second / 3600), 2, ':');
  append(static_cast<int>(second / 60 % 60), 2, ':');
  append(static_cast<int>(second % 60), 2, with_micros ? '.' : 'Z');
  if (with_micros) append(static_cast<int>(time.nanos / 1000), 6, 'Z');
  return out;
}

}  // namespace

WallTime ToWallTime(sim::Time time) {
  const std::int64_t nanos = time.time_since_epoch().count();
  std::int64_t seconds = nanos / kNanosPerSecond;
  std::int64_t rest = nanos % kNanosPerSecond;
  if (rest < 0) {
    rest += kNanosPerSecond;
    --seconds;
  }
  return {seconds, static_cast<std::int32_t>(rest)};
}

sim::Time ToSimTime(WallTime time) {
  std::int64_t nanos = 0;
  if (__builtin_mul_overflow(time.seconds, kNanosPerSecond, &nanos) ||
      __builtin_add_overflow(nanos, static_cast<std::int64_t>(time.nanos), &nanos)) {
    nanos = time.seconds < 0 ? std::numeric_limits<std::int64_t>::min()
                             : std::numeric_limits<std::int64_t>::max();
  }
  return sim::Time(sim::Duration(nanos));
}

sim::Result<WallTime> ParseTime(std::string_view text) { return TimeReader(text, false).Run(); }
sim::Result<WallTime> ParseMicroTime(std::string_view text) { return TimeReader(text, true).Run(); }

std::string FormatTime(WallTime time) { return Format(time, false); }
std::string FormatTime(sim::Time time) { return Format(ToWallTime(time), false); }
std::string FormatMicroTime(WallTime time) { return Format(time, true); }
std::string FormatMicroTime(sim::Time time) { return Format(ToWallTime(time), true); }

std::optional<sim::Time> TimeFromText(std::string_view text) {
  const sim::Result<WallTime> time = ParseTime(text);
  if (!time.ok()) return std::nullopt;
  return ToSimTime(*time);
}

}  // namespace apiserver
