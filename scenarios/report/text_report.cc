#include "scenarios/report/text_report.h"

#include "sim/time_text.h"

namespace scenarios {
namespace {

std::string Colored(const std::string& text, const char* code, bool has_color) {
  return has_color ? std::string("\033[") + code + "m" + text + "\033[0m" : text;
}

void AppendLines(std::string& text, const std::string& title,
                 const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  text += "  " + title + "\n";
  for (const std::string& line : lines) text += "    " + line + "\n";
}

// "0.12s": hundredths are enough for people.
std::string WallText(sim::Duration wall) {
  const std::int64_t hundredths =
      std::chrono::duration_cast<std::chrono::milliseconds>(wall).count() / 10;
  const std::string fraction = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + "." + (fraction.size() < 2 ? "0" : "") + fraction + "s";
}

// As whom programs acted, and what they used of that.
void AppendPrograms(std::string& text, const RunReport& report) {
  for (const ProgramReport& program : report.programs) {
    text += "  program " + program.name + " acts as ";
    text += program.account.empty() ? "administrator" : "service account " + program.account;
    if (program.restart_count > 0) {
      text += ", began anew " + std::to_string(program.restart_count) + " times";
    }
    text += "\n";
    AppendLines(text, "the smallest roles that " + program.name + " used:", program.roles);
    AppendLines(text, "what " + program.name + " was refused:", program.refused);
  }
}

}  // namespace

std::string ReproducingCommand(const RunReport& report) {
  return "orrery run " + report.file + " --seed " + std::to_string(report.seed);
}

std::string TextReport(const RunReport& report, bool has_color) {
  std::string text =
      report.has_passed() ? Colored("PASS", "32", has_color) : Colored("FAIL", "31", has_color);
  text += " " + report.name + "  seed " + std::to_string(report.seed) + "  virtual " +
          sim::DurationText(report.ended - report.began) + "  wall " + WallText(report.wall) +
          "  digest: " + report.digest;
  if (report.run_count > 1 && !report.has_differed && !report.has_real_time) {
    text += " (of all " + std::to_string(report.run_count) + " runs)";
  }
  if (report.has_real_time)
    text += " (of this run: live runs with programs in real time may differ)";
  text += "\n";
  AppendPrograms(text, report);
  if (report.has_differed) {
    text += "  repeated runs had different digests\n";
    AppendLines(text, "where they part:", report.parting);
  }
  if (!report.failure) return text;
  const RunFailure& failure = *report.failure;
  text += "  " + failure.place + ": " + failure.message + "\n";
  text += "  at " + sim::TimeText(failure.time) + ", " +
          sim::DurationText(failure.time - report.began) + " after the start, seed " +
          std::to_string(report.seed) + "\n";
  AppendLines(text, "found instead:", failure.found);
  AppendLines(text, "events about " + failure.object + ":", failure.api_events);
  AppendLines(text, "what happened last around " + failure.object + ":", failure.last_events);
  AppendLines(text, "output:", failure.output);
  text += "  again: " + ReproducingCommand(report) + "\n";
  return text;
}

}  // namespace scenarios
