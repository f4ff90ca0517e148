#include "apiserver/api/time_format.h"
#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

std::string JobStatus(const Value& job) {
  if (IsConditionTrue(job, "Complete")) return "Complete";
  if (IsConditionTrue(job, "Failed")) return "Failed";
  if (FindPath(job, {"metadata", "deletionTimestamp"}) != nullptr) return "Terminating";
  for (const char* type : {"Suspended", "FailureTarget", "SuccessCriteriaMet"}) {
    if (IsConditionTrue(job, type)) return type;
  }
  return "Running";
}

std::string JobCompletions(const Value& job) {
  const std::string succeeded = std::to_string(IntAt(job, {"status", "succeeded"}));
  if (FindPath(job, {"spec", "completions"}) != nullptr) {
    return succeeded + "/" + std::to_string(IntAt(job, {"spec", "completions"}));
  }
  const std::int64_t parallelism = IntAt(job, {"spec", "parallelism"});
  return parallelism > 1 ? succeeded + "/1 of " + std::to_string(parallelism) : succeeded + "/1";
}

std::string JobDuration(const Value& job, sim::Time now) {
  const std::string_view start = TextAt(job, {"status", "startTime"});
  if (start.empty()) return "";
  const auto end = TimeFromText(TextAt(job, {"status", "completionTime"}));
  return AgeSince(start, end.value_or(now));
}

Array JobCells(const Value& job, sim::Time now) {
  const Value* spec = FindPath(job, {"spec", "template", "spec"});
  return {NameOf(job),           JobStatus(job),
          JobCompletions(job),   JobDuration(job, now),
          Age(job, now),         ContainerNames(spec),
          ContainerImages(spec), SelectorText(FindPath(job, {"spec", "selector"}))};
}

Array CronJobCells(const Value& object, sim::Time now) {
  const std::string_view last = TextAt(object, {"status", "lastScheduleTime"});
  const Value* spec = FindPath(object, {"spec", "jobTemplate", "spec", "template", "spec"});
  return {NameOf(object),
          TextAt(object, {"spec", "schedule"}),
          Or(TextAt(object, {"spec", "timeZone"}), "<none>"),
          BoolAt(object, {"spec", "suspend"}) ? "True" : "False",
          CountAt(object, {"status", "active"}),
          last.empty() ? std::string("<none>") : AgeSince(last, now),
          Age(object, now),
          ContainerNames(spec),
          ContainerImages(spec),
          SelectorText(FindPath(object, {"spec", "jobTemplate", "spec", "selector"}))};
}

}  // namespace

void AddBatchPrinters(PrinterTable& printers) {
  const TableColumn containers = Wide("Containers", "Names of the template's containers.");
  const TableColumn images = Wide("Images", "Images of the template's containers.");
  const TableColumn selector = Wide("Selector", "Which pods belong to it.");
  printers.Add({"batch", "jobs"},
               MakePrinter({NameColumn(), Text("Status", "Where the job is."),
                            Text("Completions", "Succeeded pods of those wanted."),
                            Text("Duration", "The time it took, or takes so far."), AgeColumn(),
                            containers, images, selector},
                           JobCells));
  printers.Add(
      {"batch", "cronjobs"},
      MakePrinter({NameColumn(), Text("Schedule", "When it runs, in cron's form."),
                   Text("Timezone", "The zone of the schedule."),
                   Boolean("Suspend", "Whether it rests."), Integer("Active", "Jobs that run now."),
                   Text("Last Schedule", "The time since it last ran."), AgeColumn(), containers,
                   images, selector},
                  CronJobCells));
}

}  // namespace apiserver
