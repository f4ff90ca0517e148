// RuntimeClass: its overhead and scheduling become the pod's.
// Source: kubernetes/plugin/pkg/admission/runtimeclass, 1.36.
#include "apiserver/registry/kinds/admission_plugins.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

const GroupResource kClasses{"node.k8s.io", "runtimeclasses"};

class RuntimeClassAdmission final : public AdmissionPlugin {
 public:
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override {
    if (!IsPodCreate(request)) return std::nullopt;
    Object& spec = EnsureObject(object->get_object(), "spec");
    if (!IsSet(spec, "runtimeClassName")) return std::nullopt;
    const std::string name(TextOf(spec, "runtimeClassName"));
    const auto found = FindObject(request, kClasses, {"", name});
    if (found == nullptr) {
      return AdmissionForbidden(request, object,
                                "pod rejected: RuntimeClass \"" + name + "\" not found");
    }
    const Object& overhead = ObjectOf(*found, "overhead");
    if (IsSet(*found, "overhead")) {
      const Object& fixed = ObjectOf(overhead, "podFixed");
      if (!ObjectOf(spec, "overhead").empty() &&
          !SameExcept(ObjectOf(spec, "overhead"), fixed, {})) {
        return AdmissionForbidden(request, object,
                                  "pod rejected: Pod's Overhead doesn't match RuntimeClass's "
                                  "defined Overhead");
      }
      spec["overhead"] = fixed;
    }
    if (!IsSet(*found, "scheduling")) return std::nullopt;
    return Schedule(request, object, ObjectOf(*found, "scheduling"), spec);
  }

  std::optional<ApiError> Validate(const AdmissionRequest& request, const Value* object) override {
    if (!IsPodCreate(request)) return std::nullopt;
    const Object& spec = ObjectOf(*object, "spec");
    if (!IsSet(spec, "overhead")) return std::nullopt;
    const auto found =
        FindObject(request, kClasses, {"", std::string(TextOf(spec, "runtimeClassName"))});
    if (found != nullptr && IsSet(*found, "overhead")) return std::nullopt;
    return AdmissionForbidden(request, object,
                              "pod rejected: Pod Overhead set without corresponding RuntimeClass "
                              "defined Overhead");
  }

 private:
  static bool IsPodCreate(const AdmissionRequest& request) {
    return IsWriteOf(request, "", "pods") && request.operation == Operation::kCreate;
  }

  static std::optional<ApiError> Schedule(const AdmissionRequest& request, const Value* object,
                                          const Object& scheduling, Object& spec) {
    const Object& wanted = ObjectOf(scheduling, "nodeSelector");
    if (!wanted.empty()) {
      Object& selector = EnsureObject(spec, "nodeSelector");
      for (const auto& label : wanted) {
        const Value* own = selector.if_contains(label.key());
        if (own != nullptr && *own != label.value()) {
          const std::string key(label.key());
          return AdmissionForbidden(request, object,
                                    "conflict: runtimeClass.scheduling.nodeSelector[" + key +
                                        "] = " + std::string(AsText(label.value())) +
                                        "; pod.spec.nodeSelector[" + key +
                                        "] = " + std::string(AsText(*own)));
        }
        selector[label.key()] = label.value();
      }
    }
    const Array& tolerations = ArrayOf(scheduling, "tolerations");
    if (tolerations.empty()) return std::nullopt;
    Value& merged = spec["tolerations"];
    if (!merged.is_array()) merged.emplace_array();
    for (const Value& toleration : tolerations) {
      bool present = false;
      for (const Value& own : merged.get_array()) {
        present = present || SemanticEqual(&own, &toleration);
      }
      if (!present) merged.get_array().push_back(toleration);
    }
    return std::nullopt;
  }
};

}  // namespace

std::unique_ptr<AdmissionPlugin> MakeRuntimeClassAdmission() {
  return std::make_unique<RuntimeClassAdmission>();
}

}  // namespace apiserver
