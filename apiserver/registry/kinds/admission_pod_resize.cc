// PodResizeValidator: what a running pod asks for anew must fit the node that it runs on. Source:
// kubernetes/plugin/pkg/admission/podresize, 1.36.
#include "apiserver/api/resource_amounts.h"
#include "apiserver/registry/kinds/admission_plugins.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

constexpr std::string_view kOsLabel = "kubernetes.io/os";

std::string Exceeded(std::string_view resource, std::int64_t requested, std::int64_t allocatable) {
  return std::string(resource) + ", requested: " + std::to_string(requested) +
         ", allocatable: " + std::to_string(allocatable);
}

// What of `pod` is more than `node` has, or "".
std::string ExcessOf(const Value& pod, const Value& node) {
  const ResourceAmounts asked = PodRequests(pod);
  const ResourceAmounts room = AmountsOf(FindPath(node, {"status", "allocatable"}));
  std::string excess;
  if (asked.cpu_millicores > room.cpu_millicores) {
    excess = Exceeded("cpu", asked.cpu_millicores, room.cpu_millicores);
  }
  if (asked.memory_bytes > room.memory_bytes) {
    excess +=
        (excess.empty() ? "" : "; ") + Exceeded("memory", asked.memory_bytes, room.memory_bytes);
  }
  return excess;
}

class PodResize final : public AdmissionPlugin {
 public:
  std::optional<ApiError> Validate(const AdmissionRequest& request, const Value* object) override {
    if (request.operation != Operation::kUpdate || request.resource != GroupResource{"", "pods"} ||
        request.context.info.subresource != "resize") {
      return std::nullopt;
    }
    const std::string name(TextOf(ObjectOf(*object, "spec"), "nodeName"));
    if (name.empty() || GenerationOf(*object) == GenerationOf(*request.old_object)) {
      return std::nullopt;
    }
    const auto node = FindObject(request, {"", "nodes"}, {"", name});
    if (node == nullptr) {
      return AdmissionForbidden(request, object, "node \"" + name + "\" not found");
    }
    const std::string_view system =
        TextOf(ObjectOf(ObjectOf(*node, "metadata"), "labels"), kOsLabel);
    if (!system.empty() && system != "linux") {
      return Refuse(request, object,
                    "pod resize is only supported on linux nodes, node \"" + name + "\" is \"" +
                        std::string(system) + "\"",
                    "UnsupportedPlatform");
    }
    const std::string excess = ExcessOf(*object, *node);
    if (excess.empty()) return std::nullopt;
    return Refuse(request, object, "node didn't have enough allocatable resources: " + excess,
                  "NodeCapacity");
  }

 private:
  static std::int64_t GenerationOf(const Value& pod) {
    return IntOf(ObjectOf(pod, "metadata"), "generation");
  }

  static ApiError Refuse(const AdmissionRequest& request, const Value* object,
                         const std::string& problem, const char* cause) {
    ApiError error = AdmissionForbidden(request, object, problem);
    error.details->causes.push_back({cause, "", ""});
    return error;
  }
};

}  // namespace

std::unique_ptr<AdmissionPlugin> MakePodResizeValidator() { return std::make_unique<PodResize>(); }

}  // namespace apiserver
