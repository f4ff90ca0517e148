// resource.k8s.io: claims, templates, classes and slices. Source: kubernetes/pkg/apis/resource and
// pkg/registry/resource, 1.36.
#include "apiserver/api/time_format.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/device_checks.h"
#include "apiserver/registry/kinds/fields.h"

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

void PrepareSlice(const StrategyContext& context, Object& object) {
  FillTaintTimes(context, object);
}
void PrepareSliceUpdate(const StrategyContext& context, Object& object, const Object&) {
  FillTaintTimes(context, object);
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
                             .validate_update = ValidateResourceClaimStatus,
                             .reset = kStatusReset};
constexpr const KindRules* kClaimParts[] = {&kClaimStatus};

}  // namespace

const KindRules kResourceClaimRules{.group = kGroup,
                                    .resource = "resourceclaims",
                                    .defaults = DefaultClaim,
                                    .has_status = true,
                                    .validate = ValidateResourceClaim,
                                    .validate_update = ValidateResourceClaimUpdate,
                                    .update_metadata = UpdateMetadata::kCreateAndUpdate,
                                    .answers_deleted_object = true,
                                    .subresources = kClaimParts};
const KindRules kResourceClaimTemplateRules{.group = kGroup,
                                            .resource = "resourceclaimtemplates",
                                            .defaults = DefaultTemplate,
                                            .validate = ValidateResourceClaimTemplate,
                                            .validate_update = ValidateResourceClaimTemplateUpdate,
                                            .update_metadata = UpdateMetadata::kCreateAndUpdate,
                                            .answers_deleted_object = true};
const KindRules kDeviceClassRules{.group = kGroup,
                                  .resource = "deviceclasses",
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
