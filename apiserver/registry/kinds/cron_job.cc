// CronJobs. Source: kubernetes/pkg/apis/batch and pkg/registry/batch/cronjob, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/cron_schedule.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/job_spec.h"
#include "apiserver/registry/kinds/pod_template.h"

namespace apiserver {
namespace {

// Jobs are named after the CronJob with eleven characters more.
constexpr std::size_t kNameMax = 52;

void Default(Object& object) {
  Object& spec = EnsureObject(object, "spec");
  DefaultJobSpecTemplate(EnsureObject(EnsureObject(spec, "jobTemplate"), "spec"));
  FillText(spec, "concurrencyPolicy", "Allow");
  FillPointer(spec, "suspend", false);
  FillPointer(spec, "successfulJobsHistoryLimit", 3);
  FillPointer(spec, "failedJobsHistoryLimit", 1);
}

bool MentionsZone(std::string_view schedule) {
  return schedule.find("TZ") != std::string_view::npos;
}

void CheckSchedule(const Object& spec, const Object* old_spec, const FieldPath& path,
                   Violations& out) {
  const FieldPath schedule_path = path.Child("schedule");
  const std::string_view schedule = TextOf(spec, "schedule");
  if (schedule.empty()) {
    out.Required(schedule_path);
    return;
  }
  const std::string problem = CronScheduleProblem(schedule);
  if (!problem.empty()) out.Invalid(schedule_path, schedule, problem);
  if (!MentionsZone(schedule)) return;
  const bool allowed = old_spec != nullptr && MentionsZone(TextOf(*old_spec, "schedule"));
  if (!allowed) {
    out.Invalid(schedule_path, schedule,
                "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
  } else if (IsSet(spec, "timeZone")) {
    out.Invalid(schedule_path, schedule,
                "cannot use both timeZone field and TZ or CRON_TZ in schedule");
  }
}

bool IsLocal(std::string_view zone) {
  std::string lower(zone);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower == "local";
}

void CheckTimeZone(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "timeZone")) return;
  const std::string_view zone = TextOf(spec, "timeZone");
  const FieldPath zone_path = path.Child("timeZone");
  if (zone.empty()) {
    out.Invalid(zone_path, zone, "timeZone must be nil or non-empty string");
  } else if (IsLocal(zone)) {
    out.Invalid(zone_path, zone,
                "timeZone must be an explicit time zone as defined in "
                "https://www.iana.org/time-zones");
  } else if (!IsTimeZoneName(zone)) {
    out.Invalid(zone_path, zone, "unknown time zone " + std::string(zone));
  }
}

void CheckSpec(const Object& spec, const Object* old_spec, Violations& out) {
  const FieldPath path("spec");
  CheckSchedule(spec, old_spec, path, out);
  CheckNonNegative(spec, "startingDeadlineSeconds", path, out);
  if (old_spec == nullptr || TextOf(spec, "timeZone") != TextOf(*old_spec, "timeZone")) {
    CheckTimeZone(spec, path, out);
  }
  CheckRequiredOneOf(spec, "concurrencyPolicy", {"Allow", "Forbid", "Replace"}, path, out);
  const Object& job_spec = ObjectOf(ObjectOf(spec, "jobTemplate"), "spec");
  const FieldPath job_path = path.Child("jobTemplate.spec");
  CheckJobSpec(job_spec, job_path, out);
  if (IsSet(job_spec, "selector")) {
    out.Invalid(job_path.Child("selector"), job_spec.at("selector"),
                "`selector` will be auto-generated");
  }
  if (FlagOf(job_spec, "manualSelector")) {
    out.NotSupported(job_path.Child("manualSelector"), true, {"nil", "false"});
  }
  CheckNonNegative(spec, "successfulJobsHistoryLimit", path, out);
  CheckNonNegative(spec, "failedJobsHistoryLimit", path, out);
}

void Validate(const Object& object, Violations& out) {
  CheckSpec(ObjectOf(object, "spec"), nullptr, out);
  const std::string_view name = TextOf(ObjectOf(object, "metadata"), "name");
  if (name.size() > kNameMax) {
    out.Invalid(FieldPath("metadata.name"), name, "must be no more than 52 characters");
  }
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  CheckSpec(ObjectOf(object, "spec"), &ObjectOf(old, "spec"), out);
}

void Warn(const Object& object, const Object* old, std::vector<std::string>& out) {
  if (old == nullptr) WarnOfPodHostName(object, out);
  const Object& job = ObjectOf(ObjectOf(ObjectOf(object, "spec"), "jobTemplate"), "spec");
  WarnOfPodTemplate(ObjectOf(job, "template"), "spec.jobTemplate.spec.template", out);
}

const KindRules kStatus{.group = "batch",
                        .resource = "cronjobs",
                        .subresource = "status",
                        .update_metadata = UpdateMetadata::kNone};
constexpr const KindRules* kParts[] = {&kStatus};

}  // namespace

const KindRules kCronJobRules{.group = "batch",
                              .resource = "cronjobs",
                              .defaults = Default,
                              .has_status = true,
                              .generation = GenerationRule::kSpec,
                              .validate = Validate,
                              .validate_update = ValidateUpdate,
                              .warn = Warn,
                              .subresources = kParts};

}  // namespace apiserver
