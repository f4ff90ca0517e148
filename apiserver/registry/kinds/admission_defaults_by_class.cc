// DefaultStorageClass, DefaultIngressClass, StorageObjectInUseProtection and
// PersistentVolumeClaimResize. Source: kubernetes/plugin/pkg/admission/storage and
// network/defaultingressclass, 1.36.
#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/admission_plugins.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/store/store.h"

namespace apiserver {
namespace {

const GroupResource kStorageClasses{"storage.k8s.io", "storageclasses"};
const GroupResource kIngressClasses{"networking.k8s.io", "ingressclasses"};
constexpr std::string_view kBetaClass = "volume.beta.kubernetes.io/storage-class";

// The newest class with one of `marks`, of equally new ones the first by name; "" when there is
// none.
std::string NewestDefault(const Store& store, const GroupResource& resource,
                          std::initializer_list<std::string_view> marks) {
  std::string chosen;
  std::string created;
  store.Visit(resource, {}, [&](const ObjectPtr& object) {
    const auto value = object->Peek();
    const Object& annotations = ObjectOf(ObjectOf(*value, "metadata"), "annotations");
    for (std::string_view mark : marks) {
      if (TextOf(annotations, mark) != "true") continue;
      // RFC 3339 texts of one zone compare as times; names come in order.
      if (chosen.empty() || object->meta().creation_timestamp > created) {
        chosen = object->meta().name;
        created = object->meta().creation_timestamp;
      }
      break;
    }
    return true;
  });
  return chosen;
}

class DefaultStorageClass final : public AdmissionPlugin {
 public:
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override {
    if (!IsWriteOf(request, "", "persistentvolumeclaims") ||
        request.operation != Operation::kCreate) {
      return std::nullopt;
    }
    Object& claim = object->get_object();
    Object& spec = EnsureObject(claim, "spec");
    const Object& annotations = ObjectOf(ObjectOf(claim, "metadata"), "annotations");
    if (IsSet(spec, "storageClassName") || annotations.contains(kBetaClass)) return std::nullopt;
    const std::string name = NewestDefault(request.context.store, kStorageClasses,
                                           {"storageclass.kubernetes.io/is-default-class",
                                            "storageclass.beta.kubernetes.io/is-default-class"});
    if (!name.empty()) spec["storageClassName"] = name;
    return std::nullopt;
  }
};

class DefaultIngressClass final : public AdmissionPlugin {
 public:
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override {
    if (!IsWriteOf(request, "networking.k8s.io", "ingresses") ||
        request.operation != Operation::kCreate) {
      return std::nullopt;
    }
    Object& ingress = object->get_object();
    Object& spec = EnsureObject(ingress, "spec");
    const Object& annotations = ObjectOf(ObjectOf(ingress, "metadata"), "annotations");
    if (IsSet(spec, "ingressClassName") || annotations.contains("kubernetes.io/ingress.class")) {
      return std::nullopt;
    }
    const std::string name = NewestDefault(request.context.store, kIngressClasses,
                                           {"ingressclass.kubernetes.io/is-default-class"});
    if (!name.empty()) spec["ingressClassName"] = name;
    return std::nullopt;
  }
};

class StorageObjectInUseProtection final : public AdmissionPlugin {
 public:
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override {
    if (request.operation != Operation::kCreate) return std::nullopt;
    std::string_view finalizer;
    if (IsWriteOf(request, "", "persistentvolumeclaims")) {
      finalizer = "kubernetes.io/pvc-protection";
    } else if (IsWriteOf(request, "", "persistentvolumes")) {
      finalizer = "kubernetes.io/pv-protection";
    } else if (IsWriteOf(request, "storage.k8s.io", "volumeattributesclasses")) {
      finalizer = "kubernetes.io/vac-protection";
    } else {
      return std::nullopt;
    }
    Object& meta = EnsureObject(object->get_object(), "metadata");
    Value& finalizers = meta["finalizers"];
    if (!finalizers.is_array()) finalizers.emplace_array();
    for (const Value& present : finalizers.get_array()) {
      if (AsText(present) == finalizer) return std::nullopt;
    }
    finalizers.get_array().push_back(Value(finalizer));
    return std::nullopt;
  }
};

Quantity AskedStorage(const Value& claim) {
  const Object& resources = ObjectOf(ObjectOf(claim, "spec"), "resources");
  const Value* value = ObjectOf(resources, "requests").if_contains("storage");
  if (value == nullptr) return {};
  const auto parsed = Quantity::FromJson(*value);
  return parsed.ok() ? parsed.value() : Quantity();
}

class ClaimResize final : public AdmissionPlugin {
 public:
  std::optional<ApiError> Validate(const AdmissionRequest& request, const Value* object) override {
    if (!IsWriteOf(request, "", "persistentvolumeclaims") ||
        request.operation != Operation::kUpdate || request.old_object == nullptr) {
      return std::nullopt;
    }
    if (AskedStorage(*object) <= AskedStorage(*request.old_object)) return std::nullopt;
    if (TextOf(ObjectOf(*request.old_object, "status"), "phase") != "Bound") {
      return AdmissionForbidden(request, object,
                                "Only bound persistent volume claims can be expanded");
    }
    if (AllowsResize(request, *object)) return std::nullopt;
    return AdmissionForbidden(request, object,
                              "only dynamically provisioned pvc can be resized and the "
                              "storageclass that provisions the pvc must support resize");
  }

 private:
  static bool AllowsResize(const AdmissionRequest& request, const Value& claim) {
    const Object& annotations = ObjectOf(ObjectOf(claim, "metadata"), "annotations");
    std::string name(TextOf(annotations, kBetaClass));
    if (name.empty()) name = TextOf(ObjectOf(claim, "spec"), "storageClassName");
    if (name.empty()) return false;
    const auto found = FindObject(request, kStorageClasses, {"", name});
    return found != nullptr && FlagOf(AsObject(*found), "allowVolumeExpansion");
  }
};

}  // namespace

std::unique_ptr<AdmissionPlugin> MakeDefaultStorageClass() {
  return std::make_unique<DefaultStorageClass>();
}

std::unique_ptr<AdmissionPlugin> MakeDefaultIngressClass() {
  return std::make_unique<DefaultIngressClass>();
}

std::unique_ptr<AdmissionPlugin> MakeStorageObjectInUseProtection() {
  return std::make_unique<StorageObjectInUseProtection>();
}

std::unique_ptr<AdmissionPlugin> MakeClaimResize() { return std::make_unique<ClaimResize>(); }

}  // namespace apiserver
