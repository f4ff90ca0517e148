#include "scenarios/report/machine_reports.h"

#include "scenarios/report/text_report.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

using apiserver::Array;
using apiserver::Object;
using apiserver::Value;

Array Lines(const std::vector<std::string>& lines) {
  Array array;
  for (const std::string& line : lines) array.push_back(Value(line));
  return array;
}

// Control characters have no form in XML 1.0.
std::string Xml(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else if (c == '"') {
      escaped += "&quot;";
    } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') {
      escaped += c;
    } else {
      escaped += '?';
    }
  }
  return escaped;
}

std::string SecondsText(sim::Duration duration) {
  const std::int64_t milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  std::string fraction = std::to_string(milliseconds % 1000);
  fraction.insert(0, 3 - fraction.size(), '0');
  return std::to_string(milliseconds / 1000) + "." + fraction;
}

}  // namespace

Value JsonReport(const RunReport& report) {
  Object json{{"scenario", report.name},
              {"file", report.file},
              {"seed", report.seed},
              {"passed", report.has_passed()},
              {"began", sim::TimeText(report.began)},
              {"ended", sim::TimeText(report.ended)},
              {"virtual", sim::DurationText(report.ended - report.began)},
              {"wallSeconds", std::chrono::duration<double>(report.wall).count()},
              {"digest", report.digest},
              {"hasPrograms", report.has_outside},
              {"hasRealTime", report.has_real_time}};
  Array steps;
  for (const StepReport& step : report.steps) {
    steps.push_back(Object{{"kind", step.kind},
                           {"title", step.title},
                           {"line", step.line},
                           {"began", sim::DurationText(step.began - report.began)},
                           {"took", sim::DurationText(step.ended - step.began)}});
  }
  json["steps"] = std::move(steps);
  Array programs;
  for (const ProgramReport& program : report.programs) {
    Array output;
    for (const OutputLine& line : program.output) {
      output.push_back(
          Object{{"at", sim::DurationText(line.time - report.began)}, {"text", line.text}});
    }
    Object shown{{"name", program.name},
                 {"actsAs", program.account.empty() ? "administrator" : program.account},
                 {"requests", program.request_count},
                 {"restarts", program.restart_count},
                 {"ended", program.exit_text},
                 {"output", std::move(output)}};
    if (!program.roles.empty()) shown["leastRoles"] = Lines(program.roles);
    if (!program.refused.empty()) shown["refused"] = Lines(program.refused);
    programs.push_back(std::move(shown));
  }
  if (!programs.empty()) json["programs"] = std::move(programs);
  if (report.run_count > 1) json["runs"] = report.run_count;
  if (report.has_differed) {
    json["differed"] = true;
    json["parting"] = Lines(report.parting);
  }
  if (report.failure) {
    const RunFailure& failure = *report.failure;
    json["failure"] = Object{{"place", failure.place},
                             {"message", failure.message},
                             {"time", sim::TimeText(failure.time)},
                             {"found", Lines(failure.found)},
                             {"object", failure.object},
                             {"events", Lines(failure.api_events)},
                             {"lastEvents", Lines(failure.last_events)},
                             {"output", Lines(failure.output)},
                             {"again", ReproducingCommand(report)}};
  }
  return json;
}

std::string JUnitReport(const std::vector<RunReport>& reports) {
  std::size_t failures = 0;
  sim::Duration wall{};
  for (const RunReport& report : reports) {
    if (!report.has_passed()) ++failures;
    wall += report.wall;
  }
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  xml += "<testsuite name=\"orrery\" tests=\"" + std::to_string(reports.size()) + "\" failures=\"" +
         std::to_string(failures) + "\" time=\"" + SecondsText(wall) + "\">\n";
  for (const RunReport& report : reports) {
    xml += "<testcase classname=\"" + Xml(report.file) + "\" name=\"" + Xml(report.name) +
           " (seed " + std::to_string(report.seed) + ")\" time=\"" + SecondsText(report.wall) +
           "\">";
    if (!report.has_passed()) {
      const std::string message =
          report.failure ? report.failure->message : "repeated runs had different digests";
      xml += "\n<failure message=\"" + Xml(message) + "\">" + Xml(TextReport(report, false)) +
             "</failure>\n";
    }
    xml += "</testcase>\n";
  }
  xml += "</testsuite>\n</testsuites>\n";
  return xml;
}

}  // namespace scenarios
