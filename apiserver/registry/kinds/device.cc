// resource.k8s.io: claims, templates, classes and slices. Source: kubernetes/pkg/apis/resource and
// pkg/registry/resource, 1.36.
#include <algorithm>

#include "apiserver/api/time_format.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/device_checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/store/store.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "resource.k8s.io";

void DefaultTolerations(Object& request) {
  ForEachObject(request, "tolerations",
                [](Object& toleration) { FillText(toleration, "operator", "Equal"); });
}

void DefaultCount(Object& request) {
  FillText(request, "allocationMode", "ExactCount");
  if (TextOf(request, "allocationMode") == "ExactCount") FillInt(request, "count", 1);
  DefaultTolerations(request);
}

void DefaultClaimSpec(Object& spec) {
  Object* devices = IfObjectOf(spec, "devices");
  if (devices == nullptr) return;
  ForEachObject(*devices, "requests", [](Object& request) {
    if (Object* exactly = IfObjectOf(request, "exactly")) DefaultCount(*exactly);
    ForEachObject(request, "firstAvailable", DefaultCount);
  });
}

void CanonicalizeDevices(Object& spec) {
  if (Object* devices = IfObjectOf(spec, "devices")) StoreEmptyAsNull(*devices, "requests");
}
void CanonicalizeClaim(Object& object) { CanonicalizeDevices(EnsureObject(object, "spec")); }
void CanonicalizeTemplate(Object& object) {
  CanonicalizeDevices(EnsureObject(EnsureObject(object, "spec"), "spec"));
}

void DefaultClaim(Object& object) { DefaultClaimSpec(EnsureObject(object, "spec")); }

void DefaultTemplate(Object& object) {
  DefaultClaimSpec(EnsureObject(EnsureObject(object, "spec"), "spec"));
}

void FillTaintTimes(const StrategyContext& context, Object& object) {
  ForEachObject(EnsureObject(object, "spec"), "devices", [&](Object& device) {
    ForEachObject(device, "taints", [&](Object& taint) {
      if (!IsSet(taint, "timeAdded")) taint["timeAdded"] = FormatTime(context.now);
    });
  });
}

// Fields behind feature gates that are off.
void DropGated(Object& object) {
  ForEachObject(EnsureObject(object, "spec"), "devices", [](Object& device) {
    device.erase("nodeAllocatableResourceMappings");
    Object* attributes = IfObjectOf(device, "attributes");
    if (attributes == nullptr) return;
    for (auto& attribute : *attributes) {
      Object* values = attribute.value().if_object();
      if (values == nullptr) continue;
      for (std::string_view name : {"ints", "bools", "strings", "versions"}) values->erase(name);
    }
  });
}

void PrepareSlice(const StrategyContext& context, Object& object) {
  FillTaintTimes(context, object);
  DropGated(object);
}
void PrepareSliceUpdate(const StrategyContext& context, Object& object, const Object&) {
  FillTaintTimes(context, object);
  DropGated(object);
}

// The status of a device goes with its allocation.
void PrepareClaimStatus(const StrategyContext&, Object& object, const Object& old) {
  const auto is_allocated = [](const Object& claim, const Value& device) {
    const Object& allocation = ObjectOf(ObjectOf(claim, "status"), "allocation");
    const Array& results = ArrayOf(ObjectOf(allocation, "devices"), "results");
    return std::any_of(results.begin(), results.end(), [&](const Value& result) {
      for (std::string_view name : {"driver", "pool", "device", "shareID"}) {
        if (TextOf(result, name) != TextOf(device, name)) return false;
      }
      return true;
    });
  };
  Object* status = IfObjectOf(object, "status");
  Array* devices = status == nullptr ? nullptr : IfArrayOf(*status, "devices");
  if (devices == nullptr) return;
  Array kept;
  for (const Value& device : *devices) {
    if (!is_allocated(old, device) || is_allocated(object, device)) kept.push_back(device);
  }
  if (kept.empty()) {
    status->erase("devices");
  } else {
    *devices = std::move(kept);
  }
}

constexpr std::string_view kAdminLabel = "resource.kubernetes.io/admin-access";

// Administrators use devices that others have only from namespaces that are theirs.
void CheckAdminNamespace(const StrategyContext& context, const FieldPath& path, Violations& out) {
  const ObjectPtr found = context.store.Find({"", "namespaces"}, {"", context.info.namespace_});
  std::string label;
  if (found != nullptr) {
    const Value* labels = FindPath(*found->Peek(), {"metadata", "labels"});
    if (labels != nullptr) label = TextOf(*labels, kAdminLabel);
  }
  if (label == "true") return;
  out.Forbidden(path, "admin access to devices requires the `" + std::string(kAdminLabel) +
                          ": true` label on the containing namespace");
}

