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

// Upstream answers each group in its own words, and only the newer one strictly.
bool IsStrict(const StrategyContext& context) { return context.info.group == kEventsGroup; }

void CheckLength(const Object& object, std::string_view name, std::size_t max, Violations& out) {
  if (TextOf(object, name).size() <= max) return;
  out.Invalid(FieldPath(name), "", "can have at most " + std::to_string(max) + " characters");
}

// Events that carry an eventTime are of the newer kind.
void CheckNewStyle(const Object& object, std::string_view controller_field, Violations& out) {
  const FieldPath root("");
  const std::string_view component = TextOf(object, "reportingComponent");
  if (component.empty()) out.Required(root.Child(controller_field));
  CheckQualified(component, root.Child(controller_field), out);
  CheckRequiredText(object, "reportingInstance", root, out);
  CheckLength(object, "reportingInstance", kReportingInstanceMax, out);
  CheckRequiredText(object, "action", root, out);
  CheckLength(object, "action", kActionMax, out);
  CheckRequiredText(object, "reason", root, out);
  CheckLength(object, "reason", kReasonMax, out);
  CheckLength(object, "message", kNoteMax, out);
}

void CheckAlways(const StrategyContext& context, const Object& object, Violations& out) {
  const bool is_new = IsSet(object, "eventTime");
  const std::string_view own = TextOf(ObjectOf(object, "metadata"), "namespace");
  const std::string_view involved = TextOf(ObjectOf(object, "involvedObject"), "namespace");
  const bool agrees = involved.empty()
                          ? own.empty() || own == "default" || (is_new && own == "kube-system")
                          : is_new || own == involved;
  if (!agrees) {
    out.Invalid(FieldPath("involvedObject.namespace"), involved, "does not match event.namespace");
  }
  if (is_new) {
    CheckNewStyle(object, IsStrict(context) ? "reportingController" : "reportingComponent", out);
  }
  CheckDnsSubdomain(own, FieldPath("namespace"), out);
}

void CheckSeries(const Object& object, Violations& out) {
  if (!IsSet(object, "series")) return;
  const Object& series = ObjectOf(object, "series");
  if (IntOf(series, "count") < 2) {
    out.Invalid(FieldPath("series.count"), "", "should be at least 2");
  }
  if (!IsSet(series, "lastObservedTime")) out.Required(FieldPath("series.lastObservedTime"));
}

void CheckStrictCreation(const Object& object, Violations& out) {
  CheckSeries(object, out);
  if (!IsSet(object, "eventTime")) out.Required(FieldPath("eventTime"));
  const std::string_view type = TextOf(object, "type");
  if (type != "Normal" && type != "Warning") {
    out.Invalid(FieldPath("type"), "", "has invalid value: " + std::string(type));
  }
  const Object& source = ObjectOf(object, "source");
  const bool has_source = !TextOf(source, "component").empty() || !TextOf(source, "host").empty();
  const auto refuse = [&](std::string_view name) {
    out.Invalid(FieldPath(name), "", "needs to be unset");
  };
  if (IsSet(object, "firstTimestamp")) refuse("firstTimestamp");
  if (IsSet(object, "lastTimestamp")) refuse("lastTimestamp");
  if (IntOf(object, "count") != 0) refuse("count");
  if (has_source) refuse("source");
}

void CheckStrictUpdate(const Object& object, const Object& old, Violations& out) {
  const FieldPath root("");
  if (!SameMember(object, old, "series")) CheckSeries(object, out);
  CheckImmutableStruct("core.ObjectReference", object, old, "involvedObject", root, out);
  CheckImmutableText(object, old, "reason", root, out);
  CheckImmutableText(object, old, "message", root, out);
  CheckImmutableStruct("core.EventSource", object, old, "source", root, out);
  for (std::string_view name : {"firstTimestamp", "lastTimestamp", "count"}) {
    CheckImmutable(object, old, name, root, out);
  }
  CheckImmutableText(object, old, "reason", root, out);
  CheckImmutableText(object, old, "type", root, out);
  CheckImmutable(object, old, "eventTime", root, out);
  CheckImmutableText(object, old, "action", root, out);
  CheckImmutableStruct("core.ObjectReference", object, old, "related", root, out);
  if (!SameMember(object, old, "reportingComponent")) {
    out.Invalid(root.Child("reportingController"), TextOf(object, "reportingComponent"),
                kFieldImmutable);
  }
  CheckImmutableText(object, old, "reportingInstance", root, out);
}

void ValidateRequest(const StrategyContext& context, const Object& object, const Object* old,
                     Violations& out) {
  CheckAlways(context, object, out);
  if (!IsStrict(context)) return;
  if (old == nullptr) {
    CheckStrictCreation(object, out);
  } else {
    CheckStrictUpdate(object, *old, out);
  }
}

UpdateMetadata UpdateMetadataOf(std::string_view group) {
  return group == kEventsGroup ? UpdateMetadata::kUpdate : UpdateMetadata::kNone;
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

constexpr std::string_view kMetadataLastIn[] = {""};

}  // namespace

const KindRules kEventRules{.group = "",
                            .resource = "events",
                            .to_storage = ToStorage,
                            .from_storage = FromStorage,
                            .validate_request = ValidateRequest,
                            .metadata_last_in = kMetadataLastIn,
                            .update_metadata_of = UpdateMetadataOf,
                            .allow_create_on_update = true,
                            .field_labels = kLabels,
                            .field_value = FieldValue,
                            .canonical_label = CanonicalLabel};

}  // namespace apiserver
