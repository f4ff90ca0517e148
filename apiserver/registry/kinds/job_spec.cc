// Source: kubernetes/pkg/apis/batch/validation, 1.36.
#include "apiserver/registry/kinds/job_spec.h"

#include <set>

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/pod_template.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::int64_t kIndexedParallelismMax = 100'000;
constexpr std::int64_t kIndexedFailuresMax = 100'000;
constexpr std::int64_t kCompletionsSoftLimit = 100'000;
constexpr std::int64_t kHighCompletionsMax = 10'000;
constexpr int kFailureRulesMax = 20;
constexpr int kExitCodesMax = 255;
constexpr int kConditionPatternsMax = 20;
constexpr int kManagedByMax = 63;
constexpr int kSuccessRulesMax = 20;
constexpr int kIndexesTextMax = 64 * 1024;

void CheckManagedBy(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "managedBy")) return;
  const std::string_view name = TextOf(spec, "managedBy");
  const FieldPath managed_by = path.Child("managedBy");
  CheckDomainPrefixedPath(name, managed_by, out);
  if (name.size() > kManagedByMax) out.TooLong(managed_by, kManagedByMax);
}

void CheckHighCompletions(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "backoffLimitPerIndex")) return;
  if (IntOf(spec, "completions") <= kCompletionsSoftLimit) return;
  if (!IsSet(spec, "maxFailedIndexes")) {
    out.Required(path.Child("maxFailedIndexes"),
                 "must be specified when completions is above 100000");
  }
  for (std::string_view name : {"parallelism", "maxFailedIndexes"}) {
    if (IntOf(spec, name) > kHighCompletionsMax) {
      out.Invalid(path.Child(name), IntOf(spec, name),
                  "must be less than or equal to 10000 when completions are above 100000 and used "
                  "with backoff limit per index");
    }
  }
}

void CheckIndexed(const Object& spec, const FieldPath& path, Violations& out) {
  const bool has_completions = IsSet(spec, "completions");
  if (!has_completions) {
    out.Required(path.Child("completions"), "when completion mode is Indexed");
  }
  const std::int64_t parallelism = IntOf(spec, "parallelism");
  if (parallelism > kIndexedParallelismMax) {
    out.Invalid(path.Child("parallelism"), parallelism,
                "must be less than or equal to 100000 when completion mode is Indexed");
  }
  const std::int64_t failures = IntOf(spec, "maxFailedIndexes");
  if (has_completions && failures > IntOf(spec, "completions")) {
    out.Invalid(path.Child("maxFailedIndexes"), failures,
                "must be less than or equal to completions");
  }
  if (failures > kIndexedFailuresMax) {
    out.Invalid(path.Child("maxFailedIndexes"), failures, "must be less than or equal to 100000");
  }
  CheckHighCompletions(spec, path, out);
}

void CheckExitCodes(const Object& codes, const std::set<std::string_view>& containers,
                    const FieldPath& path, Violations& out) {
  const std::string_view op = TextOf(codes, "operator");
  if (op.empty()) {
    out.Required(path.Child("operator"), "valid values: [\"In\" \"NotIn\"]");
  } else {
    CheckOneOf(op, {"In", "NotIn"}, path.Child("operator"), out);
  }
  if (IsSet(codes, "containerName") && !containers.contains(TextOf(codes, "containerName"))) {
    out.Invalid(path.Child("containerName"), TextOf(codes, "containerName"),
                "must be one of the container or initContainer names in the pod template");
  }
  const Array& values = ArrayOf(codes, "values");
  const FieldPath values_path = path.Child("values");
  if (values.empty()) {
    out.Invalid(values_path, IsSet(codes, "values") ? Value(values) : Value(),
                "at least one value is required");
  } else if (values.size() > kExitCodesMax) {
    out.TooMany(values_path, values.size(), kExitCodesMax);
  }
  std::set<std::int64_t> seen;
  bool ordered = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t code = values[i].is_int64() ? values[i].get_int64() : 0;
    if (op == "In" && code == 0) {
      out.Invalid(values_path.Index(i), code, "must not be 0 for the In operator");
    }
    if (!seen.insert(code).second) out.Duplicate(values_path.Index(i), code);
    if (i > 0 && values[i - 1].is_int64() && values[i - 1].get_int64() > code) ordered = false;
  }
  if (!ordered) out.Invalid(values_path, values, "must be ordered");
}