void CheckAdminRequests(const StrategyContext& context, const Object& spec, Violations& out) {
  const FieldPath path("spec.devices.requests");
  std::size_t index = 0;
  for (const Value& request : ArrayOf(ObjectOf(spec, "devices"), "requests")) {
    const FieldPath item_path = path.Index(index++);
    if (!FlagOf(ObjectOf(request, "exactly"), "adminAccess")) continue;
    CheckAdminNamespace(context, item_path.Child("adminAccess"), out);
    return;
  }
}

void CheckClaimRequest(const StrategyContext& context, const Object& object, const Object* old,
                       Violations& out) {
  if (old == nullptr) CheckAdminRequests(context, ObjectOf(object, "spec"), out);
}

void CheckTemplateRequest(const StrategyContext& context, const Object& object, const Object* old,
                          Violations& out) {
  if (old != nullptr) return;
  CheckAdminRequests(context, ObjectOf(ObjectOf(object, "spec"), "spec"), out);
}

// The first result that is allocated with administrators' rights, or -1.
int AdminResult(const Object& object) {
  const Object& allocation = ObjectOf(ObjectOf(object, "status"), "allocation");
  const Array& results = ArrayOf(ObjectOf(allocation, "devices"), "results");
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (FlagOf(AsObject(results[i]), "adminAccess")) return static_cast<int>(i);
  }
  return -1;
}

void CheckStatusRequest(const StrategyContext& context, const Object& object, const Object* old,
                        Violations& out) {
  const int index = AdminResult(object);
  if (index < 0 || (old != nullptr && AdminResult(*old) >= 0)) return;
  const FieldPath path("status.allocation.devices.results");
  const FieldPath item_path = path.Index(static_cast<std::size_t>(index));
  CheckAdminNamespace(context, item_path.Child("adminAccess"), out);
}

constexpr std::string_view kSliceLabels[] = {"spec.nodeName", "spec.driver"};
std::string SliceField(const Object& object, std::string_view label) {
  return std::string(
      TextOf(ObjectOf(object, "spec"), label.substr(std::string_view("spec.").size())));
}
std::string UnknownSliceLabel(std::string_view, std::string_view label) {
  return "field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: " +
         std::string(label);
}

constexpr std::string_view kStatusReset[] = {"metadata", "spec"};
const KindRules kClaimStatus{.group = kGroup,
                             .resource = "resourceclaims",
                             .subresource = "status",
                             .prepare_update = PrepareClaimStatus,
                             .authorize = CheckStatusRequest,
                             .validate_update = ValidateResourceClaimStatus,
                             .reset = kStatusReset};
constexpr const KindRules* kClaimParts[] = {&kClaimStatus};

}  // namespace

const KindRules kResourceClaimRules{.group = kGroup,
                                    .resource = "resourceclaims",
                                    .defaults = DefaultClaim,
                                    .has_status = true,
                                    .canonicalize = CanonicalizeClaim,
                                    .validate = ValidateResourceClaim,
                                    .authorize = CheckClaimRequest,
                                    .validate_update = ValidateResourceClaimUpdate,
                                    .update_metadata = UpdateMetadata::kCreateAndUpdate,
                                    .answers_deleted_object = true,
                                    .subresources = kClaimParts};
const KindRules kResourceClaimTemplateRules{.group = kGroup,
                                            .resource = "resourceclaimtemplates",
                                            .defaults = DefaultTemplate,
                                            .canonicalize = CanonicalizeTemplate,
                                            .validate = ValidateResourceClaimTemplate,
                                            .authorize = CheckTemplateRequest,
                                            .validate_update = ValidateResourceClaimTemplateUpdate,
                                            .update_metadata = UpdateMetadata::kCreateAndUpdate,
                                            .answers_deleted_object = true};
const KindRules kDeviceClassRules{.group = kGroup,
                                  .resource = "deviceclasses",
                                  .name_rule = NameRule::kLongName,
                                  .generation = GenerationRule::kSpec,
                                  .validate = ValidateDeviceClass,
                                  .validate_update = ValidateDeviceClassUpdate,
                                  .update_metadata = UpdateMetadata::kCreateAndUpdate,
                                  .answers_deleted_object = true};
const KindRules kResourceSliceRules{.group = kGroup,
                                    .resource = "resourceslices",
                                    .generation = GenerationRule::kSpec,
                                    .prepare_create = PrepareSlice,
                                    .prepare_update = PrepareSliceUpdate,
                                    .validate = ValidateResourceSlice,
                                    .validate_update = ValidateResourceSliceUpdate,
                                    .answers_deleted_object = true,
                                    .field_labels = kSliceLabels,
                                    .field_value = SliceField,
                                    .unknown_label_text = UnknownSliceLabel};

}  // namespace apiserver
