// PriorityClasses. Source: kubernetes/pkg/apis/scheduling, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

constexpr std::int64_t kUserValueMax = 1'000'000'000;

void Default(Object& object) { FillPointer(object, "preemptionPolicy", "PreemptLowerPriority"); }

bool IsSystemClass(std::string_view name, std::int64_t value) {
  return (name == "system-node-critical" && value == 2'000'001'000) ||
         (name == "system-cluster-critical" && value == 2'000'000'000);
}

void Validate(const Object& object, Violations& out) {
  const std::string_view name = TextOf(ObjectOf(object, "metadata"), "name");
  const std::int64_t value = IntOf(object, "value");
  if (name.starts_with("system-")) {
    if (!IsSystemClass(name, value)) {
      out.Forbidden(FieldPath("metadata.name"),
                    "priority class names with 'system-' prefix are reserved for system use only. "
                    "error: " +
                        std::string(name) + " is not a known system priority class");
    }
  } else if (value > kUserValueMax) {
    out.Forbidden(FieldPath("value"),
                  "maximum allowed value of a user defined priority is 1000000000");
  }
  if (IsSet(object, "preemptionPolicy") && TextOf(object, "preemptionPolicy").empty()) {
    out.Required(FieldPath("preemptionPolicy"));
  } else {
    CheckOptionalOneOf(object, "preemptionPolicy", {"PreemptLowerPriority", "Never"}, FieldPath(""),
                       out);
  }
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  if (IntOf(object, "value") != IntOf(old, "value")) {
    out.Forbidden(FieldPath("value"), "may not be changed in an update.");
  }
  CheckImmutable(object, old, "preemptionPolicy", FieldPath(""), out);
}

void PrepareCreate(const StrategyContext&, Object& object) {
  EnsureObject(object, "metadata")["generation"] = 1;
}

std::optional<ApiError> RefuseDelete(const Object& object) {
  const std::string_view name = TextOf(ObjectOf(object, "metadata"), "name");
  if (name != "system-node-critical" && name != "system-cluster-critical") return std::nullopt;
  return ForbiddenError({"scheduling.k8s.io", "priorityclasses"}, name,
                        "this is a system priority class and cannot be deleted");
}

}  // namespace

const KindRules kPriorityClassRules{.group = "scheduling.k8s.io",
                                    .resource = "priorityclasses",
                                    .defaults = Default,
                                    .prepare_create = PrepareCreate,
                                    .validate = Validate,
                                    .validate_update = ValidateUpdate,
                                    .refuse_delete = RefuseDelete};

}  // namespace apiserver
