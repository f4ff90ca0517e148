// TaintNodesByCondition, DefaultTolerationSeconds, PodTopologyLabels: what nodes start with, how
// long pods bear their loss, and what pods say of their node's place. Source:
// kubernetes/plugin/pkg/admission/nodetaint and defaulttolerationseconds, 1.36.
#include "apiserver/registry/kinds/admission_plugins.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/topology_labels.h"

namespace apiserver {
namespace {

constexpr std::string_view kNotReady = "node.kubernetes.io/not-ready";
constexpr std::string_view kUnreachable = "node.kubernetes.io/unreachable";
constexpr std::int64_t kTolerationSeconds = 300;

class TaintNodesByCondition final : public AdmissionPlugin {
 public:
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override {
    if (!IsWriteOf(request, "", "nodes") || request.operation != Operation::kCreate) {
      return std::nullopt;
    }
    Object& spec = EnsureObject(object->get_object(), "spec");
    for (const Value& taint : ArrayOf(spec, "taints")) {
      if (TextOf(taint, "key") == kNotReady && TextOf(taint, "effect") == "NoSchedule") {
        return std::nullopt;
      }
    }
    Value& taints = spec["taints"];
    if (!taints.is_array()) taints.emplace_array();
    taints.get_array().push_back({{"key", kNotReady}, {"effect", "NoSchedule"}});
    return std::nullopt;
  }
};

bool Tolerates(const Object& spec, std::string_view key) {
  for (const Value& toleration : ArrayOf(spec, "tolerations")) {
    const std::string_view own = TextOf(toleration, "key");
    const std::string_view effect = TextOf(toleration, "effect");
    if ((own == key || own.empty()) && (effect == "NoExecute" || effect.empty())) return true;
  }
  return false;
}

class DefaultTolerationSeconds final : public AdmissionPlugin {
 public:
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override {
    if (!IsWriteOf(request, "", "pods")) return std::nullopt;
    Object& spec = EnsureObject(object->get_object(), "spec");
    for (std::string_view key : {kNotReady, kUnreachable}) {
      if (Tolerates(spec, key)) continue;
      Value& tolerations = spec["tolerations"];
      if (!tolerations.is_array()) tolerations.emplace_array();
      tolerations.get_array().push_back({{"key", key},
                                         {"operator", "Exists"},
                                         {"effect", "NoExecute"},
                                         {"tolerationSeconds", kTolerationSeconds}});
    }
    return std::nullopt;
  }
};

// A pod that names its node at once gets the node's place as labels; others get it with their
// binding.
class PodTopologyLabels final : public AdmissionPlugin {
 public:
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override {
    if (!IsWriteOf(request, "", "pods") || request.operation != Operation::kCreate) {
      return std::nullopt;
    }
    const std::string node_name(TextAt(*object, {"spec", "nodeName"}));
    if (node_name.empty()) return std::nullopt;
    const auto node = FindObject(request, {"", "nodes"}, {"", node_name});
    if (node) CopyTopologyLabels(*node, *object);
    return std::nullopt;
  }
};

}  // namespace

std::unique_ptr<AdmissionPlugin> MakeTaintNodesByCondition() {
  return std::make_unique<TaintNodesByCondition>();
}

std::unique_ptr<AdmissionPlugin> MakeDefaultTolerationSeconds() {
  return std::make_unique<DefaultTolerationSeconds>();
}

std::unique_ptr<AdmissionPlugin> MakePodTopologyLabels() {
  return std::make_unique<PodTopologyLabels>();
}

}  // namespace apiserver
