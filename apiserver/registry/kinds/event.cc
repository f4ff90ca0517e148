// Events, stored in the core form. Source: kubernetes/pkg/apis/core/validation/events.go and
// pkg/registry/core/event, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

constexpr std::string_view kEventsGroup = "events.k8s.io";
constexpr std::size_t kReportingInstanceMax = 128;
constexpr std::size_t kActionMax = 128;
constexpr std::size_t kReasonMax = 128;
constexpr std::size_t kNoteMax = 1024;

// {core, events.k8s.io}
struct Renamed {
  std::string_view core;
  std::string_view events;
};
constexpr Renamed kRenamed[] = {{"involvedObject", "regarding"},
                                {"message", "note"},
                                {"source", "deprecatedSource"},
                                {"firstTimestamp", "deprecatedFirstTimestamp"},
                                {"lastTimestamp", "deprecatedLastTimestamp"},
                                {"count", "deprecatedCount"},
                                {"reportingComponent", "reportingController"}};

void Rename(Object& object, std::string_view from, std::string_view to) {
  Value* member = object.if_contains(from);
  if (member == nullptr) return;
  Value value = std::move(*member);
  object.erase(from);
  object[to] = std::move(value);
}

void ToStorage(std::string_view group, std::string_view, Object& object) {
  if (group != kEventsGroup) return;
  for (const Renamed& pair : kRenamed) Rename(object, pair.events, pair.core);
}

void FromStorage(std::string_view group, std::string_view, Object& object) {
  if (group != kEventsGroup) return;
  for (const Renamed& pair : kRenamed) Rename(object, pair.core, pair.events);
}

void CheckNamespace(const Object& object, Violations& out) {
  const FieldPath path("involvedObject.namespace");
  const std::string_view own = TextOf(ObjectOf(object, "metadata"), "namespace");
  const std::string_view involved = TextOf(ObjectOf(object, "involvedObject"), "namespace");
  if (involved.empty()) {
    if (!own.empty() && own != "default" && own != "kube-system") {
      out.Invalid(path, involved, "does not match event.namespace");
    }
  } else if (own != involved) {
    out.Invalid(path, involved, "does not match event.namespace");
  }
}

void CheckLength(const Object& object, std::string_view name, std::size_t max, Violations& out) {
  if (TextOf(object, name).size() <= max) return;
  out.Invalid(FieldPath(name), "", "can have at most " + std::to_string(max) + " characters");
}

// Events that carry an eventTime are of the newer, stricter kind.
void CheckNewStyle(const Object& object, Violations& out) {
  const FieldPath root("");
  const std::string_view component = TextOf(object, "reportingComponent");
  if (component.empty()) out.Required(root.Child("reportingComponent"));
  CheckQualified(component, root.Child("reportingComponent"), out);
  CheckRequiredText(object, "reportingInstance", root, out);
  CheckLength(object, "reportingInstance", kReportingInstanceMax, out);
  CheckRequiredText(object, "action", root, out);
  CheckLength(object, "action", kActionMax, out);
  CheckRequiredText(object, "reason", root, out);
  CheckLength(object, "reason", kReasonMax, out);
  CheckLength(object, "message", kNoteMax, out);
}

void Validate(const Object& object, Violations& out) {
  CheckNamespace(object, out);
  if (IsSet(object, "eventTime")) CheckNewStyle(object, out);
}

void ValidateUpdate(const Object& object, const Object& old, Violations& out) {
  Validate(object, out);
  if (!IsSet(old, "eventTime") && !IsSet(object, "eventTime")) return;
  const FieldPath root("");
  for (std::string_view name :
       {"involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count",
        "related", "reportingComponent", "reportingInstance", "action", "eventTime", "type"}) {
    if (name == "count" || name == "firstTimestamp" || name == "lastTimestamp") continue;
    CheckImmutable(object, old, name, root, out);
  }
}

constexpr std::string_view kLabels[] = {"involvedObject.kind",
                                        "involvedObject.namespace",
                                        "involvedObject.name",
                                        "involvedObject.uid",
                                        "involvedObject.apiVersion",
                                        "involvedObject.resourceVersion",
                                        "involvedObject.fieldPath",
                                        "reason",
                                        "reportingComponent",
                                        "source",
                                        "type"};

std::string FieldValue(const Object& object, std::string_view label) {
  constexpr std::string_view kInvolved = "involvedObject.";
  if (label.starts_with(kInvolved)) {
    return std::string(TextOf(ObjectOf(object, "involvedObject"), label.substr(kInvolved.size())));
  }
  if (label == "source") {
    const std::string_view source = TextOf(ObjectOf(object, "source"), "component");
    return std::string(source.empty() ? TextOf(object, "reportingComponent") : source);
  }
  return std::string(TextOf(object, label));
}

std::string CanonicalLabel(std::string_view group, std::string_view label) {
  if (group != kEventsGroup) return std::string(label);
  constexpr std::string_view kRegarding = "regarding.";
  if (label.starts_with(kRegarding)) {
    return "involvedObject." + std::string(label.substr(kRegarding.size()));
  }
  if (label == "reportingController") return "reportingComponent";
  // The core spellings are not known in this group.
  if (label.starts_with("involvedObject.") || label == "reportingComponent") return {};
  return std::string(label);
}

std::string UnknownLabelText(std::string_view, std::string_view label) {
  return "field label not supported: " + std::string(label);
}

}  // namespace

const KindRules kEventRules{.group = "",
                            .resource = "events",
                            .to_storage = ToStorage,
                            .from_storage = FromStorage,
                            .validate = Validate,
                            .validate_update = ValidateUpdate,
                            .allow_create_on_update = true,
                            .field_labels = kLabels,
                            .field_value = FieldValue,
                            .canonical_label = CanonicalLabel,
                            .unknown_label_text = UnknownLabelText};

}  // namespace apiserver