void CheckConditionPatterns(const Array& patterns, const FieldPath& path, Violations& out) {
  if (patterns.size() > kConditionPatternsMax) {
    out.TooMany(path, patterns.size(), kConditionPatternsMax);
  }
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const FieldPath pattern_path = path.Index(i);
    CheckQualified(TextOf(patterns[i], "type"), pattern_path.Child("type"), out);
    const std::string_view status = TextOf(patterns[i], "status");
    if (status.empty()) {
      out.Required(pattern_path.Child("status"), "valid values: [\"False\" \"True\" \"Unknown\"]");
    } else {
      CheckOneOf(status, {"False", "True", "Unknown"}, pattern_path.Child("status"), out);
    }
  }
}

void CheckFailureRule(const Object& rule, const Object& spec,
                      const std::set<std::string_view>& containers, const FieldPath& path,
                      Violations& out) {
  const std::string_view action = TextOf(rule, "action");
  if (action.empty()) {
    out.Required(path.Child("action"),
                 "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]");
  } else if (action == "FailIndex") {
    if (!IsSet(spec, "backoffLimitPerIndex")) {
      out.Invalid(path.Child("action"), action, "requires the backoffLimitPerIndex to be set");
    }
  } else {
    CheckOneOf(action, {"Count", "FailIndex", "FailJob", "Ignore"}, path.Child("action"), out);
  }
  const bool has_codes = IsSet(rule, "onExitCodes");
  const Array& conditions = ArrayOf(rule, "onPodConditions");
  if (has_codes) {
    CheckExitCodes(ObjectOf(rule, "onExitCodes"), containers, path.Child("onExitCodes"), out);
  }
  CheckConditionPatterns(conditions, path.Child("onPodConditions"), out);
  if (has_codes && !conditions.empty()) {
    out.InvalidWithoutValue(path,
                            "specifying both OnExitCodes and OnPodConditions is not supported");
  }
  if (!has_codes && conditions.empty()) {
    out.InvalidWithoutValue(path, "specifying one of OnExitCodes and OnPodConditions is required");
  }
}

void CheckFailurePolicy(const Object& spec, const FieldPath& path, Violations& out) {
  const Array& rules = ArrayOf(ObjectOf(spec, "podFailurePolicy"), "rules");
  const FieldPath rules_path = path.Child("rules");
  if (rules.size() > kFailureRulesMax) out.TooMany(rules_path, rules.size(), kFailureRulesMax);
  std::set<std::string_view> containers;
  const Object& pod_spec = ObjectOf(ObjectOf(spec, "template"), "spec");
  for (std::string_view list : {"containers", "initContainers"}) {
    for (const Value& container : ArrayOf(pod_spec, list)) {
      containers.insert(TextOf(container, "name"));
    }
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    CheckFailureRule(AsObject(rules[i]), spec, containers, rules_path.Index(i), out);
  }
}

void CheckSuccessRule(const Object& rule, std::int64_t completions, const FieldPath& path,
                      Violations& out) {
  const bool has_count = IsSet(rule, "succeededCount");
  const bool has_indexes = IsSet(rule, "succeededIndexes");
  if (!has_count && !has_indexes) {
    out.Required(path, "at least one of succeededCount or succeededIndexes must be specified");
  }
  JobIndexes indexes;
  if (has_indexes) {
    const FieldPath indexes_path = path.Child("succeededIndexes");
    const std::string_view text = TextOf(rule, "succeededIndexes");
    if (text.size() > kIndexesTextMax) out.TooLong(indexes_path, kIndexesTextMax);
    indexes = ReadJobIndexes(text, completions);
    if (!indexes.problem.empty()) {
      out.Invalid(indexes_path, text, "error parsing succeededIndexes: " + indexes.problem);
    }
  }
  if (!has_count) return;
  const FieldPath count_path = path.Child("succeededCount");
  const std::int64_t count = IntOf(rule, "succeededCount");
  CheckNonNegative(rule, "succeededCount", path, out);
  if (count > completions) {
    out.Invalid(count_path, count,
                "must be less than or equal to " + std::to_string(completions) +
                    " (the number of specified completions)");
  }
  if (has_indexes && count > indexes.count) {
    out.Invalid(count_path, count,
                "must be less than or equal to " + std::to_string(indexes.count) +
                    " (the number of indexes in the specified succeededIndexes field)");
  }
}

