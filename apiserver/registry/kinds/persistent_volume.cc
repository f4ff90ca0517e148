// PersistentVolumes. Source: kubernetes/pkg/apis/core and pkg/registry/core/persistentvolume, 1.36.
#include "apiserver/api/time_format.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/object_warnings.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/volume_spec.h"

namespace apiserver {
namespace {

void Default(Object& object) {
  Object& spec = EnsureObject(object, "spec");
  DefaultResourceList(spec, "capacity");
  DefaultSharedVolumeSource(spec);
  FillText(spec, "persistentVolumeReclaimPolicy", "Retain");
  FillPointer(spec, "volumeMode", "Filesystem");
  FillText(EnsureObject(object, "status"), "phase", "Pending");
}

void PrepareCreate(const StrategyContext& context, Object& object) {
  Object& status = object["status"].emplace_object();
  status["phase"] = "Pending";
  status["lastPhaseTransitionTime"] = FormatTime(context.now);
}

void PrepareStatusUpdate(const StrategyContext& context, Object& object, const Object& old) {
  constexpr std::string_view kTime = "lastPhaseTransitionTime";
  Object& status = EnsureObject(object, "status");
  const Object& old_status = ObjectOf(old, "status");
  const bool same_phase = TextOf(status, "phase") == TextOf(old_status, "phase");
  if (same_phase && !IsSet(status, kTime)) {
    if (IsSet(old_status, kTime)) status[kTime] = old_status.at(kTime);
  } else if (!same_phase &&
             (!IsSet(status, kTime) || TextOf(status, kTime) == TextOf(old_status, kTime))) {
    status[kTime] = FormatTime(context.now);
  }
}

void Warn(const Object& object, const Object*, std::vector<std::string>& out) {
  WarnOfVolume(object, out);
}

const KindRules kStatus{.group = "",
                        .resource = "persistentvolumes",
                        .subresource = "status",
                        .prepare_update = PrepareStatusUpdate};
constexpr const KindRules* kParts[] = {&kStatus};

}  // namespace

const KindRules kPersistentVolumeRules{.group = "",
                                       .resource = "persistentvolumes",
                                       .defaults = Default,
                                       .has_status = true,
                                       .prepare_create = PrepareCreate,
                                       .validate = ValidatePersistentVolume,
                                       .validate_update = ValidatePersistentVolumeUpdate,
                                       .warn = Warn,
                                       .update_metadata = UpdateMetadata::kCreateTwice,
                                       .answers_deleted_object = true,
                                       .subresources = kParts};

}  // namespace apiserver
