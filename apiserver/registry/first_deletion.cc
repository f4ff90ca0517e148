#include "apiserver/registry/first_deletion.h"

#include "apiserver/api/time_format.h"
#include "apiserver/registry/custom/conditions.h"

namespace apiserver {
namespace {

ApiError PreconditionFailed(const GroupResource& resource, const StoredObject& live,
                            std::string_view what, const std::string& asked,
                            const std::string& present) {
  return ConflictError(resource, live.meta().name,
                       "Precondition failed: " + std::string(what) + " in precondition: " + asked +
                           ", " + std::string(what) + " in object meta: " + present);
}

std::optional<ApiError> Check(const GroupResource& resource, const StoredObject& live,
                              const DeleteRequestOptions& options) {
  if (options.uid && *options.uid != live.meta().uid) {
    return PreconditionFailed(resource, live, "UID", *options.uid, live.meta().uid);
  }
  const std::string revision = std::to_string(live.meta().revision);
  if (options.resource_version && *options.resource_version != revision) {
    return PreconditionFailed(resource, live, "ResourceVersion", *options.resource_version,
                              revision);
  }
  return std::nullopt;
}

void AddFinalizer(Value& object, std::string_view name) {
  Object& metadata = EnsureObject(object, "metadata");
  Value& finalizers = metadata["finalizers"];
  if (!finalizers.is_array()) finalizers.emplace_array();
  for (const Value& present : finalizers.get_array()) {
    if (present.is_string() && std::string_view(present.get_string()) == name) return;
  }
  finalizers.get_array().emplace_back(name);
}

class NamespaceDeletion final : public FirstDeletion {
 public:
  std::optional<ApiError> CheckPreconditions(const StoredObject& live,
                                             const DeleteRequestOptions& options) const override {
    return Check({"", "namespaces"}, live, options);
  }
  void Mark(const StrategyContext& context, Value& object,
            const DeleteRequestOptions& options) const override {
    EnsureObject(object, "metadata")["deletionTimestamp"] = FormatTime(context.now);
    EnsureObject(object, "status")["phase"] = "Terminating";
    if (options.propagation == PropagationPolicy::kOrphan ||
        options.orphan_dependents.value_or(false)) {
      AddFinalizer(object, "orphan");
    }
    if (options.propagation == PropagationPolicy::kForeground ||
        !options.orphan_dependents.value_or(true)) {
      AddFinalizer(object, "foregroundDeletion");
    }
  }
  bool IsHeld(const Value& object) const override {
    const Value* finalizers = FindPath(object, {"spec", "finalizers"});
    return finalizers != nullptr && finalizers->is_array() && !finalizers->get_array().empty();
  }
};

class DefinitionDeletion final : public FirstDeletion {
 public:
  std::optional<ApiError> CheckPreconditions(const StoredObject& live,
                                             const DeleteRequestOptions& options) const override {
    return Check({"apiextensions.k8s.io", "customresourcedefinitions"}, live, options);
  }
  void Mark(const StrategyContext& context, Value& object,
            const DeleteRequestOptions&) const override {
    EnsureObject(object, "metadata")["deletionTimestamp"] = FormatTime(context.now);
    AddFinalizer(object, "customresourcecleanup.apiextensions.k8s.io");
    SetCondition(
        object,
        {"Terminating", "True", "InstanceDeletionPending",
         "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"},
        context.now);
  }
  bool IsHeld(const Value&) const override { return false; }
};

}  // namespace

const FirstDeletion* FindFirstDeletion(const GroupResource& resource) {
  static const NamespaceDeletion kNamespaces;
  static const DefinitionDeletion kDefinitions;
  if (resource == GroupResource{"", "namespaces"}) return &kNamespaces;
  if (resource == GroupResource{"apiextensions.k8s.io", "customresourcedefinitions"})
    return &kDefinitions;
  return nullptr;
}

}  // namespace apiserver
