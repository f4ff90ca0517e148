#include "apiserver/cel/library/time_zone.h"

#include <chrono>
#include <map>

#include "apiserver/cel/library/embedded_zones.h"

namespace apiserver::cel {
namespace {

using Table = std::map<std::string_view, std::string_view>;

// Name to rule. A line is a rule and the names that follow it.
Table ReadTable() {
  Table table;
  std::string_view text = EmbeddedTimeZones()[0].text;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() < text.size() ? line.size() + 1 : text.size());
    if (line.starts_with('#')) continue;
    const std::string_view rule = line.substr(0, line.find(' '));
    while (line.find(' ') != std::string_view::npos) {
      line.remove_prefix(line.find(' ') + 1);
      table.emplace(line.substr(0, line.find(' ')), rule);
    }
  }
  return table;
}

// The end or begin of summer time: the `week`-th `weekday` of `month`, at `seconds` of that day.
struct Change {
  int month = 0;
  int week = 0;  // 5: the last one
  int weekday = 0;
  std::int64_t seconds = 7200;
};

// A rule of the TZ variable ("EST5EDT,M3.2.0,M11.1.0"), as far as the table uses it.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}

  std::int64_t OffsetAt(std::int64_t unix_seconds) {
    SkipName();
    const std::int64_t standard = -Time();
    if (rest_.empty()) return standard;
    SkipName();
    const std::int64_t summer = rest_.starts_with(',') ? standard + 3600 : -Time();
    const Change start = ReadChange();
    const Change end = ReadChange();
    const auto year =
        std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(
                                        std::chrono::seconds(unix_seconds + standard))))
            .year();
    const std::int64_t from = Moment(start, year) - standard;
    const std::int64_t to = Moment(end, year) - summer;
    const bool is_summer = from < to ? unix_seconds >= from && unix_seconds < to
                                     : unix_seconds >= from || unix_seconds < to;
    return is_summer ? summer : standard;
  }

 private:
  void SkipName() {
    if (rest_.starts_with('<')) {
      rest_.remove_prefix(rest_.find('>') + 1);
      return;
    }
    while (!rest_.empty() && ((rest_[0] | 0x20) >= 'a' && (rest_[0] | 0x20) <= 'z')) {
      rest_.remove_prefix(1);
    }
  }
  int Number() {
    int number = 0;
    while (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
      number = number * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return number;
  }
  // Hours, perhaps minutes, in seconds.
  std::int64_t Time() {
    const bool is_negative = rest_.starts_with('-');
    if (is_negative || rest_.starts_with('+')) rest_.remove_prefix(1);
    std::int64_t seconds = std::int64_t{3600} * Number();
    for (std::int64_t unit = 60; rest_.starts_with(':'); unit /= 60) {
      rest_.remove_prefix(1);
      seconds += unit * Number();
    }
    return is_negative ? -seconds : seconds;
  }
  // ",M3.2.0/2".
  Change ReadChange() {
    Change change;
    rest_.remove_prefix(2);
    change.month = Number();
    rest_.remove_prefix(1);
    change.week = Number();
    rest_.remove_prefix(1);
    change.weekday = Number();
    if (rest_.starts_with('/')) {
      rest_.remove_prefix(1);
      change.seconds = Time();
    }
    return change;
  }
  static std::int64_t Moment(const Change& change, std::chrono::year year) {
    const auto month = year / static_cast<int>(change.month);
    const std::chrono::weekday weekday(static_cast<unsigned>(change.weekday));
    const auto day =
        change.week == 5
            ? std::chrono::sys_days(month / weekday[std::chrono::last])
            : std::chrono::sys_days(month / weekday[static_cast<unsigned>(change.week)]);
    return day.time_since_epoch().count() * 86'400 + change.seconds;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<std::int64_t> ZoneOffset(std::string_view name, std::int64_t unix_seconds) {
  if (name.empty() || name == "UTC") return 0;
  static const Table table = ReadTable();
  const auto at = table.find(name);
  if (at == table.end()) return std::nullopt;
  return RuleReader(at->second).OffsetAt(unix_seconds);
}

}  // namespace apiserver::cel