void CheckSuccessPolicy(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "successPolicy")) return;
  const Object& policy = ObjectOf(spec, "successPolicy");
  const FieldPath policy_path = path.Child("successPolicy");
  if (TextOf(spec, "completionMode") != "Indexed") {
    out.Invalid(policy_path, InternalForm("batch.SuccessPolicy", policy),
                "requires indexed completion mode");
    return;
  }
  const Array& rules = ArrayOf(policy, "rules");
  const FieldPath rules_path = policy_path.Child("rules");
  if (rules.empty()) {
    out.Required(rules_path,
                 "at least one rules must be specified when the successPolicy is specified");
  }
  if (rules.size() > kSuccessRulesMax) out.TooMany(rules_path, rules.size(), kSuccessRulesMax);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    CheckSuccessRule(AsObject(rules[i]), IntOf(spec, "completions"), rules_path.Index(i), out);
  }
}

void CheckRestartPolicy(const Object& spec, const FieldPath& path, Violations& out) {
  const FieldPath policy_path = path.Child("template.spec.restartPolicy");
  const std::string_view policy =
      TextOf(ObjectOf(ObjectOf(spec, "template"), "spec"), "restartPolicy");
  if (policy.empty() || policy == "Always") {
    out.Required(policy_path, "valid values: \"OnFailure\", \"Never\"");
  } else if (policy != "OnFailure" && policy != "Never") {
    out.NotSupported(policy_path, policy, {"OnFailure", "Never"});
  } else if (IsSet(spec, "podFailurePolicy") && policy != "Never") {
    out.Invalid(policy_path, policy,
                "only \"Never\" is supported when podFailurePolicy is specified");
  }
}

}  // namespace

void DefaultJobSpecTemplate(Object& job_spec) {
  DefaultPodTemplate(job_spec);
  if (Object* policy = IfObjectOf(job_spec, "podFailurePolicy")) {
    ForEachObject(*policy, "rules", [](Object& rule) {
      ForEachObject(rule, "onPodConditions",
                    [](Object& pattern) { FillText(pattern, "status", "True"); });
    });
  }
}

void CheckJobSpec(const Object& job_spec, const FieldPath& path, Violations& out) {
  for (std::string_view name :
       {"parallelism", "completions", "activeDeadlineSeconds", "backoffLimit",
        "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes"}) {
    CheckNonNegative(job_spec, name, path, out);
  }
  if (IsSet(job_spec, "maxFailedIndexes") && !IsSet(job_spec, "backoffLimitPerIndex")) {
    out.Required(path.Child("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
  }
  CheckManagedBy(job_spec, path, out);
  CheckOptionalOneOf(job_spec, "completionMode", {"NonIndexed", "Indexed"}, path, out);
  const std::string_view mode = TextOf(job_spec, "completionMode");
  if (mode == "Indexed") {
    CheckIndexed(job_spec, path, out);
  } else if (!IsSet(job_spec, "completionMode") || mode == "NonIndexed") {
    for (std::string_view name : {"backoffLimitPerIndex", "maxFailedIndexes"}) {
      if (IsSet(job_spec, name)) {
        out.Invalid(path.Child(name), job_spec.at(name), "requires indexed completion mode");
      }
    }
  }
  const bool has_failure_policy = IsSet(job_spec, "podFailurePolicy");
  if (has_failure_policy) CheckFailurePolicy(job_spec, path.Child("podFailurePolicy"), out);
  CheckSuccessPolicy(job_spec, path, out);
  if (has_failure_policy) {
    CheckOptionalOneOf(job_spec, "podReplacementPolicy", {"Failed"}, path, out);
  } else {
    CheckOptionalOneOf(job_spec, "podReplacementPolicy", {"Failed", "TerminatingOrFailed"}, path,
                       out);
  }
  CheckPodTemplate(ObjectOf(job_spec, "template"), path.Child("template"), out);
  CheckRestartPolicy(job_spec, path, out);
}

}  // namespace apiserver
