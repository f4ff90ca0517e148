// What a kubelet writes into its Node object: pure functions from a machine model and what is there
// already.
//
// Invariant: what a user's Node object says (capacity, allocatable, addresses, nodeInfo, labels) is
// kept; only what is missing is filled in, but for the conditions, which are the kubelet's. Source
// of names and texts: pkg/kubelet/nodestatus/setters.go.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/api/node_selector.h"
#include "apiserver/api/object.h"
#include "hardware-models/machine_model.h"
#include "sim/time.h"

namespace nodes {

enum class NodeBehaviour : std::uint8_t {
  kModelled,  // containers take time, as their models say
  kInstant,   // pods are ready at once, Jobs' pods succeed at once, deleted pods go at once
};

// A node to be made.
struct NodeTemplate {
  std::string name;
  std::string machine = "medium";  // a model's name
  std::map<std::string, std::string> labels;
  std::vector<apiserver::Taint> taints;
};

// The annotation by which a Node names its machine model.
inline constexpr std::string_view kMachineAnnotation = "orrery.dev/machine";

struct NodeIdentity {
  std::string address;     // InternalIP
  std::string machine_id;  // 32 hexadecimal digits
  std::string system_uuid;
  std::string boot_id;
};

// The object that a kubelet registers.
apiserver::Value MakeNode(const NodeTemplate& node, const hardware_models::MachineModel& machine);

// The status as it should be, from the one that is there (an object, may be empty).
apiserver::Value MakeNodeStatus(const apiserver::Value& status, const std::string& node_name,
                                const hardware_models::MachineModel& machine,
                                const NodeIdentity& identity, NodeBehaviour behaviour,
                                sim::Time now);

// Whether the status lacks anything that MakeNodeStatus would add, heartbeat times aside.
bool IsNodeReady(const apiserver::Value& node);

// The Lease by which the node shows that it lives; `node_uid` makes the Node its owner.
apiserver::Value MakeNodeLease(const std::string& node_name, const std::string& node_uid,
                               sim::Time now);

}  // namespace nodes
