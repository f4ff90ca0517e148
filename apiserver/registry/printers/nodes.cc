#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

std::string NodeStatus(const Value& node) {
  std::string status = "Unknown";
  if (FindCondition(node, "Ready") != nullptr) {
    status = IsConditionTrue(node, "Ready") ? "Ready" : "NotReady";
  }
  return BoolAt(node, {"spec", "unschedulable"}) ? status + ",SchedulingDisabled" : status;
}

std::string NodeRoles(const Value& node) {
  constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
  std::set<std::string> roles;
  const Value* labels = FindPath(node, {"metadata", "labels"});
  if (labels != nullptr && labels->is_object()) {
    for (const auto& [key, value] : labels->get_object()) {
      const std::string_view label(key.data(), key.size());
      if (label.size() > kPrefix.size() && label.starts_with(kPrefix)) {
        roles.emplace(label.substr(kPrefix.size()));
      } else if (label == "kubernetes.io/role" && value.is_string() &&
                 !value.get_string().empty()) {
        roles.emplace(value.get_string());
      }
    }
  }
  return Or(JoinTexts({roles.begin(), roles.end()}, ","), "<none>");
}

std::string AddressOf(const Value& node, std::string_view type) {
  for (const Value& address : ItemsAt(node, {"status", "addresses"})) {
    if (TextAt(address, {"type"}) == type) return std::string(TextAt(address, {"address"}));
  }
  return "<none>";
}

std::string KernelText(const Value& node) {
  const std::string kernel = Or(TextAt(node, {"status", "nodeInfo", "kernelVersion"}), "<unknown>");
  const std::string_view architecture = TextAt(node, {"status", "nodeInfo", "architecture"});
  return architecture.empty() ? kernel : kernel + " (" + std::string(architecture) + ")";
}

Array NodeCells(const Value& node, sim::Time now) {
  return {NameOf(node),
          NodeStatus(node),
          NodeRoles(node),
          Age(node, now),
          TextAt(node, {"status", "nodeInfo", "kubeletVersion"}),
          AddressOf(node, "InternalIP"),
          AddressOf(node, "ExternalIP"),
          Or(TextAt(node, {"status", "nodeInfo", "osImage"}), "<unknown>"),
          KernelText(node),
          Or(TextAt(node, {"status", "nodeInfo", "containerRuntimeVersion"}), "<unknown>")};
}

Array LeaseCells(const Value& lease, sim::Time now) {
  return {NameOf(lease), TextAt(lease, {"spec", "holderIdentity"}), Age(lease, now)};
}

Array RuntimeClassCells(const Value& object, sim::Time now) {
  return {NameOf(object), TextAt(object, {"handler"}), Age(object, now)};
}

Array ComponentStatusCells(const Value& object, sim::Time) {
  std::string status = "Unknown";
  std::string_view message;
  std::string_view error;
  for (const Value& condition : ItemsAt(object, {"conditions"})) {
    if (TextAt(condition, {"type"}) != "Healthy") continue;
    const std::string_view value = TextAt(condition, {"status"});
    status = value == "True" ? "Healthy" : value == "False" ? "Unhealthy" : "Unknown";
    message = TextAt(condition, {"message"});
    error = TextAt(condition, {"error"});
  }
  return {NameOf(object), status, message, error};
}

}  // namespace

void AddNodePrinters(PrinterTable& printers) {
  printers.Add(
      {"", "nodes"},
      MakePrinter(
          {NameColumn(), Text("Status", "Whether it is ready and takes pods."),
           Text("Roles", "Its roles, by label."), AgeColumn(), Text("Version", "Of its kubelet."),
           Wide("Internal-IP", "Its address inside."), Wide("External-IP", "Its address outside."),
           Wide("OS-Image", "Its operating system."), Wide("Kernel-Version", "Its kernel."),
           Wide("Container-Runtime", "What runs its containers.")},
          NodeCells));
  printers.Add(
      {"coordination.k8s.io", "leases"},
      MakePrinter({NameColumn(), Text("Holder", "Who holds it."), AgeColumn()}, LeaseCells));
  printers.Add(
      {"node.k8s.io", "runtimeclasses"},
      MakePrinter({NameColumn(), Text("Handler", "The runtime's configuration."), AgeColumn()},
                  RuntimeClassCells));
  printers.Add({"", "componentstatuses"},
               MakePrinter({NameColumn(), Text("Status", "Whether it is healthy."),
                            Text("Message", "What it says."), Text("Error", "What is wrong.")},
                           ComponentStatusCells));
}

}  // namespace apiserver
