// Priority: a pod's priority is its class's number. Source:
// kubernetes/plugin/pkg/admission/priority, 1.36.
#include "apiserver/registry/kinds/admission_plugins.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/store/store.h"

namespace apiserver {
namespace {

const GroupResource kClasses{"scheduling.k8s.io", "priorityclasses"};

struct PriorityOfClass {
  std::string name;
  std::int64_t value = 0;
  std::string preemption = "PreemptLowerPriority";
};

PriorityOfClass Read(const Object& object) {
  PriorityOfClass read;
  read.name = TextOf(ObjectOf(object, "metadata"), "name");
  read.value = IntOf(object, "value");
  if (IsSet(object, "preemptionPolicy")) read.preemption = TextOf(object, "preemptionPolicy");
  return read;
}

// The classes that exist even before anything has made their objects.
std::optional<PriorityOfClass> SystemClass(std::string_view name) {
  if (name == "system-node-critical") return PriorityOfClass{std::string(name), 2'000'001'000};
  if (name == "system-cluster-critical") return PriorityOfClass{std::string(name), 2'000'000'000};
  return std::nullopt;
}

// Of several global defaults the smallest counts.
std::optional<PriorityOfClass> DefaultClass(const Store& store) {
  std::optional<PriorityOfClass> chosen;
  store.Visit(kClasses, {}, [&](const ObjectPtr& object) {
    const auto value = object->Peek();
    if (!FlagOf(AsObject(*value), "globalDefault")) return true;
    PriorityOfClass read = Read(AsObject(*value));
    if (!chosen || read.value < chosen->value) chosen = std::move(read);
    return true;
  });
  return chosen;
}

class PriorityAdmission final : public AdmissionPlugin {
 public:
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override {
    if (!IsWriteOf(request, "", "pods")) return std::nullopt;
    Object& spec = EnsureObject(object->get_object(), "spec");
    if (request.operation == Operation::kUpdate) {
      KeepOld(request, spec);
      return std::nullopt;
    }
    return Resolve(request, object, spec);
  }

  std::optional<ApiError> Validate(const AdmissionRequest& request, const Value* object) override {
    if (!IsWriteOf(request, kClasses.group, kClasses.resource)) return std::nullopt;
    const Object& written = AsObject(*object);
    if (!FlagOf(written, "globalDefault")) return std::nullopt;
    const auto present = DefaultClass(request.context.store);
    const std::string_view name = TextOf(ObjectOf(written, "metadata"), "name");
    if (!present || present->name == name) return std::nullopt;
    return AdmissionForbidden(request, object,
                              "PriorityClass " + present->name +
                                  " is already marked as default. Only one default can exist");
  }

 private:
  static void KeepOld(const AdmissionRequest& request, Object& spec) {
    if (request.old_object == nullptr) return;
    const Object& old_spec = ObjectOf(*request.old_object, "spec");
    for (std::string_view name : {"priority", "preemptionPolicy"}) {
      if (!IsSet(spec, name) && IsSet(old_spec, name)) spec[name] = old_spec.at(name);
    }
  }

  static std::optional<ApiError> Resolve(const AdmissionRequest& request, const Value* object,
                                         Object& spec) {
    const std::string name(TextOf(spec, "priorityClassName"));
    PriorityOfClass resolved;
    if (name.empty()) {
      if (auto chosen = DefaultClass(request.context.store)) {
        resolved = std::move(*chosen);
        spec["priorityClassName"] = resolved.name;
      }
    } else if (const auto found = FindObject(request, kClasses, {"", name})) {
      resolved = Read(AsObject(*found));
    } else if (auto system = SystemClass(name)) {
      resolved = std::move(*system);
    } else {
      return AdmissionForbidden(request, object,
                                "no PriorityClass with name " + name + " was found");
    }
    if (IsSet(spec, "priority") && IntOf(spec, "priority") != resolved.value) {
      return AdmissionForbidden(
          request, object,
          "the integer value of priority (" + std::to_string(IntOf(spec, "priority")) +
              ") must not be provided in pod spec; priority admission controller computed " +
              std::to_string(resolved.value) + " from the given PriorityClass name");
    }
    spec["priority"] = resolved.value;
    if (IsSet(spec, "preemptionPolicy") &&
        TextOf(spec, "preemptionPolicy") != resolved.preemption) {
      return AdmissionForbidden(
          request, object,
          "the string value of PreemptionPolicy (" + std::string(TextOf(spec, "preemptionPolicy")) +
              ") must not be provided in pod spec; priority admission controller computed " +
              resolved.preemption + " from the given PriorityClass name");
    }
    spec["preemptionPolicy"] = resolved.preemption;
    return std::nullopt;
  }
};

}  // namespace

std::unique_ptr<AdmissionPlugin> MakePriorityAdmission() {
  return std::make_unique<PriorityAdmission>();
}

}  // namespace apiserver
