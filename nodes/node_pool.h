// All simulated nodes of a cluster: a kubelet for every Node object, whoever made it.
//
// Invariants:
// (1) Every Node object has exactly one kubelet from the moment the watch shows it until it is
// deleted. (2) Pods that name a node without an object wait, and are run once the node joins.
// Threads: the kernel's only. Requests are made as system:node:NAME, or as the creator for new Node
// objects.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "apiserver/watch/watch_hub.h"
#include "nodes/kubelet.h"

namespace nodes {

struct NodePoolOptions {
  NodeBehaviour behaviour = NodeBehaviour::kModelled;
  hardware_models::MachineCatalogue machines = hardware_models::MachineCatalogue::Builtin();
  std::string default_machine = "medium";  // of nodes that name none; one of `machines`
  BehaviourRules rules = BehaviourRules::Builtin();
};

class NodePool {
 public:
  NodePool(sim::Kernel& kernel, apiserver::RequestHandler& handler, const apiserver::Store& store,
           apiserver::WatchHub& hub, NodePoolOptions options);
  NodePool(const NodePool&) = delete;
  NodePool& operator=(const NodePool&) = delete;

  // Registers a Node object, as a kubelet that starts does. One of the name that exists is kept as
  // it is. Errors: an unknown machine model; what the API refuses.
  sim::Result<void> Create(const NodeTemplate& node);
  // `count` nodes named node-1, node-2, ... of one machine model.
  sim::Result<void> CreateMany(std::size_t count, const std::string& machine);

  // False when there is no such node, or it is in that state already.
  bool PowerLoss(const std::string& node);
  bool PowerReturn(const std::string& node);

  std::size_t count() const { return kubelets_.size(); }
  // The node's kubelet, or nullptr.
  const Kubelet* Find(const std::string& node) const;

 private:
  void OnNode(const apiserver::ChangePtr& change);
  void OnPod(const apiserver::ChangePtr& change);
  void Adopt(const apiserver::ObjectPtr& node);

  const hardware_models::MachineCatalogue machines_;
  const BehaviourRules rules_;
  PodNetwork network_;
  KubeletContext context_;
  std::map<std::string, std::unique_ptr<Kubelet>> kubelets_;
  std::map<std::string, std::map<apiserver::ObjectKey, apiserver::ChangePtr>>
      waiting_pods_;  // by node name
  std::vector<apiserver::Subscription> subscriptions_;
};

}  // namespace nodes
