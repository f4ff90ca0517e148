#include "nodes/runtime/container_log.h"

#include <algorithm>
#include <array>

#include "sim/time_text.h"

namespace nodes {
namespace {

// As `date` prints it: "Thu Jan  1 00:00:00 UTC 2026".
std::string DateText(sim::Time time) {
  static constexpr std::array<std::string_view, 7> kDays = {"Thu", "Fri", "Sat", "Sun",
                                                            "Mon", "Tue", "Wed"};
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto civil = sim::CivilTimeOf(time);
  const auto days = std::chrono::floor<std::chrono::days>(time.time_since_epoch()).count();
  const auto two = [](int number, char fill) {
    return number < 10 ? std::string(1, fill) + std::to_string(number) : std::to_string(number);
  };
  return std::string(kDays[static_cast<std::size_t>((days % 7 + 7) % 7)]) + " " +
         std::string(kMonths[static_cast<std::size_t>(civil.month - 1)]) + " " +
         two(civil.day, ' ') + " " + two(civil.hour, '0') + ":" + two(civil.minute, '0') + ":" +
         two(civil.second, '0') + " UTC " + std::to_string(civil.year);
}

// RFC 3339 with all nine decimals, as the container runtime stamps lines.
std::string StampText(sim::Time time) {
  std::string text = sim::TimeText(time);
  text.pop_back();
  if (text.find('.') == std::string::npos) text += '.';
  const std::size_t decimals = text.size() - text.find('.') - 1;
  text.append(9 - decimals, '0');
  return text + "Z";
}

LogLine LineOf(const TracePrint& print, sim::Time time) {
  return {time, print.kind == TracePrint::Kind::kDate ? DateText(time) : print.text};
}

}  // namespace

std::vector<LogLine> LinesUntil(const ContainerTrace& trace, sim::Time started, sim::Time until) {
  std::vector<LogLine> lines;
  for (const TracePrint& print : trace.prints) {
    if (started + print.after > until) break;
    lines.push_back(LineOf(print, started + print.after));
  }
  if (!trace.loop_from || lines.size() < trace.prints.size()) return lines;
  std::size_t body_bytes = 0;
  for (std::size_t index = *trace.loop_from; index < trace.prints.size(); ++index) {
    body_bytes += trace.prints[index].text.size() + 1;
  }
  const sim::Time first = started + trace.prints[*trace.loop_from].after;
  const std::int64_t rounds = (until - first) / trace.loop_period;
  const auto kept_max =
      static_cast<std::int64_t>(kLogBytesMax / std::max<std::size_t>(body_bytes, 1));
  for (std::int64_t round = std::max<std::int64_t>(1, rounds - kept_max); round <= rounds;
       ++round) {
    for (std::size_t index = *trace.loop_from; index < trace.prints.size(); ++index) {
      const sim::Time time = started + trace.prints[index].after + round * trace.loop_period;
      if (time > until) return lines;
      lines.push_back(LineOf(trace.prints[index], time));
    }
  }
  return lines;
}

std::string LogText(const std::vector<LogLine>& lines, const LogQuery& query) {
  std::size_t begin = 0;
  if (query.since) {
    while (begin < lines.size() && lines[begin].time < *query.since) ++begin;
  }
  if (query.tail_lines) {
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(*query.tail_lines, 0));
    if (lines.size() - begin > count) begin = lines.size() - count;
  }
  std::string text;
  for (std::size_t index = begin; index < lines.size(); ++index) {
    if (query.has_timestamps) text += StampText(lines[index].time) + " ";
    text += lines[index].text;
    text += '\n';
  }
  if (query.limit_bytes && text.size() > static_cast<std::size_t>(*query.limit_bytes)) {
    text.resize(static_cast<std::size_t>(*query.limit_bytes));
  }
  if (text.size() > kLogBytesMax) text.erase(0, text.find('\n', text.size() - kLogBytesMax) + 1);
  return text;
}

std::optional<sim::Time> NextLineAfter(const ContainerTrace& trace, sim::Time started,
                                       sim::Time after) {
  for (const TracePrint& print : trace.prints) {
    if (started + print.after > after) return started + print.after;
  }
  if (!trace.loop_from) return std::nullopt;
  const sim::Time first = started + trace.prints[*trace.loop_from].after;
  std::int64_t round = std::max<std::int64_t>((after - first) / trace.loop_period, 1);
  for (;; ++round) {
    for (std::size_t index = *trace.loop_from; index < trace.prints.size(); ++index) {
      const sim::Time time = started + trace.prints[index].after + round * trace.loop_period;
      if (time > after) return time;
    }
  }
}

}  // namespace nodes
