#include "nodes/node_object.h"

#include <algorithm>

#include "apiserver/api/quantity.h"
#include "apiserver/api/time_format.h"

namespace nodes {
namespace {

using apiserver::Array;
using apiserver::Find;
using apiserver::FindPath;
using apiserver::Object;
using apiserver::Quantity;
using apiserver::TextAt;
using apiserver::Value;

constexpr std::string_view kKubeletVersion = "v1.36.3";
constexpr std::string_view kRuntimeVersion = "orrery://1.36";
constexpr int kKubeletPort = 10250;
constexpr int kLeaseDurationSeconds = 40;

struct ConditionTemplate {
  std::string_view type;
  std::string_view status;
  std::string_view reason;
  std::string_view message;
};

constexpr ConditionTemplate kMemoryPressure{"MemoryPressure", "False", "KubeletHasSufficientMemory",
                                            "kubelet has sufficient memory available"};
constexpr ConditionTemplate kDiskPressure{"DiskPressure", "False", "KubeletHasNoDiskPressure",
                                          "kubelet has no disk pressure"};
constexpr ConditionTemplate kPidPressure{"PIDPressure", "False", "KubeletHasSufficientPID",
                                         "kubelet has sufficient PID available"};
constexpr ConditionTemplate kReady{"Ready", "True", "KubeletReady",
                                   "kubelet is posting ready status"};
constexpr ConditionTemplate kNetwork{"NetworkUnavailable", "False", "RouteCreated",
                                     "RouteController created a route"};

// The kubelet's order; the instant nodes have kwok's, which begins with Ready.
std::vector<ConditionTemplate> ConditionsOf(NodeBehaviour behaviour) {
  if (behaviour == NodeBehaviour::kInstant)
    return {kReady, kMemoryPressure, kDiskPressure, kPidPressure, kNetwork};
  return {kMemoryPressure, kDiskPressure, kPidPressure, kReady};
}

const Value* FindCondition(const Value& status, std::string_view type) {
  const Value* conditions = Find(status, "conditions");
  if (conditions == nullptr || !conditions->is_array()) return nullptr;
  for (const Value& condition : conditions->get_array()) {
    if (TextAt(condition, {"type"}) == type) return &condition;
  }
  return nullptr;
}

Array MakeConditions(const Value& status, NodeBehaviour behaviour, const std::string& now) {
  Array conditions;
  const std::vector<ConditionTemplate> own = ConditionsOf(behaviour);
  for (const ConditionTemplate& condition : own) {
    const Value* old_condition = FindCondition(status, condition.type);
    const bool is_unchanged =
        old_condition != nullptr && TextAt(*old_condition, {"status"}) == condition.status;
    const std::string changed =
        is_unchanged ? std::string(TextAt(*old_condition, {"lastTransitionTime"})) : now;
    conditions.push_back(Object{{"type", condition.type},
                                {"status", condition.status},
                                {"lastHeartbeatTime", now},
                                {"lastTransitionTime", changed},
                                {"reason", condition.reason},
                                {"message", condition.message}});
  }
  const Value* old_conditions = Find(status, "conditions");
  if (old_conditions == nullptr || !old_conditions->is_array()) return conditions;
  for (const Value& condition : old_conditions->get_array()) {
    const bool is_own =
        std::any_of(own.begin(), own.end(), [&](const ConditionTemplate& candidate) {
          return TextAt(condition, {"type"}) == candidate.type;
        });
    if (!is_own) conditions.push_back(condition);  // Of another agent on the node.
  }
  return conditions;
}

bool HasMembers(const Value* value) {
  return value != nullptr && ((value->is_object() && !value->get_object().empty()) ||
                              (value->is_array() && !value->get_array().empty()));
}

Object Resources(const hardware_models::MachineModel& machine, std::int64_t cpu_millicores,
                 std::int64_t memory_bytes) {
  const auto kibibytes = [](std::int64_t bytes) { return std::to_string(bytes / 1024) + "Ki"; };
  Object resources{{"cpu", Quantity::OfMilli(cpu_millicores).Text()},
                   {"ephemeral-storage", kibibytes(machine.ephemeral_storage_bytes)},
                   {"hugepages-1Gi", "0"},
                   {"hugepages-2Mi", "0"},
                   {"memory", kibibytes(memory_bytes)}};
  for (const auto& accelerator : machine.accelerators) {
    resources[accelerator.resource] = std::to_string(accelerator.devices_count);
  }
  resources["pods"] = std::to_string(machine.pods_count);
  return resources;
}

Object NodeInfo(const hardware_models::MachineModel& machine, const NodeIdentity& identity) {
  return {{"machineID", identity.machine_id},
          {"systemUUID", identity.system_uuid},
          {"bootID", identity.boot_id},
          {"kernelVersion", "6.1.0-orrery"},
          {"osImage", "Debian GNU/Linux 12 (bookworm)"},
          {"containerRuntimeVersion", kRuntimeVersion},
          {"kubeletVersion", kKubeletVersion},
          {"kubeProxyVersion", ""},
          {"operatingSystem", machine.operating_system},
          {"architecture", machine.architecture}};
}

std::string_view EffectText(apiserver::TaintEffect effect) {
  switch (effect) {
    case apiserver::TaintEffect::kNoSchedule:
      return "NoSchedule";
    case apiserver::TaintEffect::kPreferNoSchedule:
      return "PreferNoSchedule";
    case apiserver::TaintEffect::kNoExecute:
      return "NoExecute";
    case apiserver::TaintEffect::kUnknown:
      return "";
  }
  return "";
}

}  // namespace

Value MakeNode(const NodeTemplate& node, const hardware_models::MachineModel& machine) {
  std::map<std::string, std::string> labels = {
      {"beta.kubernetes.io/arch", machine.architecture},
      {"beta.kubernetes.io/instance-type", machine.instance_type},
      {"beta.kubernetes.io/os", machine.operating_system},
      {"kubernetes.io/arch", machine.architecture},
      {"kubernetes.io/hostname", node.name},
      {"kubernetes.io/os", machine.operating_system},
      {"node.kubernetes.io/instance-type", machine.instance_type},
  };
  for (const auto& [key, value] : node.labels) labels[key] = value;
  Object label_object;
  for (const auto& [key, value] : labels) label_object[key] = value;
  Object spec;
  Array taints;
  for (const apiserver::Taint& taint : node.taints) {
    Object entry{{"key", taint.key}};
    if (!taint.value.empty()) entry["value"] = taint.value;
    entry["effect"] = EffectText(taint.effect);
    taints.push_back(std::move(entry));
  }
  if (!taints.empty()) spec["taints"] = std::move(taints);
  Object annotations;
  annotations[kMachineAnnotation] = machine.name;
  annotations["volumes.kubernetes.io/controller-managed-attach-detach"] = "true";
  return Object{{"apiVersion", "v1"},
                {"kind", "Node"},
                {"metadata", Object{{"name", node.name},
                                    {"labels", std::move(label_object)},
                                    {"annotations", std::move(annotations)}}},
                {"spec", std::move(spec)}};
}

Value MakeNodeStatus(const Value& status, const std::string& node_name,
                     const hardware_models::MachineModel& machine, const NodeIdentity& identity,
                     NodeBehaviour behaviour, sim::Time now) {
  Object result = status.is_object() ? status.get_object() : Object();
  const Value* capacity = Find(status, "capacity");
  if (!HasMembers(capacity)) {
    result["capacity"] = Resources(machine, machine.cpu_millicores, machine.memory_bytes);
    result["allocatable"] = Resources(machine, machine.allocatable_cpu_millicores(),
                                      machine.allocatable_memory_bytes());
  } else if (!HasMembers(Find(status, "allocatable"))) {
    result["allocatable"] = *capacity;
  }
  result["conditions"] = MakeConditions(status, behaviour, apiserver::FormatTime(now));
  if (!HasMembers(Find(status, "addresses"))) {
    result["addresses"] = Array{Object{{"type", "InternalIP"}, {"address", identity.address}},
                                Object{{"type", "Hostname"}, {"address", node_name}}};
  }
  result["daemonEndpoints"] = Object{{"kubeletEndpoint", Object{{"Port", kKubeletPort}}}};
  const std::string_view old_boot_id = TextAt(status, {"nodeInfo", "bootID"});
  if (TextAt(status, {"nodeInfo", "kubeletVersion"}).empty()) {
    result["nodeInfo"] = NodeInfo(machine, identity);
  } else if (!old_boot_id.empty() && old_boot_id != identity.boot_id) {
    result["nodeInfo"].as_object()["bootID"] = identity.boot_id;
  }
  return result;
}

bool IsNodeReady(const Value& node) {
  const Value* status = Find(node, "status");
  if (status == nullptr) return false;
  const Value* ready = FindCondition(*status, "Ready");
  return ready != nullptr && TextAt(*ready, {"status"}) == "True" &&
         HasMembers(Find(*status, "capacity")) && HasMembers(Find(*status, "allocatable")) &&
         HasMembers(Find(*status, "addresses"));
}

Value MakeNodeLease(const std::string& node_name, const std::string& node_uid, sim::Time now) {
  return Object{{"apiVersion", "coordination.k8s.io/v1"},
                {"kind", "Lease"},
                {"metadata", Object{{"name", node_name},
                                    {"namespace", "kube-node-lease"},
                                    {"ownerReferences", Array{Object{{"apiVersion", "v1"},
                                                                     {"kind", "Node"},
                                                                     {"name", node_name},
                                                                     {"uid", node_uid}}}}}},
                {"spec", Object{{"holderIdentity", node_name},
                                {"leaseDurationSeconds", kLeaseDurationSeconds},
                                {"renewTime", apiserver::FormatMicroTime(now)}}}};
}

}  // namespace nodes
